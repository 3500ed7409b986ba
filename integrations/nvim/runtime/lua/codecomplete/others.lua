--- Other plugins that have something to say at the same caret: completion menus, snippets.
--- Knows them by their public functions, and only if they are loaded already.
local config = require('codecomplete.config')

local M = {}

---@return boolean
local function ask(module, name, ...)
  local loaded = package.loaded[module]
  local asked = type(loaded) == 'table' and loaded[name]
  if type(asked) ~= 'function' then
    return false
  end
  local good, answer = pcall(asked, ...)
  return good and answer == true
end

---@return boolean
local function call(name, ...)
  if vim.fn.exists('*' .. name) == 0 then
    return false
  end
  local good, answer = pcall(vim.fn[name], ...)
  return good and (answer == true or answer == 1)
end

--- Whether a menu that floats over the text is open.
local function floating()
  return ask('cmp', 'visible') or ask('blink.cmp', 'is_menu_visible') or ask('blink.cmp', 'is_visible')
end

--- What an open completion menu means for ghost text: nil (there is none), "line" (it covers the
--- lines below), or "hide". Neovim's own menu changes the text as one moves through it.
---@return string|nil
function M.menu()
  if vim.fn.pumvisible() == 1 then
    return 'hide'
  elseif floating() then
    return config.get('beside_menu') and 'line' or 'hide'
  end
end

--- Whether Tab belongs to somebody else now: to a menu, or to a snippet with a place to jump to.
---@return boolean
function M.want_tab()
  return vim.fn.pumvisible() == 1
    or floating()
    or (vim.snippet ~= nil and vim.snippet.active({ direction = 1 }))
    or ask('luasnip', 'locally_jumpable', 1)
    or call('vsnip#jumpable', 1)
    or call('UltiSnips#CanJumpForwards')
end

--- Whether a buffer's mapping belongs to a plugin that falls back to ours by itself.
---@param mapping table as nvim_buf_get_keymap returns it
---@return boolean
function M.falls_back(mapping)
  return mapping.desc == 'cmp.utils.keymap.set_map' or mapping.desc == 'blink.cmp'
end

--- Call ``changed`` when a floating menu opens or closes.
---@param changed fun()
function M.watch_menus(group, changed)
  vim.api.nvim_create_autocmd('User', {
    group = group,
    pattern = { 'BlinkCmpMenuOpen', 'BlinkCmpMenuClose' },
    desc = 'codecomplete: make room for a menu',
    callback = changed,
  })
  local cmp = package.loaded.cmp
  if type(cmp) == 'table' and cmp.event then
    pcall(function()
      cmp.event:on('menu_opened', changed)
      cmp.event:on('menu_closed', changed)
    end)
  end
end

return M
