--- The suggestion at the caret, and the rest of it as the user types along.
---
--- It is anchored at the place it was requested for. The rest is found by reading the text between
--- there and the caret: typing, deleting, accepting and undoing are all followed in the same way,
--- without a round trip, before Neovim draws the next frame.
local compat = require('codecomplete.compat')
local config = require('codecomplete.config')
local crossing = require('codecomplete.crossing')
local draw = require('codecomplete.draw')
local others = require('codecomplete.others')
local parts = require('codecomplete.parts')
local room = require('codecomplete.room')

local M = {}

---@class codecomplete.Anchor where a suggestion was asked for
---@field buffer integer
---@field row integer from 0
---@field column integer in bytes, from 0
---@field before string the line as far as the caret
---@field rest string the line after the caret
---@field below integer how many lines follow

---@class codecomplete.Shown
---@field anchor codecomplete.Anchor
---@field text string
---@field since integer when it was first drawn, in ms
---@field place string "2/3", or nothing

---@type codecomplete.Shown|nil
local shown

---@return codecomplete.Anchor
function M.here()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local line = vim.api.nvim_get_current_line()
  return {
    buffer = vim.api.nvim_get_current_buf(),
    row = row - 1,
    column = column,
    before = line:sub(1, column),
    rest = line:sub(column + 1),
    below = vim.api.nvim_buf_line_count(0) - row,
  }
end

--- The text between ``anchor`` and the caret.
---@param anchor codecomplete.Anchor
---@param here codecomplete.Anchor
---@return string|nil
local function between(anchor, here)
  if here.row == anchor.row then
    local begins = here.before:sub(1, anchor.column) == anchor.before
    return begins and here.before:sub(anchor.column + 1) or nil
  end
  local lines = vim.api.nvim_buf_get_lines(anchor.buffer, anchor.row, here.row, true)
  if lines[1]:sub(1, anchor.column) ~= anchor.before then
    return nil
  end
  lines[1] = lines[1]:sub(anchor.column + 1)
  table.insert(lines, here.before)
  return table.concat(lines, '\n')
end

--- What was typed between ``anchor`` and the caret, if nothing else has changed around it. A typed
--- bracket may get its partner, which may be typed over later.
---@param anchor codecomplete.Anchor
---@param here codecomplete.Anchor
---@return string|nil
local function typed(anchor, here)
  if here.buffer ~= anchor.buffer or here.below ~= anchor.below or here.row < anchor.row then
    return nil
  end
  local text = between(anchor, here)
  local fits = text and (text == '' and here.rest == anchor.rest or crossing.fits(anchor.before, text, anchor.rest, here.rest))
  return fits and text or nil
end

--- The rest of the suggestion at the caret; nil if the text differs by now, or all of it was typed.
---@return string|nil rest
---@return codecomplete.Anchor here
function M.left()
  local here = M.here()
  local text = shown and typed(shown.anchor, here)
  if text and #text < #shown.text and shown.text:sub(1, #text) == text then
    return shown.text:sub(#text + 1), here
  end
  return nil, here
end

--- The beginning of ``text`` whose lines are all visible in the window; nil if there is none.
---@return string|nil
local function in_sight(text)
  local lines = compat.lines(text)
  if #lines == 1 then
    return text
  end
  local fit = config.get('scroll') and room.make(#lines - 1) or room.below()
  local seen = table.concat(vim.list_slice(lines, 1, 1 + fit), '\n')
  return seen ~= '' and seen or nil
end

--- The part of ``text`` that can be drawn now; nil if nothing can.
---@return string|nil
local function drawable(text, here)
  local menu = others.menu()
  if menu == 'hide' or not config.get('ghost') or not draw.can(here.rest) then
    return nil
  elseif menu == 'line' then
    local line = parts.line(text)
    return not line:find('^\n') and line or nil
  end
  return in_sight(text)
end

--- What the user sees, and what keys therefore accept; nil if there is nothing. Reads the text again:
--- keys may have been typed for which no event has come yet.
---@return string|nil text
---@return codecomplete.Anchor here
function M.visible()
  if not shown then
    return nil, nil
  end
  local rest, here = M.left()
  return rest and drawable(rest, here), here
end

--- Draw the rest, or remove it from the screen.
---@return boolean whether anything is left of the suggestion
function M.redraw()
  local rest, here = M.left()
  local text = rest and drawable(rest, here)
  if text then
    draw.show({
      buffer = here.buffer,
      row = here.row,
      column = here.column,
      text = text,
      rest = here.rest,
      crossed = crossing.length(here.before, text, here.rest),
      place = shown.place,
    })
  else
    draw.clear()
  end
  return rest ~= nil
end

--- Show ``text``, suggested for ``anchor``.
---@param anchor codecomplete.Anchor
---@param text string
---@param place? string
function M.put(anchor, text, place)
  local now = compat.now()
  shown = { anchor = anchor, text = text, since = now, place = place or '' }
  if not M.redraw() then
    shown = nil
  end
end

--- For how long it has been shown, in ms.
---@return integer
function M.age()
  return shown and compat.now() - shown.since or 0
end

--- Forget it.
function M.drop()
  shown = nil
  draw.clear()
end

return M
