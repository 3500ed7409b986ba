--- For code that runs while the user types, in place of functions of Neovim that check what they are
--- given. In Neovim 0.7, LuaJIT sometimes compiles the loop that does so wrongly (neovim/neovim#16501), and
--- what runs ends in an error message. There, even looking for a field that ``vim`` does not have runs it.
local M = {}

--- Milliseconds, of a clock that is never set.
---@type fun(): integer
M.now = (vim.uv or vim.loop).now

---@param text string
---@return string[] its lines, at least one
function M.lines(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

---@param text string
---@return string without white space at its ends
function M.trimmed(text)
  return text:match('^%s*(.-)%s*$')
end

---@param text string
---@return string pattern that matches the text and nothing else
function M.pattern(text)
  return (text:gsub('%p', '%%%0'))
end

return M
