vim9script
# Closing brackets after the caret, mostly inserted by plugins that close brackets, that a suggestion would
# add once more: they are typed over, not doubled. Works on text only, by the rules of the Neovim plugin; a
# test compares them.

const CLOSER = {'(': ')', '[': ']', '{': '}'}
const CLOSERS = ')]}>'
const QUOTES = '"''`'
const FOLLOWS = ';,:{' # typed over together with a closer

# Scan returns {crossed: number, open: string, places: [[byte of the text, end in the rest], ...]}: the bytes
# of the rest that the text goes over; what would close everything that the text has opened, the innermost
# first; and each letter that goes over one of the rest.

# The quote that is still open at the end of a line.
def OpenQuote(line: string): string
  var quote = ''
  var escaped = false
  for letter in split(line, '\zs')
    if escaped
      escaped = false
    elseif letter == '\' && quote != ''
      escaped = true
    elseif quote != '' && letter == quote
      quote = ''
    elseif quote == '' && stridx(QUOTES, letter) >= 0
      quote = letter
    endif
  endfor
  return quote
enddef

# Move over ``letter`` and the space before it, if it comes next.
def Cross(reader: dict<any>, letter: string): bool
  var left = strpart(reader.rest, reader.crossed)
  var last = matchend(left, '^[ \t]*\V' .. escape(letter, '\'))
  if last < 0
    return false
  endif
  reader.crossed += last
  reader.running = true
  add(reader.places, [reader.at, reader.crossed])
  return true
enddef

def InString(reader: dict<any>, letter: string, escaped: bool)
  if escaped
    return
  elseif letter == "\n" && reader.quote != '`'
    reader.quote = ''
    reader.from_before = false
  elseif letter == reader.quote
    reader.quote = ''
    reader.running = false
    if reader.from_before
      reader.from_before = false
      Cross(reader, letter)
    endif
  endif
enddef

def Outside(reader: dict<any>, letter: string, previous: string)
  var stack: list<string> = reader.stack
  var closes = stridx(CLOSERS, letter) >= 0
  if closes && !empty(stack) && stack[-1] == letter
    remove(stack, -1)
  elseif closes && empty(stack)
    if !(letter == '>' && previous =~ '^[-=[:space:]]\?$') && Cross(reader, letter)
      return
    endif
  elseif reader.running && empty(stack) && stridx(FOLLOWS .. QUOTES, letter) >= 0
      && Cross(reader, letter)
    if has_key(CLOSER, letter)
      add(stack, CLOSER[letter])
    endif
    return
  elseif stridx(QUOTES, letter) >= 0
    reader.quote = letter
  elseif has_key(CLOSER, letter)
    add(stack, CLOSER[letter])
  endif
  reader.running = reader.running && letter =~ '\_s'
enddef

# The brackets that ``text``, inserted between ``before`` and ``rest`` of a line, closes and opens.
export def Scan(before: string, text: string, rest: string): dict<any>
  var quote = OpenQuote(before)
  var reader: dict<any> = {
    rest: rest, crossed: 0, stack: [], quote: quote, from_before: quote != '', running: false,
    places: [], at: 0,
  }
  var escaped = false
  var previous = matchstr(before, '.$')
  for letter in split(text, '\zs')
    if reader.quote != ''
      InString(reader, letter, escaped)
      escaped = letter == '\' && !escaped
    else
      Outside(reader, letter, previous)
      escaped = false
    endif
    reader.at += strlen(letter)
    previous = letter
  endfor
  var open = reader.quote != '' && !reader.from_before ? reader.quote : ''
  return {
    crossed: reader.crossed,
    open: open .. join(reverse(copy(reader.stack)), ''),
    places: reader.places,
  }
enddef

# The number of bytes of ``rest`` that ``text`` replaces.
export def Length(before: string, text: string, rest: string): number
  return rest == '' ? 0 : Scan(before, text, rest).crossed
enddef

# Whether ``now`` may be what follows the caret once ``text`` was typed before ``rest``: without what was
# typed over, and with closers that another plugin has added for what the text has opened.
export def Fits(before: string, text: string, rest: string, now: string): bool
  var scan = Scan(before, text, rest)
  var left = strpart(rest, scan.crossed)
  var added = strlen(now) - strlen(left)
  return added >= 0 && added <= strlen(scan.open) && now ==# strpart(scan.open, 0, added) .. left
enddef
