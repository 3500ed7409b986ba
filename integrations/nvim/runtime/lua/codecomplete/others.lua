--- Completion menus of other plugins at the same caret. Learns from the plugins' events whether one is
--- open, and never asks: nvim-cmp, asked whether its menu is visible, may wait a second for its
--- sources. Knows no keys of ours and no ghost text.
local config = require('codecomplete.config')

local M = {}

---@class codecomplete.Menu
---@field open boolean whether its window is open
---@field ghost boolean whether it draws ghost text of its own now

---@type table<string, codecomplete.Menu> by plugin
local menus = {
  cmp = { open = false, ghost = false },
  blink = { open = false, ghost = false },
}
local blink_lists = false -- whether blink.cmp has items, with or without a window
local attached ---@type table|nil the nvim-cmp whose events are watched

--- What an open completion menu means for ghost text: nil (none is open), "line" (it covers the lines
--- below), or "hide". Neovim's own menu changes the text while one moves through it, and two ghost
--- texts cannot share one caret.
---@return string|nil
function M.menu()
  if vim.fn.pumvisible() == 1 then
    return 'hide'
  end
  for _, menu in pairs(menus) do
    if menu.ghost then
      return 'hide'
    elseif menu.open then
      return config.get('beside_menu') and 'line' or 'hide'
    end
  end
end

--- No menu outlives the insertion: forget those that were closed without an event.
function M.reset()
  blink_lists = false
  for _, menu in pairs(menus) do
    menu.open, menu.ghost = false, false
  end
end

-- Keys

local function raw(key)
  return vim.api.nvim_replace_termcodes(key, true, true, true)
end

--- Whether nvim-cmp maps this key.
---@return boolean
local function cmp_has(key)
  local good, mappings = pcall(function()
    return package.loaded.cmp.get_config().mapping
  end)
  for lhs, mapping in pairs(good and mappings or {}) do
    if raw(lhs) == raw(key) then
      return type(mapping) == 'function' or (type(mapping) == 'table' and mapping.i ~= nil)
    end
  end
  return false
end

--- Commands of blink.cmp that have nothing to do with its menu, as patterns.
local BESIDE_THE_MENU = { 'Snippet Forward', 'Snippet Backward', 'Show Signature', 'Hide Signature', 'No%-op' }

--- Whether a mapping of blink.cmp acts on its menu; its description names its commands.
---@param mapping table|nil
---@return boolean
local function blink_has(mapping)
  local commands = mapping and (mapping.desc or ''):match('^blink%.cmp: (.*)$')
  if not commands then
    return mapping ~= nil and mapping.desc == 'blink.cmp' -- versions that do not name them
  end
  for _, command in ipairs(BESIDE_THE_MENU) do
    commands = commands:gsub(command, '')
  end
  return commands:find('%a') ~= nil
end

--- Whether an open menu uses a key itself.
---@param key string
---@param mapping table|nil what the key does without this plugin
---@return boolean
function M.want(key, mapping)
  return vim.fn.pumvisible() == 1
    or (menus.cmp.open and cmp_has(key))
    or (menus.blink.open and blink_has(mapping))
end

-- Events

--- Whether nvim-cmp draws ghost text; read when its menu opens, and not while it is open.
local function cmp_draws()
  local good, draws = pcall(function()
    return package.loaded.cmp.get_config().experimental.ghost_text
  end)
  return good and draws ~= nil and draws ~= false
end

local function blink_draws()
  local good, draws = pcall(function()
    local ghost = require('blink.cmp.config').completion.ghost_text
    local enabled = ghost.enabled
    if type(enabled) == 'function' then
      enabled = enabled()
    end
    local shown = menus.blink.open and ghost.show_with_menu or not menus.blink.open and ghost.show_without_menu
    return enabled and shown ~= false and shown ~= nil
  end)
  return good and draws == true
end

--- The plugins that are set up to draw ghost text of their own.
---@return string[]
function M.drawing()
  local found = {}
  if cmp_draws() then
    table.insert(found, 'nvim-cmp')
  end
  if package.loaded['blink.cmp'] and blink_draws() then
    table.insert(found, 'blink.cmp')
  end
  return found
end

---@param changed fun()
local function watch_blink(group, changed)
  local meaning = {
    BlinkCmpMenuOpen = function()
      menus.blink.open = true
    end,
    BlinkCmpMenuClose = function()
      menus.blink.open = false
    end,
    BlinkCmpShow = function()
      blink_lists = true
    end,
    BlinkCmpHide = function()
      blink_lists = false
    end,
  }
  vim.api.nvim_create_autocmd('User', {
    group = group,
    pattern = vim.tbl_keys(meaning),
    desc = 'codecomplete: make room for a menu',
    callback = function(event)
      meaning[event.match]()
      menus.blink.ghost = (blink_lists or menus.blink.open) and blink_draws()
      changed()
    end,
  })
end

--- nvim-cmp may be loaded later: try again whenever insert mode is entered.
---@param changed fun()
local function watch_cmp(changed)
  local cmp = package.loaded.cmp
  if type(cmp) ~= 'table' or cmp == attached or type(cmp.event) ~= 'table' then
    return
  end
  attached = cmp
  local function set(open)
    return function()
      menus.cmp.open, menus.cmp.ghost = open, open and cmp_draws()
      changed()
    end
  end
  pcall(function()
    cmp.event:on('menu_opened', set(true))
    cmp.event:on('menu_closed', set(false))
    cmp.register_source('codecomplete', require('codecomplete.source').cmp)
  end)
end

local on_change = function() end

--- Call ``changed`` when a floating menu opens or closes.
---@param changed fun()
function M.watch_menus(group, changed)
  on_change = changed
  watch_blink(group, changed)
  M.look()
end

--- Look for plugins that have been loaded meanwhile.
function M.look()
  watch_cmp(on_change)
end

return M
