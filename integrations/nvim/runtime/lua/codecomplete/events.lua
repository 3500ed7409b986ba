--- The path of one key: what Neovim's events mean for the suggestion, and what Python is asked.
---
--- For one typed letter, CursorMovedI comes before TextChangedI. Neovim draws after both.
local config = require('codecomplete.config')
local draw = require('codecomplete.draw')
local ghost = require('codecomplete.ghost')
local keys = require('codecomplete.keys')
local mirror = require('codecomplete.mirror')
local native = require('codecomplete.native')
local others = require('codecomplete.others')
local process = require('codecomplete.process')
local question = require('codecomplete.question')
local say = require('codecomplete.say')
local where = require('codecomplete.where')

local M = {}

---@class codecomplete.Request
---@field id integer
---@field anchor codecomplete.Anchor
---@field tick integer
---@field explicit boolean

local pending ---@type codecomplete.Request|nil the newest, until it is answered
local answered ---@type codecomplete.Request|nil the newest once it is: a better answer may follow
local choices ---@type {anchor: codecomplete.Anchor, tick: integer, texts: string[], index: integer}|nil
local waiting = {} ---@type (fun(text: string|nil, here: codecomplete.Anchor|nil))[]
local last_id = 0
local seen_tick ---@type integer|nil the text that has been looked at
local in_block = false
local begun = false
local timer = assert((vim.uv or vim.loop).new_timer())

local function tick()
  return vim.api.nvim_buf_get_changedtick(0)
end

---@param anchor codecomplete.Anchor
local function still_at(anchor, then_tick)
  local here = ghost.here()
  return here.buffer == anchor.buffer
    and here.row == anchor.row
    and here.column == anchor.column
    and tick() == then_tick
end

--- Give the suggestion to those who wait for it; without one, tell them that there will be none.
---@param text string|nil
---@param here codecomplete.Anchor|nil
local function settle(text, here)
  local receivers = waiting
  waiting = {}
  for _, receive in ipairs(receivers) do
    pcall(receive, text, here)
  end
end

--- Send a request for the caret; it replaces the one before.
---@param verb string
---@param explicit boolean
---@return boolean
local function ask(verb, explicit)
  pending, answered = nil, nil
  settle()
  if not process.ensure() then
    return false
  end
  last_id = last_id + 1
  local request = { id = last_id, anchor = ghost.here(), tick = tick(), explicit = explicit }
  if not process.send(verb, question.about(request.anchor, request)) then
    mirror.resend(request.anchor.buffer)
    return false
  end
  pending = request
  return true
end

local function may_suggest()
  return not in_block and where.is_typing() and where.refusal() == nil
end

--- Ask once Neovim has drawn what was typed: the process that answers may take the processor at once.
local function request()
  timer:start(
    0,
    0,
    vim.schedule_wrap(function()
      local asked = pending and still_at(pending.anchor, pending.tick)
      if not asked and ghost.left() == nil and config.get('auto') and may_suggest() then
        ask('suggest', false)
      end
    end)
  )
end

--- Drop the suggestion and the request.
local function forget()
  ghost.drop()
  timer:stop()
  choices, answered = nil, nil
  settle()
  if pending then
    pending = nil
    process.send('cancel', vim.empty_dict())
  end
end

-- Events

--- The text has changed: keep the rest of the suggestion, or ask for a new one.
function M.text_changed()
  seen_tick, choices = tick(), nil
  if ghost.redraw() then
    return
  end
  ghost.drop()
  if vim.fn.pumvisible() == 0 then
    request()
  end
end

--- The caret has moved; if a change was the cause, text_changed follows.
local function cursor_moved()
  if tick() ~= seen_tick then
    return
  end
  if not ghost.redraw() and not (pending and still_at(pending.anchor, pending.tick)) then
    forget()
  end
end

--- InsertEnter comes just before insert mode begins, and other plugins map their keys then.
local function inserted()
  seen_tick = tick()
  others.look()
  keys.install()
  vim.schedule(function()
    others.look()
    keys.install()
    M.refresh()
  end)
end

--- The insertion is over, or is interrupted by something else.
local function left()
  forget()
  others.reset()
end

--- However insert mode is left, nothing is suggested any more: <C-c> and <C-\\><C-n> cause no other
--- event, and Replace mode and a selection do not even leave it. Text inserted into a block is repeated
--- in its other lines at the end: nothing is suggested there.
local function mode_changed()
  local before, now = vim.v.event.old_mode, vim.v.event.new_mode
  if not where.is_insert(now) then
    left()
  elseif before:sub(1, 1) ~= 'i' then
    in_block = before == '\22'
  end
end

--- Before 0.8, no event says that <C-c> has ended an insertion.
local function watch_interrupts()
  vim.on_key(function(key)
    if key == '\3' then
      vim.schedule(function()
        if not where.is_insert(vim.api.nvim_get_mode().mode) then
          left()
        end
      end)
    end
  end, vim.api.nvim_create_namespace('codecomplete_interrupts'))
end

local function on(group, events, callback)
  vim.api.nvim_create_autocmd(events, {
    group = group,
    desc = 'codecomplete: ' .. (type(events) == 'table' and events[1] or events),
    callback = function()
      callback() -- its result is dropped: true would delete the autocommand
    end,
  })
end

