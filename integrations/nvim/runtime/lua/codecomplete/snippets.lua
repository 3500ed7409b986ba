--- Snippets of others at the caret: places to jump to, and triggers to expand. Asked only when a key
--- is pressed that is mapped to somebody else as well, never while text is typed.
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

---@return boolean
local function of_neovim()
  return vim.snippet ~= nil and vim.snippet.active({ direction = 1 })
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

--- Whether a snippet has something to do with a key that ``mapping`` would be asked for otherwise.
--- Neovim's own mapping (from 0.11 on there is always one) leads to Neovim's own snippets only.
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
  return can_jump() or can_expand()
end

return M
