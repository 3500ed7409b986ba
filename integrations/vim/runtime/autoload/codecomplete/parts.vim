vim9script
# The parts of a suggestion that can be accepted, by the same rules as the engine's Suggestion; a test
# compares them. All characters beyond ASCII count as letters.

# The leading white space, and the name, number or run of punctuation after it.
export def Word(text: string): string
  var found = matchstr(text, '^\_s*\%([[:alnum:]_]\|[^\x01-\x7f]\)\+')
  if found == ''
    found = matchstr(text, '^\_s*[[:punct:]]\+')
  endif
  return found == '' ? text : found
enddef

# The first word, or its beginning up to the end of the first part of a name: after an underscore, before a
# capital that follows a small letter or a digit, or before a digit that follows a letter.
export def Hump(text: string): string
  var word = Word(text)
  var places: list<number> = []
  for pattern in [
    '\C[^_[:space:][:punct:]]_\+\ze[^_[:space:][:punct:]]',
    '\C[a-z0-9]\ze[A-Z]',
    '\C[A-Z]\ze[A-Z][a-z]',
    '\C\%([A-Za-z]\|[^\x01-\x7f]\)\ze[0-9]',
  ]
    var end = matchend(word, pattern)
    if end > 0
      add(places, end)
    endif
  endfor
  return empty(places) ? word : strpart(word, 0, min(places))
enddef

# Up to the first line end, or, if it begins with one, up to the second.
export def Line(text: string): string
  var last = stridx(text, "\n", text[0] == "\n" ? 1 : 0)
  return last < 0 ? text : strpart(text, 0, last)
enddef
