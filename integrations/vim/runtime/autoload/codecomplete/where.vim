vim9script
# In which buffers and at which places text is suggested. Asked at every key. Knows no process and no ghost
# text. File types and names are those of the Neovim plugin; a test compares them.
import autoload 'codecomplete/config.vim'

# File types that are off unless g:codecomplete_filetypes says otherwise; "." is for no file type.
export const OFF = [
  '.', 'NeogitCommitMessage', 'asciidoc', 'csv', 'cvs', 'diff', 'dirbuf', 'dirvish', 'fern', 'gitcommit',
  'gitrebase', 'gitsendemail', 'help', 'hgcommit', 'jj', 'log', 'mail', 'man', 'markdown', 'minifiles',
  'netrw', 'norg', 'oil', 'org', 'qf', 'rst', 'svn', 'tex', 'text', 'tsv', 'typst',
]

# Matches paths of files and folders whose content is private.
const PRIVATE = '\C' .. join([
  '\%(^\|/\)\.env\%($\|\.[^/]*$\)', '\.env$', '\%(^\|/\)\.htpasswd$', '\%(^\|/\)[._]netrc$',
  '\%(^\|/\)\.\%(npmrc\|pgpass\|pypirc\|git-credentials\)$', '\%(^\|/\)credentials\%($\|\.[^/]*$\)',
  '\%(^\|/\)id_\w\+$', '\%(^\|/\)secrets\?\.\%(json\|ya\?ml\|toml\|ini\|xml\|csv\|txt\|properties\|env\)$',
  '\.\%(asc\|gpg\|jks\|kdbx\|key\|keystore\|p12\|pem\|pfx\|ppk\|tfstate\|tfvars\)$',
  '/\.\%(ssh\|aws\|gnupg\|password-store\)/', '^/dev/shm/',
], '\|')

export def IsPrivate(path: string): bool
  return path =~ PRIVATE
enddef

def FiletypeOn(filetype: string): bool
  var chosen: dict<any> = config.Get('filetypes')
  var name = filetype == '' ? '.' : filetype
  for candidate in [name, matchstr(name, '^[^.]\+\ze\.')]
    if has_key(chosen, candidate)
      return chosen[candidate] ? true : false
    elseif OFF->index(candidate) >= 0
      return false
    endif
  endfor
  return get(chosen, '*', true) ? true : false
enddef

# Why the buffer as such is left alone; empty if it is not.
def BufferRefusal(): string
  if &buftype != '' && &buftype != 'acwrite'
    return 'this is not a file (buftype=' .. &buftype .. ')'
  elseif !&modifiable
    return "the buffer cannot be changed ('nomodifiable')"
  elseif exists('b:codecomplete')
    return b:codecomplete ? '' : 'b:codecomplete is off'
  elseif !FiletypeOn(&filetype)
    return 'suggestions are off for ' .. (&filetype == '' ? 'files without a type' : 'filetype ' .. &filetype)
  endif
  var path = expand('%:p')
  if IsPrivate(path)
    return 'the file looks as if it holds secrets'
  elseif path =~ '[/\\]$' || isdirectory(path)
    return 'this is a folder, not a file'
  endif
  return ''
enddef

def SizeRefusal(): string
  if line2byte(line('$')) > 1000 * config.Get('max_file_kb')
    return 'the file is larger than max_file_kb = ' .. config.Get('max_file_kb')
  elseif col('$') > config.Get('max_line') + 1
    return 'the line is longer than max_line = ' .. config.Get('max_line')
  endif
  return ''
enddef

# Why nothing is suggested in the current buffer; empty if something is.
export def Refusal(): string
  if !config.Get('enabled')
    return 'suggestions are switched off'
  elseif getcmdwintype() != ''
    return 'this is the command-line window'
  elseif &encoding != 'utf-8'
    return "'encoding' is " .. &encoding .. ' and not utf-8'
  endif
  return BufferRefusal() ?? SizeRefusal()
enddef

# Whether a mode, as mode(1) names it, inserts text.
export def IsInsert(name: string): bool
  return name == 'i' || name == 'ic' || name == 'ix'
enddef

# Whether the user is typing into this buffer now: no macro, no Replace mode, no 'paste'.
export def IsTyping(): bool
  return IsInsert(mode(1)) && reg_executing() == '' && reg_recording() == '' && !&paste
enddef
