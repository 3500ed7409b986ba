vim9script
# What has changed in a buffer since the Python half last got its text: one range of lines, however many
# edits there were. It is sent with the next request, so that only changes travel. Knows no process;
# mirror.py of the Neovim plugin is the other end.

# By buffer: {listener, sent, count (of Python's lines), first, here, there}: the lines from first to before
# here replace Python's lines from first to before there, counted from 0; first is -1 if nothing has changed.
var mirrors: dict<dict<any>> = {}

# Extend the range by an edit: the lines from ``first`` to before ``last`` became ``first`` to before ``now``.
def Extend(mirror: dict<any>, first: number, last: number, now: number)
  if mirror.first < 0
    mirror.first = first
    mirror.there = last
    mirror.here = now
    return
  endif
  var before = max([mirror.here, last])
  mirror.there += before - mirror.here
  mirror.here = before + now - last
  mirror.first = min([mirror.first, first])
enddef

def Changed(buffer: number, _: number, _: number, _: number, changes: list<dict<number>>)
  var mirror = get(mirrors, buffer, {})
  if empty(mirror) || !mirror.sent
    return
  endif
  for change in changes
    var last = change.end - 1
    Extend(mirror, change.lnum - 1, last, last + change.added)
  endfor
enddef

def Of(buffer: number): dict<any>
  if !has_key(mirrors, buffer)
    mirrors[buffer] = {sent: false, count: 0, first: -1, here: 0, there: 0}
    mirrors[buffer].listener = listener_add(Changed, buffer)
  endif
  return mirrors[buffer]
enddef

# The edit ({first, last, lines, whole}) that brings the Python half up to date with the current buffer; null
# if it is up to date.
export def Edit(): any
  var buffer = bufnr()
  var mirror = Of(buffer)
  listener_flush(buffer)
  var count = line('$')
  var changed = mirror.first >= 0
  var fits = mirror.sent && (!changed
    || (mirror.count - mirror.there + mirror.here == count && mirror.here <= count))
  if !fits
    mirror.first = 0
    mirror.there = 0
    mirror.here = count
  elseif !changed
    return null
  endif
  var edit = {
    first: mirror.first,
    last: mirror.there,
    lines: getline(mirror.first + 1, mirror.here),
    whole: !fits,
  }
  mirror.sent = true
  mirror.count = count
  mirror.first = -1
  return edit
enddef

# The Python half has lost the text of a buffer, or of all (0): send it again with the next request.
export def Resend(buffer = 0)
  for [number, mirror] in items(mirrors)
    if buffer == 0 || buffer == str2nr(number)
      mirror.sent = false
      mirror.first = -1
    endif
  endfor
enddef

# Forget a buffer that is gone; returns whether it was mirrored.
export def Forget(buffer: number): bool
  if !has_key(mirrors, buffer)
    return false
  endif
  listener_remove(mirrors[buffer].listener)
  remove(mirrors, string(buffer))
  return true
enddef
