--- Keys that act while ghost text is visible, and otherwise do what they did before.
---
--- What a key did before is kept in <Plug> mappings: a user's mapping or another plugin's, with Lua
--- callback, <expr>, <SID> or remapping, global or of one buffer. ``base`` was there before ours;
--- ``later`` was mapped over ours since, mostly by a plugin that falls back to ours in turn (nvim-cmp,
--- blink.cmp): such a key arrives twice, and means ``base`` the second time.
---
--- Precedence at a key: a snippet that uses it, an open menu that uses it, ghost text, what the key did
--- before.
local config = require('codecomplete.config')
local ghost = require('codecomplete.ghost')
local native = require('codecomplete.native')
local others = require('codecomplete.others')
local snippets = require('codecomplete.snippets')

local M = {}

M.GRACE_MS = 50 -- a key so soon after ghost text appeared was not meant for it
local DESC = 'codecomplete: '
local MOST_DEPTH = 20 -- two plugins that fall back to each other would never end
local ENDS_ABBREVIATION = { ['\t'] = true, ['\r'] = true, [' '] = true }

---@class codecomplete.Place a key, everywhere or in one buffer
---@field base? table the mapping that was there before ours
---@field later? table the one that was put over ours

local keys = {} ---@type string[] all keys ever mapped; mappings contain their indices
local numbers = {} ---@type table<string, integer>
local places = {} ---@type table<string, codecomplete.Place>
local actions = {} ---@type table<string, string> what each key does now
local passing = {} ---@type table<string, integer> which owner of a key is handling it
local depth = 0

local function raw(text)
  return vim.api.nvim_replace_termcodes(text, true, true, true)
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

--- The other owners of a key, the nearest first.
---@return {name: string, mapping: table}[]
local function owners(key)
  local found = {}
  for _, scope in ipairs({ vim.api.nvim_get_current_buf(), '' }) do
    local place = places[scope .. key] or {}
    for _, kind in ipairs({ 'later', 'base' }) do
      if place[kind] then
        local name = (scope == '' and '' or 'local-') .. kind
        table.insert(found, { name = name, mapping = place[kind] })
      end
    end
  end
  return found
end

-- What a key did before

--- The right side of a mapping, with <SID> resolved.
local function right_side(mapping)
  local script = ('<SNR>%d_'):format(mapping.sid or 0)
  return ((mapping.rhs or ''):gsub('<[sS][iI][dD]>', function()
    return script
  end))
end

