vim9script
# Draws and removes ghost text, as virtual text (text properties). Knows nothing of a suggestion but its text.
import autoload 'codecomplete/crossing.vim'

const GHOST = 'CodeCompleteGhost'
const PLACE = 'CodeCompletePlace'

var drawn = 0 # the buffer that has ghost text
var drawn_row = 0
var count = 0 # of its text properties
var below = false # whether some of them are lines below

# Set the colours, unless the user or a colour scheme has set others.
export def Highlights()
  highlight default link CodeCompleteGhost Comment
  highlight default link CodeCompletePlace NonText
  for name in [GHOST, PLACE]
    if empty(prop_type_get(name))
      prop_type_add(name, {highlight: name, combine: false})
    endif
  endfor
enddef

# Tabs as spaces, from screen column ``column`` on, because virtual text has no tab stops.
def Spaced(text: string, column: number): string
  if stridx(text, "\t") < 0
    return text
  endif
  var found = ''
  var at = column
  for letter in split(text, '\zs')
    var shown = letter == "\t" ? repeat(' ', &tabstop - at % &tabstop) : letter
    at += strdisplaywidth(shown)
    found ..= shown
  endfor
  return found
enddef

# The text of one line as [column, piece], without the closers that it goes over: those are already there.
def Pieces(here: dict<any>, text: string): list<list<any>>
  var found: list<list<any>> = []
  var begin = 0
  var column = here.column
  for [at, end] in crossing.Scan(here.before, text, here.rest).places
    add(found, [column, strpart(text, begin, at - begin)])
    begin = at + 1
    column = here.column + end
  endfor
  return add(found, [column, strpart(text, begin)])
enddef

# Draw ``text`` at the caret ``here``, and ``place`` after it; replaces what was drawn before.
export def Show(here: dict<any>, text: string, place: string)
  Clear()
  drawn = here.buffer
  drawn_row = here.row
  var lines = split(text, "\n", true)
  var screen = virtcol('.') - 1
  for [column, piece] in Pieces(here, lines[0])
    if piece != ''
      Add(here.row, column + 1, {type: GHOST, text: Spaced(piece, screen)})
    endif
  endfor
  below = len(lines) > 1
  for line in lines[1 :]
    Add(here.row, 0, {type: GHOST, text: Spaced(line, 0), text_align: 'below'})
  endfor
  if below
    RedrawWindow()
  endif
  if place != ''
    Add(here.row, 0, {type: PLACE, text: '  ' .. place, text_align: 'after'})
  endif
enddef

# Remove it, wherever it is: mostly where it was drawn, so that the rest of the buffer is not searched.
export def Clear()
  if drawn > 0 && bufloaded(drawn)
    var last = getbufinfo(drawn)[0].linecount
    var near = [max([1, drawn_row - 1]), min([last, drawn_row + 1])]
    var found = near[0] > last ? 0 : Remove(near[0], near[1])
    if found < count
      Remove(1, last)
    endif
    if below
      RedrawWindow()
    endif
  endif
  below = false
  drawn = 0
  count = 0
enddef

# Remove ghost text that an undo has restored: Vim keeps text properties with their lines.
export def Sweep()
  var last = line('$')
  var first = min([last, max([1, line("'[")])])
  prop_remove({types: [GHOST, PLACE], all: true}, first, min([last, max([first, line("']")])]))
enddef

# Vim (9.0.1378, for one) fails to draw the lines after one whose virtual lines have changed twice between two
# redraws. Setting an option makes it redraw the whole window; only what has changed is sent to the terminal.
def RedrawWindow()
  noautocmd &l:list = &l:list
enddef

def Remove(first: number, last: number): number
  return prop_remove({types: [GHOST, PLACE], bufnr: drawn, all: true}, first, last)
enddef

def Add(row: number, column: number, property: dict<any>)
  prop_add(row, column, property)
  count += 1
enddef
