vim9script
# The suggestion that stands at the caret, and what is left of it as the user types along.
#
# It is anchored where it was asked for. What is left is found by reading the text between there and the
# caret: so typing, deleting, accepting and undoing all follow it alike, without a round trip, and
# before Vim draws the next frame.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/crossing.vim'
import autoload 'codecomplete/draw.vim'
import autoload 'codecomplete/parts.vim'
import autoload 'codecomplete/room.vim'
import autoload 'codecomplete/snippets.vim'

# {anchor, text, since, place}, or nothing
var shown: dict<any> = {}

# Where the caret stands: {buffer, row (from 1), column (bytes before it), before, rest, below}.
export def Here(): dict<any>
  var line = getline('.')
  var column = col('.') - 1
  return {
    buffer: bufnr(),
    row: line('.'),
    column: column,
    before: strpart(line, 0, column),
    rest: strpart(line, column),
    below: line('$') - line('.'),
  }
enddef

# The text between ``anchor`` and the caret; null if the caret stands before it.
def Between(anchor: dict<any>, here: dict<any>): any
  if here.row == anchor.row
    return stridx(here.before, anchor.before) == 0 ? strpart(here.before, anchor.column) : null
  endif
  var lines = getline(anchor.row, here.row - 1)
  if stridx(lines[0], anchor.before) != 0
    return null
  endif
  lines[0] = strpart(lines[0], anchor.column)
  return join(add(lines, here.before), "\n")
enddef

# What was typed between ``anchor`` and the caret, if nothing else changed around it; whoever types a
# bracket may get its partner, and cross it later.
def Typed(anchor: dict<any>, here: dict<any>): any
  if here.buffer != anchor.buffer || here.below != anchor.below || here.row < anchor.row
    return null
  endif
  var text = Between(anchor, here)
  if text == null || (text == '' && here.rest ==# anchor.rest)
    return text
  endif
  return crossing.Fits(anchor.before, text, anchor.rest, here.rest) ? text : null
enddef

# What is left of the suggestion at the caret ``here``; nothing if the text says something else by now,
# or all of it.
export def Left(here: dict<any>): string
  if empty(shown)
    return ''
  endif
  var text = Typed(shown.anchor, here)
  if text == null || strlen(text) >= strlen(shown.text) || stridx(shown.text, text) != 0
    return ''
  endif
  return strpart(shown.text, strlen(text))
enddef

# The beginning of ``text`` whose lines can all be seen in the window.
def InSight(text: string): string
  var more = count(text, "\n")
  if more == 0
    return text
  endif
  draw.Clear()
  var fit = config.Get('scroll') ? room.Make(more) : room.Below()
  return join(split(text, "\n", true)[: fit], "\n")
enddef

# What of ``text`` can stand on the screen now. Lines can only be drawn below what follows the caret on
# its line, and so not where they belong if something does.
def Drawable(text: string, here: dict<any>): string
  if pumvisible() || snippets.MenuIsOpen()
    return ''
  elseif here.rest != ''
    var scan = crossing.Scan(here.before, text, here.rest)
    var first = parts.Line(text)
    return first[0] == "\n" || (first !=# text && strlen(here.rest) > scan.crossed) ? '' : first
  endif
  return InSight(text)
enddef

# What the user sees at the caret ``here``, and keys therefore accept. Reads the text again: keys may have
# been typed that no event has told of yet.
export def Visible(here: dict<any>): string
  var rest = Left(here)
  return rest == '' ? '' : Drawable(rest, here)
enddef

# Draw what is left, or take it off the screen; returns whether anything is left.
export def Redraw(): bool
  var here = Here()
  var rest = Left(here)
  var text = rest == '' ? '' : Drawable(rest, here)
  if text == ''
    draw.Clear()
  else
    draw.Show(here, text, shown.place)
  endif
  return rest != ''
enddef

# Show ``text``, suggested for ``anchor``.
export def Put(anchor: dict<any>, text: string, place = '')
  shown = {anchor: anchor, text: text, since: reltime(), place: place}
  if !Redraw()
    shown = {}
  endif
enddef

# Whether there is one, visible or not.
export def IsShown(): bool
  return !empty(shown)
enddef

# For how long it has been there, in ms.
export def Age(): float
  return empty(shown) ? 0.0 : 1000 * reltimefloat(reltime(shown.since))
enddef

# Forget it.
export def Drop()
  shown = {}
  draw.Clear()
enddef
