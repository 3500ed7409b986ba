vim9script
# The suggestion at the caret, and the rest of it as the user types along.
#
# It is anchored at the place it was requested for. The rest is found by reading the text between there and
# the caret: typing, deleting, accepting and undoing are all followed in the same way, without a round trip,
# before Vim draws the next frame.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/crossing.vim'
import autoload 'codecomplete/draw.vim'
import autoload 'codecomplete/parts.vim'
import autoload 'codecomplete/room.vim'
import autoload 'codecomplete/snippets.vim'

# {anchor, text, since, place}, or empty
var shown: dict<any> = {}

# The caret's place: {buffer, row (from 1), column (bytes before it), before and rest (of its line), below
# (lines that follow)}.
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

# The text between ``anchor`` and the caret; null if the caret is before it.
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

# What was typed between ``anchor`` and the caret, if nothing else has changed around it; otherwise null. A
# typed bracket may get its partner, which may be typed over later.
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

# The rest of the suggestion at the caret ``here``; empty if the text differs by now, or all of it was typed.
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

# The beginning of ``text`` whose lines are all visible in the window.
def InSight(text: string): string
  var more = count(text, "\n")
  if more == 0
    return text
  endif
  draw.Clear()
  var fit = config.Get('scroll') ? room.Make(more) : room.Below()
  return join(split(text, "\n", true)[: fit], "\n")
enddef

# The part of ``text`` that can be drawn now. If text follows the caret on its line, that is one line: further
# lines could only be drawn below that text, where they do not belong.
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

# What the user sees at the caret ``here``, and what keys therefore accept. Reads the text again: keys may
# have been typed for which no event has come yet.
export def Visible(here: dict<any>): string
  var rest = Left(here)
  return rest == '' ? '' : Drawable(rest, here)
enddef

# Draw the rest, or remove it from the screen; returns whether anything is left.
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

# Whether there is a suggestion, visible or not.
export def IsShown(): bool
  return !empty(shown)
enddef

# For how long it has been shown, in ms.
export def Age(): float
  return empty(shown) ? 0.0 : 1000 * reltimefloat(reltime(shown.since))
enddef

# Forget it.
export def Drop()
  shown = {}
  draw.Clear()
enddef
