--- Draws and removes ghost text. Knows nothing of a suggestion but its text.
---
--- From 0.10 on, a single line pushes the rest of the caret's line to the right. In older versions,
--- ghost text can only lie over the line: it is drawn where it would cover nothing but closing
--- brackets, and those are drawn after it. In all versions, it lies over the line where the rest will
--- move elsewhere: after the last of several lines, or beyond what the text replaces.
local compat = require('codecomplete.compat')

local M = {}

local namespace = vim.api.nvim_create_namespace('codecomplete')
local ID = 1
local PRIORITY = 1 -- before the hints of language servers at the same place
local inline = vim.fn.has('nvim-0.10') == 1
local CLOSERS = '^[%)%]}>"\'`;,:%s]*$'

---@type integer|nil the buffer that has ghost text
local drawn

--- Tabs as spaces, from screen column ``column`` on, because virtual text has no tab stops.
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

--- Whether ghost text can be drawn before ``rest``, the text after the caret on its line.
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
---@field crossed integer bytes of it that the text goes over
---@field place string "2/3", or nothing

--- The lines as chunks, each with what will follow it.
---@param drawing codecomplete.Drawing
local function chunks_of(drawing, tabstop)
  local texts = compat.lines(drawing.text)
  local lines, column = {}, vim.fn.virtcol('.') - 1
  for index, text in ipairs(texts) do
    lines[index] = { { spaced(text, index == 1 and column or 0, tabstop), 'CodeCompleteGhost' } }
  end
  return lines
end

--- Draw; replaces what was drawn before.
---@param drawing codecomplete.Drawing
function M.show(drawing)
  local lines = chunks_of(drawing, vim.bo[drawing.buffer].tabstop)
  local first, last = lines[1], lines[#lines]
  local over = drawing.rest ~= '' and (not inline or #lines > 1 or drawing.crossed > 0)
  if over then
    local tail = drawing.rest:sub(drawing.crossed + 1)
    if tail ~= '' then
      table.insert(last, { tail, 'Normal' })
    end
    local short = vim.fn.strdisplaywidth(drawing.rest) - vim.fn.strdisplaywidth(first[1][1])
    if #lines > 1 and short > 0 then
      table.insert(first, { (' '):rep(short), 'Normal' })
    end
  end
  if drawing.place ~= '' then
    table.insert(last, { '  ' .. drawing.place, 'CodeCompletePlace' })
  end
  if drawn ~= drawing.buffer then
    M.clear()
  end
  vim.api.nvim_buf_set_extmark(drawing.buffer, namespace, drawing.row, drawing.column, {
    id = ID,
    virt_text = first,
    virt_text_pos = (inline and not over) and 'inline' or 'overlay',
    virt_lines = #lines > 1 and vim.list_slice(lines, 2) or nil,
    hl_mode = 'combine',
    priority = PRIORITY,
  })
  drawn = drawing.buffer
end

--- Remove it, wherever it is.
function M.clear()
  if drawn and vim.api.nvim_buf_is_valid(drawn) then
    vim.api.nvim_buf_del_extmark(drawn, namespace, ID)
  end
  drawn = nil
end

--- Set the colours, unless the user or a colour scheme has set others.
function M.highlights()
  vim.api.nvim_set_hl(0, 'CodeCompleteGhost', { default = true, link = 'Comment' })
  vim.api.nvim_set_hl(0, 'CodeCompletePlace', { default = true, link = 'NonText' })
end

return M
