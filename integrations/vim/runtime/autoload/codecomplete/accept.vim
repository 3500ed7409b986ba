vim9script
# Inserts a suggestion, or its beginning.
import autoload 'codecomplete/crossing.vim'
import autoload 'codecomplete/events.vim'
import autoload 'codecomplete/ghost.vim'
import autoload 'codecomplete/parts.vim'
import autoload 'codecomplete/process.vim'

# Insert ``text`` as if it were pasted: no abbreviation, no automatic indent, no event for each character.
# The closers that the text goes over are replaced by its own.
def Insert(text: string, here: dict<any>)
  var rest = strpart(here.rest, crossing.Length(here.before, text, here.rest))
  var lines = split(text, "\n", true)
  lines[0] = here.before .. lines[0]
  var column = strlen(lines[-1]) + 1
  lines[-1] ..= rest
  setline(here.row, lines[0])
  if len(lines) > 1
    append(here.row, lines[1 :])
  endif
  cursor(here.row + len(lines) - 1, column)
enddef

def Accept(Part: func(string): string)
  var here = ghost.Here()
  var text = ghost.Visible(here)
  if text == ''
    return
  endif
  var taken = Part(text)
  Insert(taken, here)
  process.Send('accepted', {text: taken})
  events.TextChanged()
enddef

export def All()
  Accept((text: string): string => text)
enddef

export def Word()
  Accept(parts.Word)
enddef

export def Hump()
  Accept(parts.Hump)
enddef

export def Line()
  Accept(parts.Line)
enddef
