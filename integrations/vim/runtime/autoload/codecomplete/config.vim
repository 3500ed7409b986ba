vim9script
# Options: g:codecomplete_NAME, read on each use. Knows no buffer and no process.

export const DEFAULTS: dict<any> = {
  enabled: true,
  auto: true,
  filetypes: {},
  max_file_kb: 2000,
  max_line: 2000,
  scroll: true,
  snippet_first: true,
  keys: {
    accept: '<Tab>',
    accept_word: '<M-Right>',
    accept_hump: '<M-S-Right>',
    accept_line: '<M-C-Right>',
    next: '<M-Down>',
    previous: '<M-Up>',
    dismiss: '<C-]>',
    never: '<S-Del>',
    trigger: '',
  },
  max_tokens: 32,
  deadline_ms: 80,
  threshold: null,
  debounce_ms: 0,
  project: true,
  unsafe: false,
  jedi: true,
  model: null,
  python: null,
  command: null,
}

# The options that are sent to the Python half.
export const ENGINE = ['max_tokens', 'deadline_ms', 'threshold', 'debounce_ms', 'project', 'unsafe',
  'model', 'jedi']

const SWITCHES = ['enabled', 'auto', 'scroll', 'snippet_first', 'project', 'unsafe', 'jedi']
const NUMBERS = ['max_file_kb', 'max_line', 'max_tokens', 'deadline_ms', 'debounce_ms']

# What the value of an option must be; empty if it is valid.
def Wanted(name: string, value: any): string
  if SWITCHES->index(name) >= 0
    return type(value) == v:t_bool || value is 0 || value is 1 ? '' : 'true or false'
  elseif NUMBERS->index(name) >= 0
    return type(value) == v:t_number && value >= 0 ? '' : 'a number of at least 0'
  elseif name == 'threshold'
    return (type(value) == v:t_number || type(value) == v:t_float) && value >= 0 && value <= 1
      ? '' : 'a number from 0 to 1'
  elseif name == 'command'
    return type(value) == v:t_list && !empty(value) ? '' : 'a list of strings'
  elseif name == 'filetypes' || name == 'keys'
    return type(value) == v:t_dict || (name == 'keys' && value is 0) ? '' : 'a dictionary'
  endif
  return type(value) == v:t_string ? '' : 'a string'
enddef

export def Get(name: string): any
  var value = get(g:, 'codecomplete_' .. name, null)
  if value == null || Wanted(name, value) != ''
    return DEFAULTS[name]
  elseif SWITCHES->index(name) >= 0
    return value ? true : false
  elseif name == 'keys'
    return type(value) == v:t_dict ? extendnew(DEFAULTS.keys, value) : {}
  endif
  return value
enddef

# Why options keep their defaults, and variables that name no option.
export def Problems(): list<string>
  var found: list<string> = []
  for variable in keys(g:)
    var name = matchstr(variable, '^codecomplete_\zs.*')
    if name == ''
      continue
    elseif !has_key(DEFAULTS, name)
      add(found, 'g:' .. variable .. ': no such option')
      continue
    endif
    var wanted = Wanted(name, g:[variable])
    if wanted != ''
      add(found, printf('g:%s: expected %s, found %s', variable, wanted, string(g:[variable])))
    endif
  endfor
  return sort(found)
enddef
