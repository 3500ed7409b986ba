vim9script
# The path of one key: what Vim's events mean for the suggestion, and what Python is asked.
#
# For one typed letter, CursorMovedI comes before TextChangedI. Vim draws after both.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/draw.vim'
import autoload 'codecomplete/ghost.vim'
import autoload 'codecomplete/keys.vim'
import autoload 'codecomplete/mirror.vim'
import autoload 'codecomplete/process.vim'
import autoload 'codecomplete/say.vim'
import autoload 'codecomplete/where.vim'

# {id, anchor, tick, explicit} of the newest request until it is answered, or empty
var pending: dict<any> = {}
# {anchor, tick, texts, index} of alternatives, or empty
var choices: dict<any> = {}
var last_id = 0
var seen_tick = -1 # the b:changedtick that was last handled
var in_block = false
var begun = false
var timer = 0

def StillAt(anchor: dict<any>, tick: number): bool
  return bufnr() == anchor.buffer && line('.') == anchor.row && col('.') - 1 == anchor.column
    && b:changedtick == tick
enddef

# Text as it arrives through JSON: bytes that are not UTF-8 become characters, and columns move.
def Carried(text: string): string
  return text =~ '[^\x01-\x7f]' ? json_decode(json_encode(text)) : text
enddef

# All that the Python half needs for an answer, including what has changed in the text.
def Message(request: dict<any>): dict<any>
  var anchor = request.anchor
  var message = {
    id: request.id,
    buffer: anchor.buffer,
    row: anchor.row - 1,
    column: strlen(Carried(anchor.before)),
    edit: mirror.Edit(),
    count: line('$'),
    offset: -1, # not known: Vim counts bytes as in the file, which may differ from those of the text
    filetype: &filetype,
    expandtab: &expandtab ? true : false,
    shiftwidth: shiftwidth(),
    tabstop: &tabstop,
    explicit: request.explicit,
  }
  if expand('%') != ''
    message.path = expand('%:p')
  endif
  return message
enddef

# Send a request for the caret; it replaces the one before.
def Ask(verb: string, explicit: bool): bool
  pending = {}
  if !process.Ensure()
    return false
  endif
  last_id += 1
  var request = {id: last_id, anchor: ghost.Here(), tick: b:changedtick, explicit: explicit}
  if !process.Send(verb, Message(request))
    mirror.Resend(request.anchor.buffer)
    return false
  endif
  pending = request
  return true
enddef

def MaySuggest(): bool
  return !in_block && where.IsTyping() && where.Refusal() == ''
enddef

def IsAsked(): bool
  return !empty(pending) && StillAt(pending.anchor, pending.tick)
enddef

# Ask once Vim has drawn what was typed: the process that answers may take the processor at once.
def Request()
  timer_stop(timer)
  timer = timer_start(0, (_) => {
    if !IsAsked() && ghost.Left(ghost.Here()) == '' && config.Get('auto') && MaySuggest()
      Ask('suggest', false)
    endif
  })
enddef

# Drop the suggestion and the request.
def Forget()
  ghost.Drop()
  timer_stop(timer)
  choices = {}
  if !empty(pending)
    pending = {}
    process.Send('cancel', {})
  endif
enddef

# The text has changed: keep the rest of the suggestion, or ask for a new one.
export def TextChanged()
  seen_tick = b:changedtick
  choices = {}
  if ghost.Redraw()
    return
  endif
  ghost.Drop()
  if !pumvisible()
    Request()
  endif
enddef

# The caret has moved; if a change was the cause, TextChanged follows.
def CursorMoved()
  if b:changedtick != seen_tick
    return
  endif
  if !ghost.Redraw() && !IsAsked()
    Forget()
  endif
enddef

# InsertEnter comes just before insert mode begins, and other plugins map their keys then.
def Inserted()
  seen_tick = b:changedtick
  keys.Install()
  timer_start(0, (_) => {
    keys.Install()
    Refresh()
  })
enddef

# However insert mode is left (Replace mode does not even leave it), nothing is suggested any more. Text
# inserted into a block is repeated in its other lines at the end: nothing is suggested there.
def ModeChanged(before: string, now: string)
  if !where.IsInsert(now)
    Forget()
  elseif before[0] != 'i'
    draw.Sweep()
    in_block = before == "\<C-v>"
  endif
enddef

# CTRL-C also interrupts the autocommands that would report it: this finds it when Vim next waits.
def Waits()
  if ghost.IsShown() && !where.IsInsert(mode(1))
    Forget()
  endif
enddef

# Draw the ghost text again, or ask for one: something other than the text has changed.
def Refresh()
  if where.IsTyping() && !ghost.Redraw()
    Request()
  endif
enddef

def Gone(buffer: number)
  if mirror.Forget(buffer)
    process.Send('forget', {buffer: buffer})
  endif
