--- Puts the items of other plugins' menus into the order in which the model expects them. To use it,
--- name one of these functions where the menu's plugin is set up. Nothing else is loaded until a menu
--- is sorted.
local M = {}

--- A comparator of nvim-cmp: sorting = { comparators = { require('codecomplete.rank').cmp, ... } }.
---@param one table an entry
---@param other table
---@return boolean|nil whether ``one`` comes first; nil if that is left to the next comparator
function M.cmp(one, other)
  return require('codecomplete.ranking').cmp(one, other)
end

--- A sort of blink.cmp: fuzzy = { sorts = { require('codecomplete.rank').blink, 'score', ... } }.
---@param one table an item
---@param other table
---@return boolean|nil
function M.blink(one, other)
  return require('codecomplete.ranking').blink(one, other)
end

return M
