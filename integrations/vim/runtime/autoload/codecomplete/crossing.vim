vim9script
# Closers that stand after the caret already, as plugins that close brackets put them there, and that a
# suggestion closes once more: they are crossed, not doubled. Pure text. The same rules as those of the
# Neovim plugin; a test compares them.

const CLOSER = {'(': ')', '[': ']', '{': '}'}
const CLOSERS = ')]}>'
const QUOTES = '"''`'
const FOLLOWS = ';,:{' # a closer, crossed with it

# Where a text crosses: bytes of the rest that it goes over, what would close everything that it has
# opened (the innermost first), and for each letter that crosses one its byte and the end of that one:
# {crossed: number, open: string, places: [[byte of the text, end in the rest], ...]}

# The quote that is open at the end of a line.
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

# Go over ``letter`` and the space before it, if it is what comes next.
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

# What ``text``, inserted between ``before`` and ``rest`` of a line, closes and opens.
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

# Bytes of ``rest`` that ``text`` goes over.
export def Length(before: string, text: string, rest: string): number
  return rest == '' ? 0 : Scan(before, text, rest).crossed
enddef

# Whether ``now`` is what may stand after the caret once ``text`` was typed before ``rest``: without
# what was crossed, and with closers that another plugin has added for what the text has opened.
export def Fits(before: string, text: string, rest: string, now: string): bool
  var scan = Scan(before, text, rest)
  var left = strpart(rest, scan.crossed)
  var added = strlen(now) - strlen(left)
  return added >= 0 && added <= strlen(scan.open) && now ==# strpart(scan.open, 0, added) .. left
enddef
