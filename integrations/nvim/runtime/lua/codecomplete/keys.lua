--- Keys that act while ghost text is visible and are, at any other time, what they were before.
---
--- What a key was is kept under a <Plug> mapping of its own: a user's mapping or another plugin's,
--- with Lua callback, <expr>, <SID> or remapping, global or of one buffer, made before ours or (seen
--- when insert mode is next entered) behind our back.
local config = require('codecomplete.config')
local ghost = require('codecomplete.ghost')
local others = require('codecomplete.others')

local M = {}

M.GRACE_MS = 50 -- a key so soon after ghost text appeared was not meant for it
local DESC = 'codecomplete: '
local MOST_DEPTH = 20 -- two plugins that fall back to each other would never end

local keys = {} ---@type string[] all that were ever mapped; their numbers are in <Plug> mappings
local numbers = {} ---@type table<string, integer>
local wrapped = {} ---@type table<string, boolean> buffers' keys that were taken over once
local actions = {} ---@type table<string, string> what each key does now
local depth = 0

local function raw(keys)
  return vim.api.nvim_replace_termcodes(keys, true, true, true)
end

local function number_of(key)
  if not numbers[key] then
    table.insert(keys, key)
    numbers[key] = #keys
  end
  return numbers[key]
end

local function plug(name, key)
  return ('<Plug>(codecomplete-%s-%d)'):format(name, number_of(key))
end

--- What a mapping types, its <SID> resolved.
local function right_side(mapping)
  local script = ('<SNR>%d_'):format(mapping.sid or 0)
  return ((mapping.rhs or ''):gsub('<[sS][iI][dD]>', function()
    return script
  end))
end

--- ``typed`` without being mapped again at its beginning, as Vim has it for a mapping to itself.
local function not_again(typed, key)
  local own = raw(key)
  if typed:sub(1, #own) == own then
    return raw(plug('plain', key)) .. typed:sub(#own + 1)
  end
  return typed
end

--- What an <expr> mapping gives.
local function evaluate(mapping)
  local given
  if mapping.callback then
    given = mapping.callback()
  else
    given = vim.api.nvim_eval(right_side(mapping))
  end
  given = type(given) == 'string' and given or ''
  return mapping.replace_keycodes == 1 and raw(given) or given
end

--- The same mapping under another name.
---@param mapping table as nvim_get_keymap returns it
---@param name string
local function keep(mapping, name, key, buffer)
  local options = { silent = mapping.silent == 1, noremap = mapping.noremap == 1, script = mapping.script == 1 }
  local right = ''
  if mapping.expr == 1 then
    options.expr = true
    options.callback = function()
      return not_again(evaluate(mapping), key)
    end
  elseif mapping.callback then
    options.callback = mapping.callback
  else
    right = right_side(mapping)
    if not options.noremap and raw(right):sub(1, #raw(key)) == raw(key) then
      right = plug('plain', key) .. right:sub(#key + 1)
    end
  end
  if buffer then
    vim.api.nvim_buf_set_keymap(buffer, 'i', name, right, options)
  else
    vim.api.nvim_set_keymap('i', name, right, options)
  end
end

local function is_ours(mapping)
  return (mapping.desc or ''):sub(1, #DESC) == DESC or (mapping.rhs or ''):find('codecomplete', 1, true) ~= nil
end

---@param mappings table[]
---@return table|nil
local function find(mappings, key)
  local wanted = raw(key)
  for _, mapping in ipairs(mappings) do
    if raw(mapping.lhs) == wanted then
      return mapping
    end
  end
end

--- Whether the key can do what it is for.
local function applies(key, action)
  if action == 'trigger' then
    return true
  elseif not ghost.visible() then
    return false
  elseif raw(key) == '\t' then
    return ghost.age() >= M.GRACE_MS and not others.want_tab()
  end
  return true
end

---@param key string
---@return string keys to go on with
local function press(key)
  depth = depth + 1
  if depth == 1 then
    vim.schedule(function()
      depth = 0
    end)
  end
  local action = actions[key]
  if depth > MOST_DEPTH then
    return plug('plain', key)
  elseif action and applies(key, action) then
    return plug(action:find('^accept') and 'accept' or 'do', key)
  end
  return plug('was', key)
end

--- Carry out what the key is for. Neovim looks at mappings ahead of the letters before them: if those
--- have made an end to the ghost text, the key is what it was after all.
---@param number integer of the key
function M.act(number)
  local key = keys[number]
  local action = actions[key]
  if action == 'trigger' or ghost.visible() then
    return require('codecomplete')[action]()
  end
  vim.api.nvim_feedkeys(raw(plug('was', key)), 'im', false)
end

local function map(key, buffer)
  vim.keymap.set('i', key, function()
    return press(key)
  end, { expr = true, remap = true, silent = true, buffer = buffer, desc = DESC .. (actions[key] or 'nothing') })
end

local function take_global(key)
  local existing = find(vim.api.nvim_get_keymap('i'), key)
  if existing and is_ours(existing) then
    return
  end
  local act = ('<Cmd>lua require("codecomplete.keys").act(%d)<CR>'):format(number_of(key))
  vim.keymap.set('i', plug('do', key), act, { silent = true })
  vim.keymap.set('i', plug('accept', key), '<C-g>u' .. act .. '<C-g>u', { silent = true })
  vim.keymap.set('i', plug('plain', key), key, { desc = DESC .. 'the key itself' })
  if existing then
    keep(existing, plug('was', key), key)
  else
    vim.keymap.set('i', plug('was', key), key, { desc = DESC .. 'what the key was' })
  end
  map(key)
end

--- A buffer's own mapping is taken over once: whoever maps it again behind us falls back to us.
local function take_local(key, buffer)
  local existing = find(vim.api.nvim_buf_get_keymap(buffer, 'i'), key)
  local id = buffer .. key
  if not existing or is_ours(existing) or others.falls_back(existing) or wrapped[id] then
    return
  end
  wrapped[id] = true
  keep(existing, plug('was', key), key, buffer)
  map(key, buffer)
end

--- Keys of the user's choice; an action that the user has mapped already has no default key.
local function chosen()
  local found = {}
  for action, key in pairs(config.get('keys') or {}) do
    local name = ('<Plug>(codecomplete-%s)'):format((action:gsub('_', '-')))
    if key and key ~= '' and vim.fn.hasmapto(name, 'i') == 0 then
      found[key] = action
    end
  end
  return found
end

--- Put the keys in place; again whenever insert mode is entered.
function M.install()
  actions = chosen()
  local buffer = vim.api.nvim_get_current_buf()
  for key in pairs(actions) do
    take_global(key)
    take_local(key, buffer)
  end
end

return M