--- ``typed``, not mapped again at its beginning, as Vim treats a mapping to itself.
local function not_again(typed, key)
  local own = raw(key)
  if typed:sub(1, #own) == own then
    return raw(plug('plain', key)) .. typed:sub(#own + 1)
  end
  return typed
end

--- What an <expr> mapping returns.
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
      local typed = evaluate(mapping)
      return options.noremap and typed or not_again(typed, key)
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

-- Who gets a key

--- Whether a snippet or a menu takes precedence over ghost text at this key.
local function is_claimed(key)
  local first = owners(key)[1]
  local mapping = first and first.mapping
  return (config.get('snippet_first') and snippets.want(mapping))
    or (config.get('menu_first') and others.want(key, mapping))
end

local NATIVE = { accept = true, accept_word = true, accept_hump = true, accept_line = true, next = true, previous = true }

--- Whether something is shown that ``action`` applies to.
local function has_ghost(action)
  return ghost.visible() ~= nil or (NATIVE[action] and native.is_visible())
end

--- Whether the key can do its action. An owner that took precedence and then fell back to us had no use
--- for the key.
local function applies(key, action)
  if action == 'trigger' then
    return true
  elseif not has_ghost(action) then
    return false
  elseif not native.is_on() and raw(key) == '\t' and ghost.age() < M.GRACE_MS then
    return false
  end
  return passing[key] ~= nil or not is_claimed(key)
end

--- Keys that continue with ``step``. They contain nothing that is mapped: when some plugins fall back,
--- they type the result without looking at mappings.
---@param step string a name of |steps|
local function on_with(step, key)
  return ('<Cmd>lua require("codecomplete.keys").go("%s", %d)<CR>'):format(step, number_of(key))
end

---@param key string
---@return string keys to go on with
local function press(key)
  depth = depth + 1
  if depth == 1 then
    vim.schedule(function()
      depth, passing = 0, {}
    end)
  end
  local action = actions[key]
  if depth > MOST_DEPTH then
    return on_with('plain', key)
  elseif action and applies(key, action) then
    return on_with(action:find('^accept') and 'accept' or 'act', key)
  end
  return on_with('pass', key)
end

--- What may be done with a key.
local steps = {}

--- Type it as if it were not mapped. Without a mapping Neovim takes <M-x> for <Esc> x, but only if it
--- was typed; and a character that ends an abbreviation does so only if it was not mapped.
function steps.plain(key)
  if key:find('[<%-][MmAa]%-') then
    return vim.api.nvim_feedkeys(raw(key), 'int', false)
  end
  local ends = ENDS_ABBREVIATION[raw(key)] and vim.api.nvim_get_mode().mode == 'i'
  vim.api.nvim_feedkeys((ends and raw('<C-]>') or '') .. raw(key), 'in', false)
end

--- Whether a mapping runs code, which may fall back to us.
local function runs_code(mapping)
  local right = (mapping.rhs or ''):lower()
  return mapping.callback ~= nil
    or mapping.expr == 1
    or right:find('<cmd>', 1, true) ~= nil
    or right:find('<c-r>=', 1, true) ~= nil
    or right:find('^<plug>') ~= nil
    or right:find('^<snr>') ~= nil
end

--- Pass it on to its next owner. If that can fall back to us, a key that marks the end follows: until
--- then, the key means the owner after that.
function steps.pass(key)
  local all, number = owners(key), (passing[key] or 0) + 1
  local owner = all[number]
  if not owner or vim.tbl_isempty(vim.fn.maparg(plug(owner.name, key), 'i', false, true)) then
    return steps.plain(key)
  end
  local typed = plug(owner.name, key)
  if runs_code(owner.mapping) then
    passing[key] = number
    typed = typed .. (number == 1 and plug('passed', key) or '')
  end
  vim.api.nvim_feedkeys(raw(typed), 'im', false)
end

function steps.passed(key)
  passing[key] = nil
end

--- Do the key's action. Neovim looks mappings up before it handles the letters typed before: if those
--- have ended the ghost text, the key does what it did before.
function steps.act(key)
  local action = actions[key]
  if action == 'trigger' or has_ghost(action) then
    return require('codecomplete')[action]()
  end
  steps.pass(key)
end

--- The same, as one undo step.
function steps.accept(key)
  local around = raw('<C-g>u')
  vim.api.nvim_feedkeys(around .. raw(on_with('act', key)) .. around, 'in', false)
end

---@param step string
---@param number integer of the key
function M.go(step, number)
  steps[step](keys[number])
end

-- Mapping

local function map(key, buffer)
  vim.keymap.set('i', key, function()
    return press(key)
  end, { expr = true, remap = true, silent = true, buffer = buffer, desc = DESC .. (actions[key] or 'nothing') })
end

--- Map a key, or map it again. Our own mappings for it are always set: they may have been cleared.
---@param existing table|nil
---@param buffer? integer
local function take(existing, key, buffer)
  local id, scope = (buffer or '') .. key, buffer and 'local-' or ''
  local known = places[id]
  vim.keymap.set('i', plug('plain', key), key, { desc = DESC .. 'the key itself' })
  vim.keymap.set('i', plug('passed', key), on_with('passed', key), { silent = true })
  places[id] = known and existing and { base = known.base, later = existing } or { base = existing }
  if existing then
    keep(existing, plug(scope .. (known and 'later' or 'base'), key), key, buffer)
  end
  map(key, buffer)
end

local function take_global(key)
  local existing = find(vim.api.nvim_get_keymap('i'), key)
  if not existing or not is_ours(existing) then
    take(existing, key)
  end
end

local function take_local(key, buffer)
  local existing = find(vim.api.nvim_buf_get_keymap(buffer, 'i'), key)
  if existing and not is_ours(existing) then
    take(existing, key, buffer)
  end
end

--- The keys that the options name; an action that the user has mapped already has no default key.
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

--- Map the keys; called whenever insert mode is entered.
function M.install()
  actions = chosen()
  local buffer = vim.api.nvim_get_current_buf()
  for key in pairs(actions) do
    take_global(key)
    take_local(key, buffer)
  end
end

return M
