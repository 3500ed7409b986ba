vim9script
# How many lines are visible below the caret's in its window, and how to make room. Knows no ghost text, and
# may only be asked while none is drawn.

# Screen lines between the caret's line and the end of the window.
export def Below(): number
  var place = screenpos(win_getid(), line('.'), max([1, col('$') - 1]))
  var last = place.row > 0 ? place.row - win_screenpos(0)[0] + 1 : winline()
  return max([0, winheight(0) - last])
enddef

# Scroll until ``lines`` fit below the caret, or as far as the caret stays visible; returns how many fit.
export def Make(lines: number): number
  var room = Below()
  var tries = lines
  while room < lines && tries > 0 && winline() > 1 + &scrolloff
    var before = winsaveview().topline
    winrestview({topline: before + 1})
    room = Below()
    tries -= 1
    if winsaveview().topline == before
      break
    endif
  endwhile
  return room
enddef
