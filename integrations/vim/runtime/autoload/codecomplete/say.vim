vim9script
# Messages of one line that fits: a longer one would wait for a key and swallow the next that is typed.

const PREFIX = 'codecomplete: '
const CUT = '...'

# Columns that are free for a message; as Vim counts them, with 'showcmd' and 'ruler' beside it.
def Width(): number
  return max([1, v:echospace])
enddef

export def Fitted(text: string): string
  var line = PREFIX .. trim(substitute(text, '\_s\+', ' ', 'g'))
  if strdisplaywidth(line) <= Width()
    return line
  endif
  var kept = ''
  for letter in split(line, '\zs')
    if strdisplaywidth(kept .. letter .. CUT) > Width()
      break
    endif
    kept ..= letter
  endfor
  return kept .. CUT
enddef

# One line, kept in :messages; ``group`` colours it.
export def Say(text: string, group = 'None')
  execute 'echohl' group
  echomsg Fitted(text)
  echohl None
enddef
