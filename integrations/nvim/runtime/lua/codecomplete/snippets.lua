--- Snippets of other plugins at the caret: places to jump to, and triggers to expand. Asked only when a
--- key is pressed that is also mapped by another plugin, never while text is typed.
local M = {}

local has_own = vim.fn.has('nvim-0.10') == 1

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

local missing = {} ---@type table<string, string> functions that no folder of this 'runtimepath' has

--- Ask an autoloaded function: only calling it shows whether it exists.
---@return boolean
local function call(name, ...)
  local folders = vim.o.runtimepath
  if missing[name] == folders then
    return false
  end
  local good, answer = pcall(vim.fn[name], ...)
  if not good and vim.fn.exists('*' .. name) == 0 then
    missing[name] = folders
  end
  return good and (answer == true or answer == 1)
end

---@return boolean
local function of_neovim()
  return has_own and vim.snippet.active({ direction = 1 })
end

--- Whether the word before the caret is a trigger of UltiSnips, or one of its snippets is active. Up to
--- version 3.2, which distributions package, it has no functions for that.
---@return boolean
local function of_old_ultisnips()
  if vim.g.did_plugin_ultisnips == nil or vim.fn.exists('*UltiSnips#CanExpandSnippet') == 1 then
    return false
  end
  local good, triggers = pcall(vim.fn['UltiSnips#SnippetsInCurrentScope'])
  local word = vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2]):match('%S+$')
  if good and type(triggers) == 'table' and word and triggers[word] then
    return true
  end
  local asked, active = pcall(vim.fn.py3eval, 'len(UltiSnips_Manager._active_snippets)')
  return asked and type(active) == 'number' and active > 0
end

---@return boolean
local function can_jump()
  return ask('luasnip', 'locally_jumpable', 1)
    or ask('snippy', 'can_jump', 1)
    or call('vsnip#jumpable', 1)
    or call('UltiSnips#CanJumpForwards')
end

---@return boolean
local function can_expand()
  return ask('luasnip', 'expandable')
    or ask('snippy', 'can_expand')
    or call('vsnip#expandable')
    or call('UltiSnips#CanExpandSnippet')
end

--- Whether a snippet uses a key that otherwise belongs to ``mapping``. Neovim's own mapping (there
--- always is one from 0.11 on) is for Neovim's own snippets only.
---@param mapping table|nil as nvim_get_keymap returns it
---@return boolean
function M.want(mapping)
  if not mapping then
    return false
  elseif of_neovim() then
    return true
  elseif (mapping.desc or ''):find('^vim%.snippet') then
    return false
  end
  return can_jump() or can_expand() or of_old_ultisnips()
end

return M
