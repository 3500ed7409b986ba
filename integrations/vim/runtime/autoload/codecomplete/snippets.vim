vim9script
# Snippets and menus of others at the caret. Snippets are asked only when a key is pressed that is mapped to
# somebody else as well, never while text is typed.

# Ask a function that may be loaded when it is first called.
def Ask(name: string, arguments: list<any> = []): bool
  try
    return call(name, arguments) ? true : false
  catch /E117:/ # nobody has it
    return false
  catch
    return false
  endtry
enddef

# Whether the word before the caret is a trigger of UltiSnips, or a snippet of it is active. Up to 3.2, which
# distributions have, it has no functions to ask that.
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

# Whether a snippet has something to do with a key that is mapped to ``mapping`` (of maparg()) besides us.
export def Want(mapping: dict<any>): bool
  if empty(mapping)
    return false
  endif
  return Ask('vsnip#available', [1]) || Ask('UltiSnips#CanExpandSnippet')
    || Ask('UltiSnips#CanJumpForwards') || OfOldUltiSnips()
enddef

# Whether a plugin's own menu is open (Vim's is asked for elsewhere). It is a look at a variable of it.
export def MenuIsOpen(): bool
  return exists('*coc#pum#visible') && coc#pum#visible() ? true : false
enddef