enddef

def Listen()
  augroup codecomplete
    autocmd!
    autocmd InsertEnter * Inserted()
    autocmd TextChangedI,TextChangedP * TextChanged()
    autocmd TextChanged * draw.Sweep()
    autocmd CursorMovedI * CursorMoved()
    autocmd CompleteChanged * ghost.Redraw()
    autocmd CompleteDone * timer_start(0, (_) => Refresh())
    autocmd BufLeave,WinLeave,InsertLeave * Forget()
    autocmd ModeChanged * ModeChanged(v:event.old_mode, v:event.new_mode)
    autocmd SafeState * Waits()
    autocmd ColorScheme * draw.Highlights()
    autocmd BufUnload * Gone(str2nr(expand('<abuf>')))
    autocmd BufReadPost,FileChangedShellPost * mirror.Resend(str2nr(expand('<abuf>')))
  augroup END
enddef

def Prepare(): bool
  if begun
    return false
  endif
  begun = true
  draw.Highlights()
  Listen()
  keys.Install()
  var problems = config.Problems()
  if !empty(problems)
    say.Say((len(problems) > 1 ? len(problems) .. ' options ignored: ' : '') .. problems[0], 'WarningMsg')
  endif
  return true
enddef

# Called when insert mode is first entered.
export def Begin()
  if Prepare()
    Inserted()
  endif
enddef

# Hide the ghost text until the next edit.
export def Dismiss()
  Forget()
enddef

# Hide it for good: the Python half remembers never to suggest it again.
export def Never()
  var here = ghost.Here()
  var text = ghost.Left(here)
  if text != ''
    process.Send('never', {line: here.before, text: text})
  endif
  Forget()
enddef

# Switch suggestions on or off, in all buffers; after a failure, on tries Python again.
export def Enable(on: bool)
  g:codecomplete_enabled = on
  Forget()
  if on
    process.Forgive()
    process.Send('enable', {on: true})
    Refresh()
  else
    process.Send('enable', {on: false})
    process.Stop()
  endif
enddef

# Ask at the caret now; outside insert mode, after the character under the cursor, as "a" would insert.
export def Trigger()
  Prepare()
  var refusal = where.Refusal()
  if refusal != ''
    say.Say('nothing is suggested here: ' .. refusal)
    return
  elseif mode(1)[0] != 'i'
    feedkeys("a\<Plug>(codecomplete-trigger)", 'm')
    return
  endif
  ghost.Drop()
  if !Ask('suggest', true)
    say.Say('no suggestions: ' .. (process.Report().reason ?? 'the Python process is being restarted'))
  endif
enddef

# Show the next (1) or previous (-1) alternative; the first time, request them.
export def Cycle(step: number)
  if !empty(choices) && StillAt(choices.anchor, choices.tick)
    var count = len(choices.texts)
    choices.index = (choices.index + step + count) % count
    var place = printf('%d/%d', choices.index + 1, count)
    ghost.Put(choices.anchor, choices.texts[choices.index], place)
  elseif where.Refusal() == '' && where.IsTyping()
    Ask('alternatives', true)
  endif
enddef

# Answers

# The request that ``answer`` is for, if it is still wanted; otherwise empty.
def Wanted(answer: dict<any>): dict<any>
  if empty(pending) || answer.id != pending.id
    return {}
  endif
  var asked = pending
  pending = {}
  return where.IsTyping() && StillAt(asked.anchor, asked.tick) ? asked : {}
enddef

def Suggested(answer: dict<any>)
  var asked = Wanted(answer)
  if empty(asked)
    return
  elseif type(answer.text) == v:t_string && answer.text != ''
    ghost.Put(asked.anchor, answer.text)
  elseif asked.explicit
    say.Say('no suggestion')
  endif
enddef

def Offered(answer: dict<any>)
  var asked = Wanted(answer)
  if empty(asked)
    return
  endif
  var first = ghost.Left(ghost.Here())
  var texts: list<string> = []
  for text in [first] + answer.texts
    if text != '' && texts->index(text) < 0
      add(texts, text)
    endif
  endfor
  if empty(texts)
    say.Say('no suggestion')
    return
  endif
  choices = {anchor: asked.anchor, tick: asked.tick, texts: texts, index: 0}
  Cycle(first == '' ? 0 : 1)
enddef

def Resync(answer: dict<any>)
  mirror.Resend(answer.buffer)
  if !empty(pending) && pending.id == answer.id
    Ask('suggest', pending.explicit)
  endif
enddef

process.On('suggestion', Suggested)
process.On('alternatives', Offered)
process.On('resync', Resync)
process.On('unkept', (_) => {
  say.Say('not remembered: the state folder is not writable', 'WarningMsg')
})
process.OnLost(() => {
  pending = {}
  mirror.Resend()
})
