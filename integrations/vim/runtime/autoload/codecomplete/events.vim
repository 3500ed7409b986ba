vim9script
# The path of one key: what Vim's events mean for the suggestion, and what is asked of Python.
#
# For one typed letter CursorMovedI comes before TextChangedI. Vim draws after both.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/draw.vim'
import autoload 'codecomplete/ghost.vim'
import autoload 'codecomplete/keys.vim'
import autoload 'codecomplete/mirror.vim'
import autoload 'codecomplete/process.vim'
import autoload 'codecomplete/say.vim'
import autoload 'codecomplete/where.vim'

# {id, anchor, tick, explicit} of the newest request until it is answered, or nothing
var pending: dict<any> = {}
# {anchor, tick, texts, index} of alternatives, or nothing
var choices: dict<any> = {}
var last_id = 0
var seen_tick = -1 # the text that has been looked at
var in_block = false
var begun = false
var timer = 0

def StillAt(anchor: dict<any>, tick: number): bool
  return bufnr() == anchor.buffer && line('.') == anchor.row && col('.') - 1 == anchor.column
    && b:changedtick == tick
enddef

# Text as it is once JSON has carried it: bytes that are no UTF-8 become letters, and columns move.
def Carried(text: string): string
  return text =~ '[^\x01-\x7f]' ? json_decode(json_encode(text)) : text
enddef

# Everything the Python half needs to know; what has changed goes along.
def Message(request: dict<any>): dict<any>
  var anchor = request.anchor
  var message = {
    id: request.id,
    buffer: anchor.buffer,
    row: anchor.row - 1,
    column: strlen(Carried(anchor.before)),
    edit: mirror.Edit(),
    count: line('$'),
    offset: -1, # Vim counts the bytes of the file, which need not be those of the text
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

# Ask for something at the caret; replaces what was asked before.
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

# Ask once Vim has drawn what was typed: whoever answers may take the processor at once.
def Request()
  timer_stop(timer)
  timer = timer_start(0, (_) => {
    if !IsAsked() && ghost.Left(ghost.Here()) == '' && config.Get('auto') && MaySuggest()
      Ask('suggest', false)
    endif
  })
enddef

# Nothing is wanted any more.
def Forget()
  ghost.Drop()
  timer_stop(timer)
  choices = {}
  if !empty(pending)
    pending = {}
    process.Send('cancel', {})
  endif
enddef

# The text has changed: what is left of the suggestion stays, or there is a new question.
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

# The caret has moved; if because of a change, TextChanged comes next.
def CursorMoved()
  if b:changedtick != seen_tick
    return
  endif
  if !ghost.Redraw() && !IsAsked()
    Forget()
  endif
enddef

# InsertEnter comes just before: it is not insert mode yet, and others map their keys now.
def Inserted()
  seen_tick = b:changedtick
  keys.Install()
  timer_start(0, (_) => {
    keys.Install()
    Refresh()
  })
enddef

# However insert mode is left (Replace mode does not even leave it), nothing is suggested any more. Insertion into a block is repeated on its other lines at its end: nothing is
# suggested there.
def ModeChanged(before: string, now: string)
  if !where.IsInsert(now)
    Forget()
  elseif before[0] != 'i'
    draw.Sweep()
    in_block = before == "\<C-v>"
  endif
enddef

# CTRL-C interrupts whatever would be told of it: it is found when Vim next waits.
def Waits()
  if ghost.IsShown() && !where.IsInsert(mode(1))
    Forget()
  endif
enddef

# Draw again what there is, or ask: something beside the text has changed.
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

# Insert mode is entered for the first time.
export def Begin()
  if Prepare()
    Inserted()
  endif
enddef

# Take the ghost text away until the next edit.
export def Dismiss()
  Forget()
enddef

# Take it away for good: the Python half remembers what it must not suggest again.
export def Never()
  var here = ghost.Here()
  var text = ghost.Left(here)
  if text != ''
    process.Send('never', {line: here.before, text: text})
  endif
  Forget()
enddef

# Switch suggestions on or off, in all buffers; a failed Python process is tried again.
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

# Ask here and now; outside insert mode, after the character under the cursor, as "a" would.
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

# Show the next (1) or previous (-1) alternative; the first time they are asked for.
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

# The request that an answer is for, if it is wanted still.
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
