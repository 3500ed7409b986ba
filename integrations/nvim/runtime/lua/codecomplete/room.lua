--- How many lines are visible below the caret in its window, and how to make room. Knows no ghost text.
local M = {}

--- Screen lines between the caret's line and the end of the window.
---@return integer
function M.below()
  local window = vim.fn.getwininfo(vim.api.nvim_get_current_win())[1]
  local place = vim.fn.screenpos(window.winid, vim.fn.line('.'), math.max(1, vim.fn.col('$') - 1))
  local last = place.row > 0 and place.row - window.winrow + 1 or vim.fn.winline()
  return math.max(0, window.height - (window.winbar or 0) - last)
end

--- Scroll until ``lines`` fit below the caret, or as far as the caret stays visible.
---@param lines integer
---@return integer the lines that fit
function M.make(lines)
  local room, tries = M.below(), lines
  while room < lines and tries > 0 and vim.fn.winline() > 1 + vim.o.scrolloff do
    local before = vim.fn.winsaveview().topline
    vim.fn.winrestview({ topline = before + 1 })
    room, tries = M.below(), tries - 1
    if vim.fn.winsaveview().topline == before then
      break
    end
  end
  return room
end

return M
