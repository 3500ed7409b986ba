vim9script
# Keys that act while ghost text is visible and otherwise do what they did before: a user's mapping or another
# plugin's, global or of one buffer, which is kept in a <Plug> mapping; without one, the key itself. Precedence
# at a key: an open menu (ghost text is hidden then), a snippet that uses it, ghost text, what the key did before.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/ghost.vim'
import autoload 'codecomplete/snippets.vim'

const GRACE_MS = 50 # a <Tab> so soon after ghost text appeared was not meant for it
const ENDS_ABBREVIATION = ['<tab>', '<cr>', '<space>']

var numbers: dict<number> = {} # of all keys ever mapped
var actions: dict<string> = {} # by key, as the options say now

def Number(key: string): number
  if !has_key(numbers, key)
    numbers[key] = len(numbers)
  endif
  return numbers[key]
enddef

def Plug(name: string, key: string): string
  return printf('<Plug>(codecomplete-%s-%d)', name, Number(key))
enddef

def Raw(key: string): string
  return eval('"' .. escape(key, '"\')->substitute('<', '\\<', 'g') .. '"')
enddef

def IsOurs(mapping: dict<any>): bool
  return get(mapping, 'rhs', '') =~ 'codecomplete#keys#Press'
enddef

# Keep a mapping under another name. If it begins with the key itself, that is not mapped again.
def Keep(mapping: dict<any>, name: string, key: string)
  var kept = copy(mapping)
  kept.lhs = name
  kept.lhsraw = Raw(name)
  kept.rhs = substitute(kept.rhs, '\c<SID>', printf('<SNR>%d_', kept.sid), 'g')
  if has_key(kept, 'lhsrawalt')
    remove(kept, 'lhsrawalt')
  endif
  if !kept.noremap && !kept.expr && stridx(tolower(kept.rhs), tolower(key)) == 0
    kept.rhs = Plug('plain', key) .. strpart(kept.rhs, strlen(key))
  endif
  mapset('i', false, kept)
enddef

# Map a key, globally or in this buffer, and map it again if another plugin has mapped it since.
def Take(key: string, local: bool)
  var mapping = maparg(key, 'i', false, true)
  if local != (get(mapping, 'buffer', 0) == 1) || IsOurs(mapping)
    return
  endif
  execute 'inoremap <silent>' Plug('plain', key) (ENDS_ABBREVIATION->index(tolower(key)) >= 0 ? '<C-]>' : '') .. key
  var name = Plug(local ? 'local-was' : 'was', key)
  if empty(mapping)
    execute 'imap <silent>' name Plug('plain', key)
  else
    Keep(mapping, name, key)
  endif
  execute printf('imap <expr> <silent> %s %s codecomplete#keys#Press(%s, %s)',
    local ? '<buffer>' : '', key, string(Number(key)), local ? 'v:true' : 'v:false')
enddef

# The keys that the options name; an action that the user has mapped already has no default key.
def Chosen(): dict<string>
  var found: dict<string> = {}
  for [action, key] in items(config.Get('keys'))
    var name = printf('<Plug>(codecomplete-%s)', substitute(action, '_', '-', 'g'))
    if type(key) == v:t_string && key != '' && !hasmapto(name, 'i')
      found[key] = action
    endif
  endfor
  return found
enddef

# Map the keys; called whenever insert mode is entered.
export def Install()
  actions = Chosen()
  for key in keys(actions)
    Take(key, true)
    if get(maparg(key, 'i', false, true), 'buffer', 0) != 1
      Take(key, false)
    endif
  endfor
enddef

# Whether the key can do its action.
def Applies(key: string, action: string, name: string): bool
  if action == 'trigger'
    return true
  elseif ghost.Visible(ghost.Here()) == '' || (key ==? '<tab>' && ghost.Age() < GRACE_MS)
    return false
  endif
  var mapping = maparg(name, 'i', false, true)
  var mapped = get(mapping, 'rhs', '') !~ '^<Plug>(codecomplete-plain'
  return !(mapped && config.Get('snippet_first') && snippets.Want(mapping))
enddef

# The keys to continue with: the action's <Plug> mapping, or what the key did before.
export def Press(number: number, local: bool): string
  var key = keys(numbers)[values(numbers)->index(number)]
  var action = get(actions, key, '')
  var name = Plug(local ? 'local-was' : 'was', key)
  if action != '' && Applies(key, action, name)
    return Raw(printf('<Plug>(codecomplete-%s)', substitute(action, '_', '-', 'g')))
  endif
  return Raw(name)
enddef
