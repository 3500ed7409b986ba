--- The Python half: started on first use, restarted if it dies, and never waited for.
---
--- Messages are sent as notifications "codecomplete" with a verb and a table; answers arrive through
--- |receive|. Knows nothing of what the messages mean.
local compat = require('codecomplete.compat')
local config = require('codecomplete.config')

local M = {}

M.MOST_DEATHS = 5
M.BACKOFF_MS = 500 -- before the first restart; doubles with each
M.HEALTHY_MS = 60000 -- of life after which earlier deaths no longer count
M.SILENCE_MS = 5000 -- without an answer before it is pinged, and again before it is ended

---@alias codecomplete.ProcessState 'stopped'|'starting'|'ready'|'waiting'|'failed'

---@type codecomplete.ProcessState
M.state = 'stopped'
---@type string|nil why there are no suggestions, in one line
M.reason = nil
---@type integer|nil of the running process, once it has said so
M.pid = nil
---@type integer messages that were sent, for those who count the work
M.sent = 0

local channel ---@type integer|nil
local deaths = 0
local started_at = 0
local silent_since ---@type integer|nil
local pinged_at ---@type integer|nil
local retry_at = 0
local told = false
local errors = {} ---@type string[] the newest lines of its standard error
local receivers = {} ---@type table<string, fun(message: table)>
local on_lost = function() end

