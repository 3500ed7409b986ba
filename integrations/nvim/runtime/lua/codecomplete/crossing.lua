--- Closing brackets after the caret, mostly inserted by plugins that close brackets, that a suggestion
--- would add once more: they are typed over, not doubled. Works on text only; knows no editor.
local compat = require('codecomplete.compat')

local M = {}

local CLOSER = { ['('] = ')', ['['] = ']', ['{'] = '}' }
local IS_CLOSER = { [')'] = true, [']'] = true, ['}'] = true, ['>'] = true }
local IS_QUOTE = { ['"'] = true, ["'"] = true, ['`'] = true }
local FOLLOWS = { [';'] = true, [','] = true, [':'] = true, ['{'] = true } -- typed over together with a closer

---@class codecomplete.Scan
---@field crossed integer bytes of the rest that the text goes over
---@field open string what would close everything that the text has opened, the innermost first

--- The quote that is still open at the end of a line.
---@param line string
---@return string|nil
local function open_quote(line)
  local quote, index = nil, 1
  while index <= #line do
    local letter = line:sub(index, index)
    if letter == '\\' and quote then
      index = index + 1
    elseif letter == quote then
      quote = nil
    elseif not quote and IS_QUOTE[letter] then
      quote = letter
    end
    index = index + 1
  end
  return quote
end

--- Reads a text letter by letter, along with what is after the caret.
local Reader = {}
Reader.__index = Reader

--- Move over ``letter`` and the space before it, if it comes next.
---@return boolean
function Reader:cross(letter)
  local _, last = self.rest:find('^[ \t]*' .. compat.pattern(letter), self.crossed + 1)
  if not last then
    return false
  end
  self.crossed, self.running = last, true
  return true
end

function Reader:in_string(letter, escaped)
  if escaped then
    return
  elseif letter == '\n' and self.quote ~= '`' then
    self.quote, self.from_before = nil, false
  elseif letter == self.quote then
    self.quote, self.running = nil, false
    if self.from_before then
      self.from_before = false
      self:cross(letter)
    end
  end
end

function Reader:outside(letter, previous)
  local stack = self.stack
  if IS_CLOSER[letter] and stack[#stack] == letter then
    table.remove(stack)
  elseif IS_CLOSER[letter] and #stack == 0 then
    local is_arrow = letter == '>' and previous:find('^[-=%s]?$')
    if not is_arrow and self:cross(letter) then
      return
    end
  elseif self.running and #stack == 0 and (FOLLOWS[letter] or IS_QUOTE[letter]) and self:cross(letter) then
    table.insert(stack, CLOSER[letter])
    return
  elseif IS_QUOTE[letter] then
    self.quote = letter
  elseif CLOSER[letter] then
    table.insert(stack, CLOSER[letter])
  end
  self.running = self.running and letter:find('%s') ~= nil
end

--- The brackets that ``text``, inserted between ``before`` and ``rest`` of a line, closes and opens.
---@param before string
---@param text string
---@param rest string
---@return codecomplete.Scan
function M.scan(before, text, rest)
  local quote = open_quote(before)
  local reader = setmetatable(
    { rest = rest, crossed = 0, stack = {}, quote = quote, from_before = quote ~= nil, running = false },
    Reader
  )
  local escaped, previous = false, before:sub(-1)
  for index = 1, #text do
    local letter = text:sub(index, index)
    if reader.quote then
      reader:in_string(letter, escaped)
      escaped = letter == '\\' and not escaped
    else
      reader:outside(letter, previous)
      escaped = false
    end
    previous = letter
  end
  local open = reader.quote and not reader.from_before and reader.quote or ''
  return { crossed = reader.crossed, open = open .. table.concat(reader.stack):reverse() }
end

--- The number of bytes of ``rest`` that ``text`` replaces.
---@return integer
function M.length(before, text, rest)
  return rest == '' and 0 or M.scan(before, text, rest).crossed
end

--- Whether ``now`` may be what follows the caret once ``text`` was typed before ``rest``: without what
--- was typed over, and with closers that another plugin has added for what the text has opened.
---@return boolean
function M.fits(before, text, rest, now)
  local scan = M.scan(before, text, rest)
  local left = rest:sub(scan.crossed + 1)
  local added = #now - #left
  return added >= 0 and now == scan.open:sub(1, added) .. left and added <= #scan.open
end

return M