local function listen()
  local group = vim.api.nvim_create_augroup('codecomplete', {})
  on(group, 'InsertEnter', inserted)
  on(group, { 'TextChangedI', 'TextChangedP' }, M.text_changed)
  on(group, 'CursorMovedI', cursor_moved)
  on(group, 'CompleteChanged', ghost.redraw)
  on(group, 'CompleteDone', function()
    vim.schedule(M.refresh)
  end)
  on(group, { 'BufLeave', 'WinLeave' }, forget)
  on(group, 'InsertLeave', left)
  on(group, 'ModeChanged', mode_changed)
  on(group, 'ColorScheme', draw.highlights)
  if vim.fn.has('nvim-0.8') == 0 then
    watch_interrupts()
  end
  others.watch_menus(group, ghost.redraw)
end

--- Draw the ghost text again, or ask for one: something other than the text has changed.
function M.refresh()
  if where.is_typing() and not ghost.redraw() then
    request()
  end
end

---@return boolean whether this was the first time
local function prepare()
  if begun then
    return false
  end
  begun = true
  draw.highlights()
  listen()
  keys.install()
  return true
end

--- Called when insert mode is first entered.
function M.begin()
  if prepare() then
    inserted()
  end
end

--- Called when options have changed.
function M.reconfigure()
  if begun then
    keys.install()
    process.tell_options()
    M.refresh()
  end
end

-- What users ask for

--- Hide the ghost text until the next edit.
function M.dismiss()
  forget()
end

--- Hide it for good: the Python half remembers never to suggest it again.
function M.never()
  local text, here = ghost.left()
  if text then
    process.send('never', { line = here.before, text = text })
  end
  forget()
end

---@param on boolean
function M.enable(on)
  config.override('enabled', on)
  if on then
    process.forgive()
    process.send('enable', { on = true })
    M.refresh()
  else
    forget()
    process.send('enable', { on = false })
    process.stop()
  end
end

--- Ask at the caret now; outside insert mode, after the character under the cursor, as "a" would
--- insert.
function M.trigger()
  prepare()
  local refusal = where.refusal()
  if refusal then
    return say.answer('nothing is suggested here: ' .. refusal)
  elseif vim.api.nvim_get_mode().mode:sub(1, 1) ~= 'i' then
    local typed = vim.api.nvim_replace_termcodes('a<Plug>(codecomplete-trigger)', true, true, true)
    return vim.api.nvim_feedkeys(typed, 'm', false)
  end
  ghost.drop()
  if not ask('suggest', true) then
    say.answer('no suggestions: ' .. (process.reason or 'the Python process is being restarted'))
  end
end

--- Show the next (1) or previous (-1) alternative; the first time, request them.
---@param step integer
function M.cycle(step)
  if native.is_visible() then
    return native.cycle(step)
  elseif choices and still_at(choices.anchor, choices.tick) then
    choices.index = (choices.index + step - 1) % #choices.texts + 1
    local place = ('%d/%d'):format(choices.index, #choices.texts)
    return ghost.put(choices.anchor, choices.texts[choices.index], place)
  elseif where.refusal() == nil and where.is_typing() then
    ask('alternatives', true)
  end
end

--- Call ``receive`` with the suggestion at the caret, now or when it comes; with nil if there is none.
---@param receive fun(text: string|nil, here: codecomplete.Anchor|nil)
function M.await(receive)
  local text, here = ghost.left()
  local asked = pending and still_at(pending.anchor, pending.tick)
  if text or not (asked or (may_suggest() and ask('suggest', false))) then
    return receive(text, here)
  end
  table.insert(waiting, receive)
end

-- Answers

---@return codecomplete.Request|nil the request that ``answer`` is for, if it is still wanted
local function wanted(answer)
  if not pending or answer.id ~= pending.id then
    return nil
  end
  local request_of_answer = pending
  pending = nil
  local good = where.is_typing() and still_at(request_of_answer.anchor, request_of_answer.tick)
  return good and request_of_answer or nil
end

--- While the caret rests, a better suggestion that took longer replaces the one shown.
local function refine(answer)
  local good = answered and answer.id == answered.id and not choices and where.is_typing()
  if good and type(answer.text) == 'string' and still_at(answered.anchor, answered.tick) then
    ghost.put(answered.anchor, answer.text)
  end
end

process.on('suggestion', function(answer)
  local asked = wanted(answer)
  if not asked then
    return refine(answer)
  elseif type(answer.text) == 'string' and answer.text ~= '' then
    ghost.put(asked.anchor, answer.text)
    settle(ghost.left())
  elseif asked.explicit then
    say.answer('no suggestion')
  end
  answered = asked
  settle()
end)

process.on('alternatives', function(answer)
  local asked = wanted(answer)
  if not asked then
    return
  end
  local texts, known = {}, {}
  for _, text in ipairs({ ghost.left() or '', unpack(answer.texts) }) do
    if text ~= '' and not known[text] then
      known[text] = true
      table.insert(texts, text)
    end
  end
  if #texts == 0 then
    return say.answer('no suggestion')
  end
  choices = { anchor = asked.anchor, tick = asked.tick, texts = texts, index = 1 }
  M.cycle(ghost.left() and 1 or 0)
end)

process.on('unkept', function()
  say.answer('not remembered: the state folder is not writable', 'WarningMsg')
end)

process.on('resync', function(answer)
  mirror.resend(answer.buffer)
  if pending and pending.id == answer.id then
    ask('suggest', pending.explicit)
  end
end)

process.on_lost(function()
  pending = nil
  settle()
  mirror.resend()
end)

mirror.on_gone = function(buffer)
  process.send('forget', { buffer = buffer })
end

return M