--- The folder from which the Python package is imported: the top of a checkout, or where the package is
--- installed.
---@return string
function M.root()
  local here = vim.fn.resolve(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
  local above = vim.fn.fnamemodify(here, (':h'):rep(6))
  local checkout = vim.fn.filereadable(above .. '/codecomplete/__init__.py') == 1
  return checkout and above or vim.fn.fnamemodify(above, ':h')
end

--- The folder of the environment for a plugin that is not a clone.
---@return string
function M.data_venv()
  return vim.fn.stdpath('data') .. '/codecomplete/venv'
end

--- The Python to run: the one that the user has named, even if it does not exist; otherwise the first
--- of these that can be executed.
---@return string
function M.python()
  if config.get('python') then
    return vim.fn.expand(config.get('python'))
  end
  local root = M.root()
  local prefix = root:match('^(.*)/lib/python[%d.]+/site%-packages$')
  local candidates = {
    root .. '/.venv/bin/python',
    prefix and prefix .. '/bin/python3' or '',
    M.data_venv() .. '/bin/python',
    vim.g.python3_host_prog or '',
  }
  for _, candidate in ipairs(candidates) do
    if candidate ~= '' and vim.fn.executable(vim.fn.expand(candidate)) == 1 then
      return vim.fn.expand(candidate)
    end
  end
  return 'python3'
end

---@return string[]
function M.command()
  return config.get('command') or { M.python(), '-m', 'codecomplete.integrations.nvim', 'serve' }
end

--- Stop suggesting until the user does something, and report why, once.
---@param reason string
function M.fail(reason)
  M.state, M.reason = 'failed', reason
  if not told then
    told = true
    vim.schedule(function()
      require('codecomplete.say').notify(reason)
    end)
  end
end

local function last_error()
  for index = #errors, 1, -1 do
    if errors[index]:find('%S') then
      return errors[index]
    end
  end
  return 'it gave no message'
end

--- It has ended without being told to.
local function died(code)
  local served = M.state == 'ready'
  channel, silent_since, pinged_at = nil, nil, nil
  on_lost()
  if not served then
    return M.fail(('Python ended at once (exit %d): %s'):format(code, last_error()))
  end
  deaths = compat.now() - started_at > M.HEALTHY_MS and 1 or deaths + 1
  if deaths > M.MOST_DEATHS then
    return M.fail(('Python died %d times (exit %d): %s'):format(deaths, code, last_error()))
  end
  M.state, M.pid = 'waiting', nil
  retry_at = compat.now() + M.BACKOFF_MS * 2 ^ (deaths - 1)
end

---@param number integer
---@param code integer
local function exited(number, code)
  if number == channel then
    died(code)
  end
end

---@param lines string[]
local function complained(_, lines)
  vim.list_extend(errors, lines)
  while #errors > 20 do
    table.remove(errors, 1)
  end
end

local function start_process()
  errors = {}
  local command = M.command()
  local good, number = pcall(vim.fn.jobstart, command, {
    rpc = true,
    cwd = M.root(),
    env = { CODECOMPLETE_PARENT = tostring(vim.fn.getpid()) },
    on_exit = exited,
    on_stderr = complained,
  })
  if good and number > 0 then
    return number
  end
  local named = config.get('command') and 'command' or config.get('python') and 'python' or nil
  local option = named and (' (option %s)'):format(named) or ''
  M.fail(('%s cannot be executed%s'):format(command[1], option))
end

--- The classic remote plugin: Neovim's own host runs the same Python class.
local function start_remote()
  local good, number = pcall(vim.fn.CodeCompleteChannel)
  if good then
    return number
  end
  M.fail('run :UpdateRemotePlugins and start Neovim again')
end

--- Send the Python half its options.
function M.tell_options()
  local options = {}
  for _, name in ipairs(config.engine) do
    options[name] = config.get(name)
  end
  if options.model then
    options.model = vim.fn.fnamemodify(vim.fn.expand(options.model), ':p')
  end
  M.send('options', next(options) and options or vim.empty_dict())
end

--- Start it if it is not running and may be started now.
---@return boolean whether messages can be sent
function M.ensure()
  if M.state == 'failed' or (M.state == 'waiting' and compat.now() < retry_at) then
    return false
  elseif channel then
    return true
  end
  M.state, M.reason, started_at = 'starting', nil, compat.now()
  if config.get('remote') then
    channel = start_remote()
  else
    channel = start_process()
  end
  if not channel then
    return false
  end
  M.tell_options()
  return true
end

--- Ping a process that has been silent for long (not every message has an answer), and end it if it
--- does not answer: the next message starts it again.
local function watch()
  if M.state ~= 'ready' then
    return
  elseif pinged_at then
    if compat.now() - pinged_at > M.SILENCE_MS and not config.get('remote') then
      vim.fn.jobstop(channel)
    end
  elseif compat.now() - (silent_since or compat.now()) > M.SILENCE_MS then
    pinged_at = compat.now()
    vim.rpcnotify(channel, 'codecomplete', 'ping', vim.empty_dict())
  end
  silent_since = silent_since or compat.now()
end

--- Send a message to the Python half, if it is running.
---@param verb string
---@param message table
---@return boolean
function M.send(verb, message)
  if not channel then
    return false
  end
  local good = pcall(vim.rpcnotify, channel, 'codecomplete', verb, message)
  if good then
    M.sent = M.sent + 1
    pcall(watch)
  end
  return good
end

--- Called by the Python half.
---@param verb string
---@param message table
function M.receive(verb, message)
  silent_since, pinged_at = nil, nil
  if receivers[verb] then
    receivers[verb](message)
  end
end

---@param verb string
---@param receiver fun(message: table)
function M.on(verb, receiver)
  receivers[verb] = receiver
end

--- Call ``lost`` when the Python half has lost its state.
---@param lost fun()
function M.on_lost(lost)
  on_lost = lost
end

M.on('ready', function(message)
  M.state, M.pid = 'ready', message.pid
end)

M.on('failed', function(message)
  M.fail(message.reason)
end)

--- End it; the next message that needs it starts it again.
function M.stop()
  local running = channel
  channel, M.state, M.pid = nil, 'stopped', nil
  silent_since, pinged_at = nil, nil
  on_lost()
  if running and not config.get('remote') then
    pcall(vim.fn.jobstop, running)
  end
end

--- Forget all failures.
function M.forgive()
  deaths, retry_at, told, M.reason = 0, 0, false, nil
  if not channel then
    M.state = 'stopped'
  elseif M.state == 'failed' then
    M.state = 'ready'
  end
end

return M
