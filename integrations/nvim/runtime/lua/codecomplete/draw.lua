--- Puts ghost text on the screen and takes it off. Knows no suggestion beyond its text.
---
--- From 0.10 on it pushes the rest of the line to the right. Before, it can only lie over the line:
--- so it is drawn where nothing but closing brackets would be covered, and those are drawn behind it.
local M = {}

local namespace = vim.api.nvim_create_namespace('codecomplete')
local ID = 1
local inline = vim.fn.has('nvim-0.10') == 1
local CLOSERS = '^[%)%]}>"\'`;,:%s]*$'

---@type integer|nil the buffer that has ghost text
local drawn

--- Tabs as spaces, from screen column ``column`` on: virtual text has no tab stops.
---@param text string
---@param column integer
---@return string
local function spaced(text, column, tabstop)
  if not text:find('\t', 1, true) then
    return text
  end
  local parts = {}
  for piece, tab in text:gmatch('([^\t]*)(\t?)') do
    column = column + vim.fn.strdisplaywidth(piece)
    local width = tab ~= '' and tabstop - column % tabstop or 0
    column = column + width
    table.insert(parts, piece .. (' '):rep(width))
  end
  return table.concat(parts)
end

---@param lines string[]
---@param place string
local function below(lines, place, tabstop)
  local chunks = {}
  for index = 2, #lines do
    chunks[index - 1] = { { spaced(lines[index], 0, tabstop), 'CodeCompleteGhost' } }
  end
  if place ~= '' and #chunks > 0 then
    table.insert(chunks[#chunks], { '  ' .. place, 'CodeCompletePlace' })
  end
  return #chunks > 0 and chunks or nil
end

--- Whether ghost text can be drawn before ``rest``, what follows the caret on its line.
---@param rest string
---@return boolean
function M.can(rest)
  return inline or rest:find(CLOSERS) ~= nil
end

---@class codecomplete.Drawing
---@field buffer integer
---@field row integer
---@field column integer in bytes
---@field text string
---@field rest string what follows the caret on its line
---@field place string "2/3", or nothing

--- Draw; replaces what was drawn before.
---@param drawing codecomplete.Drawing
function M.show(drawing)
  local tabstop = vim.bo[drawing.buffer].tabstop
  local lines = vim.split(drawing.text, '\n', { plain = true })
  local first = { { spaced(lines[1], vim.fn.virtcol('.') - 1, tabstop), 'CodeCompleteGhost' } }
  if drawing.place ~= '' and #lines == 1 then
    table.insert(first, { '  ' .. drawing.place, 'CodeCompletePlace' })
  end
  if not inline and drawing.rest ~= '' then
    table.insert(first, { drawing.rest, 'Normal' })
  end
  if drawn ~= drawing.buffer then
    M.clear()
  end
  vim.api.nvim_buf_set_extmark(drawing.buffer, namespace, drawing.row, drawing.column, {
    id = ID,
    virt_text = first,
    virt_text_pos = inline and 'inline' or 'overlay',
    virt_lines = below(lines, drawing.place, tabstop),
    hl_mode = 'combine',
  })
  drawn = drawing.buffer
end

--- Take it off, wherever it is.
function M.clear()
  if drawn and vim.api.nvim_buf_is_valid(drawn) then
    vim.api.nvim_buf_del_extmark(drawn, namespace, ID)
  end
  drawn = nil
end

--- The colours, unless the user or a colour scheme has given others.
function M.highlights()
  vim.api.nvim_set_hl(0, 'CodeCompleteGhost', { default = true, link = 'Comment' })
  vim.api.nvim_set_hl(0, 'CodeCompletePlace', { default = true, link = 'NonText' })
end

return M
