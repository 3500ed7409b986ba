--- The parts of a suggestion that can be accepted, by the same rules as the engine's Suggestion; a test
--- compares them.
local M = {}

--- The leading white space, and the name, number or run of punctuation after it. Bytes beyond ASCII
--- count as letters.
---@param text string
---@return string
function M.word(text)
  return text:match('^%s*[%w_\128-\255]+') or text:match('^%s*%p+') or text
end

--- Whether a new part of a name begins before the letter at ``at``.
---@param word string
---@param at integer
---@return boolean
local function is_hump(word, at)
  local before, here, after = word:sub(at - 1, at - 1), word:sub(at, at), word:sub(at + 1, at + 1)
  if here:find('%u') then
    return before:find('[%l%d]') ~= nil or (before:find('%u') and after:find('%l')) ~= nil
  end
  return here:find('%d') ~= nil and before:find('[%a\128-\255]') ~= nil
end

--- The first word, or its beginning up to the end of the first part of a name: after an underscore,
--- before a capital that follows a small letter or a digit, or before a digit that follows a letter.
---@param text string
---@return string
function M.hump(text)
  local word = M.word(text)
  for at = 2, #word do
    if word:find('^[%w\128-\255]_+[%w\128-\255]', at - 1) then
      return word:sub(1, at - 1) .. word:match('^_+', at)
    elseif is_hump(word, at) then
      return word:sub(1, at - 1)
    end
  end
  return word
end

--- Up to the first line end, or, if it begins with one, up to the second.
---@param text string
---@return string
function M.line(text)
  local last = text:find('\n', 2, true)
  return last and text:sub(1, last - 1) or text
end

return M
