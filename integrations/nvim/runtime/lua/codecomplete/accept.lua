--- Inserts a suggestion, or its beginning.
local compat = require('codecomplete.compat')
local crossing = require('codecomplete.crossing')
local ghost = require('codecomplete.ghost')
local native = require('codecomplete.native')
local parts = require('codecomplete.parts')
local process = require('codecomplete.process')
local say = require('codecomplete.say')

local M = {}

--- Insert ``text`` at the caret as if it were pasted: no abbreviation, no automatic indent, no event
--- for each character, but "." repeats it. nvim_paste records that; a replaced vim.paste is not called.
--- The closers that the text goes over are replaced by its own.
local function insert(text, here)
  local lines = compat.lines(text)
  local past = here.column + crossing.length(here.before, text, here.rest)
  local theirs = vim.paste
  vim.paste = function()
    vim.api.nvim_buf_set_text(0, here.row, here.column, here.row, past, lines)
    return true
  end
  local good, problem = pcall(vim.api.nvim_paste, text, false, -1)
  vim.paste = theirs
  if not good then
    say.notify('nothing was inserted: ' .. problem, vim.log.levels.ERROR)
    return
  end
  local column = #lines == 1 and here.column + #text or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { here.row + #lines, column })
end

---@param part fun(text: string): string
local function accept(part)
  if native.is_visible() then
    return native.accept(part, insert)
  end
  local text, here = ghost.visible()
  if not text then
    return
  end
  local taken = part(text)
  insert(taken, here)
  process.send('accepted', { text = taken })
  require('codecomplete.events').text_changed()
end

function M.all()
  accept(function(text)
    return text
  end)
end

function M.word()
  accept(parts.word)
end

function M.hump()
  accept(parts.hump)
end

function M.line()
  accept(parts.line)
end

return M
