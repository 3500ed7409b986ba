vim9script
# Messages that fit on one line: a longer one would wait for a key and swallow the next that is typed.

const PREFIX = 'codecomplete: '
const CUT = '...'

# The columns that Vim leaves to a message beside 'showcmd' and 'ruler'.
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

# Show one line in the colour of ``group``, and keep it in :messages.
export def Say(text: string, group = 'None')
  execute 'echohl' group
  echomsg Fitted(text)
  echohl None
enddef
