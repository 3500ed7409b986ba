--- The parts of a suggestion that can be accepted. The same rules as the engine's Suggestion; a test
--- compares them.
local M = {}

--- The leading white space, and the name, number or run of punctuation after it. Bytes beyond ASCII
--- count as letters.
---@param text string
---@return string
function M.word(text)
  return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*%p+') or text
end

--- Up to the first line end, or, if it begins with one, up to the second.
---@param text string
---@return string
function M.line(text)
  local last = text:find('\n', 2, true)
  return last and text:sub(1, last - 1) or text
end

return M
