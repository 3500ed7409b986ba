--- Options: one table of names, kinds, defaults and help, from which everything else is derived. Knows
--- no buffer and no process.
local M = {}

---@class codecomplete.Option
---@field name string
---@field kind string what validates it, see |kinds|
---@field default any
---@field help string

--- The options from max_tokens to model are the Python half's; a test compares them.
---@type codecomplete.Option[]
M.options = {
  { name = 'enabled', kind = 'boolean', default = true, help = 'Show suggestions.' },
  {
    name = 'auto',
    kind = 'boolean',
    default = true,
    help = 'Suggest while you type; otherwise only when asked.',
  },
  {
    name = 'ghost',
    kind = 'boolean',
    default = true,
    help = 'Draw ghost text; otherwise suggestions appear only in menus (the source codecomplete).',
  },
  {
    name = 'native',
    kind = 'boolean',
    default = false,
    help = 'Let Neovim 0.12 draw suggestions (vim.lsp.inline_completion), from our language server.',
  },
  {
    name = 'filetypes',
    kind = 'switches',
    default = {},
    help = 'File types to switch on or off; "*" means all others, "." means no type.',
  },
  {
    name = 'max_file_kb',
    kind = 'number',
    default = 2000,
    help = 'Largest file, in kB, in which anything is suggested.',
  },
  {
    name = 'max_line',
    kind = 'number',
    default = 2000,
    help = 'Longest line, in bytes, in which anything is suggested.',
  },
  {
    name = 'beside_menu',
    kind = 'boolean',
    default = true,
    help = 'Show one line of ghost text beside the menus of nvim-cmp and blink.cmp; otherwise none.',
  },
  {
    name = 'scroll',
    kind = 'boolean',
    default = true,
    help = 'Scroll so that all lines of a suggestion are visible; otherwise only those that fit are shown.',
  },
  {
    name = 'menu_first',
    kind = 'boolean',
    default = true,
    help = 'For a key that an open menu has mapped, the menu comes before ghost text.',
  },
  {
    name = 'snippet_first',
    kind = 'boolean',
    default = true,
    help = 'For a mapped key, a snippet to expand or to jump in comes before ghost text.',
  },
  {
    name = 'keys',
    kind = 'keys',
    default = {
      accept = '<Tab>',
      accept_word = '<M-Right>',
      accept_hump = '<M-S-Right>',
      accept_line = '<M-C-Right>',
      next = '<M-]>',
      previous = '<M-[>',
      dismiss = '<C-]>',
      never = '<S-Del>',
      trigger = '<M-\\>',
    },
    help = 'Keys in insert mode; false in place of a key for none, or in place of the table for no keys.',
  },
  { name = 'max_tokens', kind = 'number', default = 32, help = 'Longest suggestion, in tokens.' },
  {
    name = 'deadline_ms',
    kind = 'number',
    default = 80,
    help = 'Milliseconds allowed for one suggestion; after that, the words found so far are shown.',
  },
  {
    name = 'threshold',
    kind = 'share',
    default = nil,
    help = 'Lowest confidence that is shown, 0 to 1; none: the model\'s own threshold.',
  },
  {
    name = 'debounce_ms',
    kind = 'number',
    default = 0,
    help = 'Milliseconds to wait after the last key before the model runs.',
  },
  {
    name = 'project',
    kind = 'boolean',
    default = true,
    help = 'Learn from the files beside the open one, unless git ignores them.',
  },
  {
    name = 'unsafe',
    kind = 'boolean',
    default = false,
    help = 'Suggest code that opens a security hole even in files that hold no such code.',
  },
  {
    name = 'jedi',
    kind = 'boolean',
    default = true,
    help = 'Ask Jedi, if it is installed, which names are possible in Python files.',
  },
  {
    name = 'model',
    kind = 'string',
    default = nil,
    help = 'Model directory; none: the one you have chosen, or else the packaged model.',
  },
  {
    name = 'python',
    kind = 'string',
    default = nil,
    help = 'Python that has the package; none: the one beside the plugin, g:python3_host_prog, or python3.',
  },
  {
    name = 'command',
    kind = 'words',
    default = nil,
    help = 'Command that starts the Python process, as a list; none: it is made from the option python.',
  },
  {
    name = 'remote',
    kind = 'boolean',
    default = false,
    help = 'Use the remote plugin (:UpdateRemotePlugins) instead of a separate Python process.',
  },
}

