--- Puts the items of other plugins' menus, from whatever source, into the order in which the model
--- expects them. ``rank`` is the way to use it.
---
--- A sort cannot wait. It orders the names that are known, and asks about the others once it is over;
--- when the answer comes, an open menu in which nothing is selected is sorted again. Names are judged
--- where their word begins: typing on in it changes nothing, and nothing is asked twice.
local ghost = require('codecomplete.ghost')
local process = require('codecomplete.process')
local question = require('codecomplete.question')
local where = require('codecomplete.where')

local M = {}

M.MOST_NAMES = 1000 -- at one word; further ones follow the others, in their order

local UNKNOWN = -1

---@class codecomplete.Word where a menu's items would be inserted
---@field buffer integer
---@field row integer
---@field before string the line as far as the word's first letter
---@field typed string the part of the word before the caret

local word ---@type codecomplete.Word|nil
local chances = {} ---@type table<string, number> by name: 0 to 1, or UNKNOWN once asked about
local count = 0
local unasked = {} ---@type string[]
local looked = false -- whether this sort has looked at the caret yet
local last_id = 0
local reorder = {} ---@type table<string, fun()> by plugin whose menu has been sorted

---@return codecomplete.Word
local function word_here()
  local here = ghost.here()
  local typed = here.before:match('[%w_\128-\255]*$')
  return { buffer = here.buffer, row = here.row, before = here.before:sub(1, -1 - #typed), typed = typed }
end

---@param other codecomplete.Word|nil
local function is_word(other, now)
  return other ~= nil and other.buffer == now.buffer and other.row == now.row and other.before == now.before
end

--- Ask about names that a sort has met.
local function ask()
  looked = false
  local names = unasked
  unasked = {}
  if #names == 0 or where.refusal() ~= nil or not where.is_typing() or not process.ensure() then
    return
  end
  last_id = last_id + 1
  local message = question.about(ghost.here(), { id = last_id })
  message.typed, message.names = word_here().typed, names
  process.send('rank', message)
end

--- Look at the caret, once per sort.
local function look()
  if looked then
    return
  end
  looked = true
  local now = word_here()
  if not is_word(word, now) then
    word, chances, count, unasked = now, {}, 0, {}
  end
  vim.schedule(ask)
end

--- The name in an item's text, without decoration and parameters.
---@param item table of the language server protocol
---@return string|nil
local function name_of(item)
  return (item.filterText or item.label or ''):match('[%a_\128-\255][%w_\128-\255]*')
end

---@return number
local function chance(item)
  local name = name_of(item)
  if not name then
    return UNKNOWN
  elseif chances[name] == nil and count < M.MOST_NAMES then
    count, chances[name] = count + 1, UNKNOWN
    table.insert(unasked, name)
  end
  return chances[name] or UNKNOWN
end

---@return boolean|nil whether ``one`` comes first; nil if that is left to others
local function before(one, other)
  look()
  local first, second = chance(one), chance(other)
  if first ~= second then
    return first > second
  end
end

--- The number of the newest request.
---@return integer
function M.last_id()
  return last_id
end

process.on('ranked', function(answer)
  local now = word_here()
  if answer.id ~= last_id or not is_word(word, now) or not where.is_typing() then
    return
  elseif vim.tbl_isempty(answer.chances) then -- not now: the next sort may ask again
    word = nil
    return
  end
  for name, likely in pairs(answer.chances) do
    chances[name] = likely
  end
  for _, again in pairs(reorder) do
    pcall(again)
  end
end)

-- nvim-cmp

--- Whether the user has begun to choose. A 'completeopt' that selects the first item by itself does not
--- count.
local function has_chosen(cmp)
  local view, selected = cmp.core.view, cmp.core.view:get_selected_entry()
  local by_itself = not cmp.get_config().completion.completeopt:find('noselect')
  return selected ~= nil
    and (view:get_active_entry() ~= nil or not by_itself or selected ~= view:get_first_entry())
end

--- Reads only nvim-cmp's fields: its public functions may wait for its sources.
local function reorder_cmp()
  local cmp = package.loaded.cmp
  if cmp.core.view:visible() and not has_chosen(cmp) then
    cmp.core:filter()
  end
end

--- As ``rank.cmp``.
---@param one table an entry of nvim-cmp
---@param other table
---@return boolean|nil
function M.cmp(one, other)
  reorder.cmp = reorder_cmp
  return before(one.completion_item, other.completion_item)
end

-- blink.cmp

--- Sort ``items`` by probability, in a stable way.
---@param items table[]
---@return table[]
local function ordered(items)
  local places, found = {}, vim.list_slice(items)
  for place, item in ipairs(items) do
    places[item] = place
  end
  table.sort(found, function(one, other)
    local first = before(one, other)
    if first == nil then
      return places[one] < places[other]
    end
    return first
  end)
  return found
end

local function reorder_blink()
  local list = package.loaded['blink.cmp.completion.list']
  if not list.context or #list.items == 0 or list.is_explicitly_selected then
    return
  end
  list.items = ordered(list.items)
  list.show_emitter:emit({ items = list.items, context = list.context })
  local first = list.get_selection_mode(list.context).preselect and 1 or nil
  list.select(first, { auto_insert = false, undo_preview = false, is_explicit_selection = false })
end

--- As ``rank.blink``.
---@param one table an item of blink.cmp
---@param other table
---@return boolean|nil
function M.blink(one, other)
  reorder.blink = reorder_blink
  return before(one, other)
end

return M
