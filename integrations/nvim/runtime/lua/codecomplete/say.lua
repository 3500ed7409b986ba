--- Messages that fit on one line: a longer one would wait for a key and swallow the next that is typed.
--- :checkhealth codecomplete tells more.
local compat = require('codecomplete.compat')

local M = {}

local PREFIX = 'codecomplete: '
local CUT = '...'
local MORE = '; see :checkhealth codecomplete'

--- The beginning of ``text`` that is no wider than ``width``.
local function beginning(text, width)
  local kept = ''
  for _, letter in ipairs(vim.fn.split(text, '\\zs')) do
    width = width - vim.fn.strdisplaywidth(letter)
    if width < 0 then
      break
    end
    kept = kept .. letter
  end
  return kept
end

--- ``text`` on one line, no wider than the command line; if it is cut, with ``more`` after it.
---@param text string
---@param more? string
---@return string
function M.fitted(text, more)
  local line = PREFIX .. compat.trimmed((text:gsub('%s+', ' ')))
  local width, tail = math.max(1, vim.v.echospace), CUT .. (more or '')
  if vim.fn.strdisplaywidth(line) <= width then
    return line
  end
  return beginning(line, width - #tail) .. tail:sub(1, width)
end

--- Show what the user has asked for.
---@param text string
---@param group? string of highlighting
function M.answer(text, group)
  vim.api.nvim_echo({ { M.fitted(text), group } }, true, {})
end

--- Show what the user has not asked for, but should know.
---@param text string
---@param level? integer of vim.log.levels; a warning
function M.notify(text, level)
  vim.notify(M.fitted(text, MORE), level or vim.log.levels.WARN)
end

return M