--- The names of the options that are sent to the Python half.
M.engine = {
  'max_tokens', 'deadline_ms', 'threshold', 'debounce_ms', 'project', 'unsafe', 'model', 'jedi',
}

---@type string[] what is wrong with the options that keep their defaults for it
M.problems = {}

---@type table<string, any>|nil
local values

---@type table<string, fun(value: any): string|nil> what is wrong with a value, or nil
local kinds = {
  boolean = function(value)
    return type(value) ~= 'boolean' and 'true or false' or nil
  end,
  number = function(value)
    return (type(value) ~= 'number' or value < 0) and 'a number of at least 0' or nil
  end,
  share = function(value)
    return (type(value) ~= 'number' or value < 0 or value > 1) and 'a number from 0 to 1' or nil
  end,
  string = function(value)
    return type(value) ~= 'string' and 'a string' or nil
  end,
}

---@return boolean
local function all(value, name_fits, entry_fits)
  if type(value) ~= 'table' then
    return false
  end
  for name, entry in pairs(value) do
    if not name_fits(name) or not entry_fits(entry) then
      return false
    end
  end
  return true
end

local function is(kind)
  return function(value)
    return type(value) == kind
  end
end

function kinds.switches(value)
  return not all(value, is('string'), is('boolean')) and 'a table of true and false by file type'
    or nil
end

function kinds.words(value)
  local good = all(value, is('number'), is('string')) and #value > 0
  return not good and 'a list of strings' or nil
end

function kinds.keys(value)
  local default = M.default('keys')
  local function names(name)
    return default[name] ~= nil
  end
  local function entries(key)
    return type(key) == 'string' or key == false
  end
  if value == false or all(value, names, entries) then
    return nil
  end
  local known = vim.tbl_keys(default)
  table.sort(known)
  return 'false, or a table of keys for ' .. table.concat(known, ', ')
end

---@param name string
---@return codecomplete.Option|nil
local function option(name)
  for _, candidate in ipairs(M.options) do
    if candidate.name == name then
      return candidate
    end
  end
end

---@param name string
function M.default(name)
  return vim.deepcopy(option(name).default)
end

--- Accept Vimscript's 0 and 1 as false and true where booleans are expected.
local function lua_value(kind, value)
  if kind == 'boolean' or kind == 'keys' then
    return value == 1 and kind == 'boolean' or (value ~= 0 and value)
  elseif kind == 'switches' and type(value) == 'table' then
    return vim.tbl_map(function(entry)
      return entry == 1 or (entry ~= 0 and entry)
    end, value)
  end
  return value
end

---@param problems string[]
local function take(name, value, source, problems)
  local known = option(name)
  if not known then
    table.insert(problems, ('%s%s: no such option'):format(source, tostring(name)))
    return
  end
  value = lua_value(known.kind, value)
  local wanted = kinds[known.kind](value)
  if wanted then
    local found = vim.inspect(value):gsub('%s+', ' ')
    table.insert(problems, ('%s%s: expected %s, found %s'):format(source, name, wanted, found))
  elseif type(known.default) == 'table' and value ~= false then
    values[name] = vim.tbl_extend('force', values[name] or {}, value)
  else
    values[name] = value
  end
end

--- Report the problems on one line; |problems| has all of them.
local function complain()
  local count = #M.problems
  if count > 0 then
    local more = count > 1 and ('%d options ignored: '):format(count) or ''
    require('codecomplete.say').notify(more .. M.problems[1])
  end
end

--- Read the options anew: defaults, then g:codecomplete_NAME, then ``given``.
---@param given? table<string, any>
function M.set(given)
  local problems = {}
  values, M.problems = {}, problems
  for _, known in ipairs(M.options) do
    values[known.name] = vim.deepcopy(known.default)
    local variable = vim.g['codecomplete_' .. known.name]
    if variable ~= nil then
      take(known.name, variable, 'g:codecomplete_', problems)
    end
  end
  if given ~= nil and type(given) ~= 'table' then
    table.insert(problems, 'setup(): expected a table, found ' .. type(given))
  else
    for name, value in pairs(given or {}) do
      take(name, value, '', problems)
    end
  end
  complain()
end

---@param name string
function M.get(name)
  if not values then
    M.set()
  end
  return values[name]
end

--- Set an option for the running Neovim only, as :CodeComplete off does.
---@param name string
function M.override(name, value)
  M.get(name)
  values[name] = value
end

return M
