--- The parts of a suggestion that can be accepted. The same rules as integrations/shared/parts.py; a test
--- compares them.
local M = {}

--- Up to the next white space: takes no line end and indent behind it along.
---@param text string
---@return string
function M.word(text)
  return text:match('^%s*%S+') or text
end

--- Up to the first line end, or, if it begins with one, up to the second.
---@param text string
---@return string
function M.line(text)
  local last = text:find('\n', 2, true)
  return last and text:sub(1, last - 1) or text
end

return M
