--- What a request to the Python half says of its place: the text, as far as it has changed, and how the
--- buffer is indented. Knows neither what is requested nor what is done with the answer.
local mirror = require('codecomplete.mirror')

local M = {}

---@param anchor codecomplete.Anchor the caret
---@param more {id: integer, explicit?: boolean}
---@return table message
function M.about(anchor, more)
  local buffer = anchor.buffer
  local options, path = vim.bo[buffer], vim.api.nvim_buf_get_name(buffer)
  local count = vim.api.nvim_buf_line_count(buffer)
  return {
    id = more.id,
    buffer = buffer,
    row = anchor.row,
    column = anchor.column,
    edit = mirror.edit(buffer),
    count = count,
    offset = vim.api.nvim_buf_get_offset(buffer, count - 1),
    filetype = options.filetype,
    path = path ~= '' and path or nil,
    expandtab = options.expandtab,
    shiftwidth = vim.fn.shiftwidth(),
    tabstop = options.tabstop,
    explicit = more.explicit,
  }
end

return M
