vim9script
# Snippets and menus of other plugins at the caret. Snippets are asked for only when a key is pressed that is
# also mapped by another plugin, never while text is typed.

# Ask an autoloaded function: only calling it shows whether it exists.
def Ask(name: string, arguments: list<any> = []): bool
  try
    return call(name, arguments) ? true : false
  catch /E117:/ # it does not exist
    return false
  catch
    return false
  endtry
enddef

# Whether the word before the caret is a trigger of UltiSnips, or one of its snippets is active. Up to version
# 3.2, which distributions package, it has no functions for that.
def OfOldUltiSnips(): bool
  if !exists('g:did_plugin_ultisnips') || exists('*UltiSnips#CanExpandSnippet')
    return false
  endif
  var word = matchstr(strpart(getline('.'), 0, col('.') - 1), '\S\+$')
  try
    return (word != '' && has_key(UltiSnips#SnippetsInCurrentScope(), word))
      || py3eval('len(UltiSnips_Manager._active_snippets)') > 0
  catch
    return false
  endtry
enddef

# Whether a snippet uses a key that otherwise belongs to ``mapping``, as maparg() returns it.
export def Want(mapping: dict<any>): bool
  if empty(mapping)
    return false
  endif
  return Ask('vsnip#available', [1]) || Ask('UltiSnips#CanExpandSnippet')
    || Ask('UltiSnips#CanJumpForwards') || OfOldUltiSnips()
enddef

# Whether the menu of coc.nvim is open, which only reads a variable. For Vim's own, see pumvisible().
export def MenuIsOpen(): bool
  return exists('*coc#pum#visible') && coc#pum#visible() ? true : false
enddef
