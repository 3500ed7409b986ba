--- :checkhealth codecomplete. Starts a Python process to examine it, but not the one that suggests.
local M = {}

local health = vim.health or require('health')
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local warn = health.warn or health.report_warn
local failed = health.error or health.report_error
local info = health.info or health.report_info

local INSTALL = {
  'Let the plugin make its own environment: :CodeComplete install',
  "or install the package there: pip install 'codecomplete[nvim]'",
  'or set g:codecomplete_python',
}

--- Fails unless the interpreter can run the Python half; does not load the model.
local PROBE = [[
import sys
assert sys.version_info >= (3, 11), "Python 3.11 or later is needed, this is " + sys.version.split()[0]
import pynvim, codecomplete.integrations.nvim.host, codecomplete.engine.model
print(sys.version.split()[0])
]]

local function neovim()
  if vim.fn.has('nvim-0.10') == 1 then
    ok('Neovim can draw in the middle of a line')
  elseif vim.fn.has('nvim-0.7') == 1 then
    info('before Neovim 0.10, ghost text is drawn only at the end of a line and before closing brackets')
  else
    failed('Neovim 0.7 or later is needed')
  end
end

local function options(config)
  config.get('enabled') -- reads the options, if they were not read yet
  for _, problem in ipairs(config.problems) do
    warn('an option keeps its default: ' .. problem, { ':help codecomplete-options' })
  end
end

local function python(process)
  local command = process.command()
  if vim.fn.executable(command[1]) == 0 then
    return failed(command[1] .. ' cannot be executed', INSTALL)
  elseif require('codecomplete.config').get('command') then
    return info('custom command: ' .. table.concat(command, ' '))
  end
  local said, done = {}, nil
  local job = vim.fn.jobstart({ command[1], '-c', PROBE }, {
    cwd = process.root(),
    stdout_buffered = true,
    stderr_buffered = true,
    on_stdout = function(_, lines)
      vim.list_extend(said, lines)
    end,
    on_stderr = function(_, lines)
      vim.list_extend(said, lines)
    end,
    on_exit = function(_, code)
      done = code
    end,
  })
  vim.fn.jobwait({ job }, 20000)
  vim.wait(1000, function()
    return done ~= nil
  end)
  said = vim.tbl_filter(function(line)
    return line:find('%S')
  end, said)
  if done == 0 then
    ok(('%s (%s) has everything that is needed'):format(command[1], said[1]))
  else
    failed(('%s: %s'):format(command[1], said[#said] or 'it does not answer'), INSTALL)
  end
end

local function running(process)
  if process.state == 'failed' then
    failed('stopped: ' .. (process.reason or 'unknown'), { 'Once that is fixed: :CodeComplete on' })
  elseif process.state == 'ready' then
    ok(('the Python process is running (%s)'):format(process.pid))
  else
    info('the Python process is ' .. (process.state == 'stopped' and 'not started yet' or process.state))
  end
end

local function installation()
  local install = package.loaded['codecomplete.install']
  if install and install.state == 'failed' then
    failed('the last :CodeComplete install failed: ' .. (install.log[#install.log] or 'it gave no message'), install.log)
  elseif install and install.state == 'running' then
    info('the package is being installed: ' .. (install.log[#install.log] or 'just started'))
  end
end

local function federation()
  local federate = package.loaded['codecomplete.federate']
  if federate and federate.state == 'failed' then
    failed('the last :CodeComplete federate failed: ' .. federate.reason, federate.log)
  elseif federate and federate.state == 'running' then
    info('you take part in a federation: ' .. (federate.log[#federate.log] or 'it has begun'))
  end
end

--- Call ``look`` in each window that shows a file, with its name.
---@param look fun(name: string)
local function in_windows(look)
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if vim.bo[buffer].filetype ~= 'checkhealth' and vim.bo[buffer].buftype ~= 'nofile' then
      local path = vim.api.nvim_buf_get_name(buffer)
      vim.api.nvim_win_call(window, function()
        look(path ~= '' and vim.fn.fnamemodify(path, ':~:.') or '[No Name]')
      end)
    end
  end
end

--- Why there are no suggestions in the visible buffers.
local function buffers()
  in_windows(function(name)
    local refusal = require('codecomplete.where').refusal()
    if refusal then
      warn(('no suggestions in %s: %s'):format(name, refusal), { ':help codecomplete-where' })
    else
      ok(('suggestions are on in %s'):format(name))
    end
  end)
end

--- Why there may be none there while the user types.
local function silence()
  for _, reason in ipairs(require('codecomplete.reasons').all()) do
    if reason.warn then
      warn(reason.text, { reason.remedy })
    else
      info(('%s; %s'):format(reason.text, reason.remedy))
    end
  end
end

--- The report of the running Python half.
local function told()
  for _, line in ipairs(require('codecomplete.status').of_python()) do
    info(line)
  end
end

local function native()
  local mode = require('codecomplete.native')
  if require('codecomplete.config').get('native') and not mode.is_possible() then
    warn('native = true needs Neovim 0.12: ghost text is drawn by the plugin', { ':version' })
  end
end

--- Keys that other plugins have now, in the visible buffers.
local function keys()
  if not package.loaded['codecomplete.keys'] then
    return
  end
  in_windows(function(name)
    for action, key in pairs(require('codecomplete.config').get('keys') or {}) do
      local mapping = key and vim.fn.maparg(key, 'i', false, true) or {}
      if next(mapping) and not (mapping.desc or ''):find('^codecomplete') then
        warn(('%s does not %s in %s: it belongs to another mapping'):format(key, action, name), {
          ':verbose imap ' .. key,
        })
      end
    end
  end)
end

function M.check()
  local process = require('codecomplete.process')
  start('codecomplete')
  neovim()
  options(require('codecomplete.config'))
  python(process)
  running(process)
  told()
  installation()
  federation()
  native()
  buffers()
  silence()
  keys()
end

return M
