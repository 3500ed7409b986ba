--- How suggestions are doing, for a status line and for :CodeComplete status.
local config = require('codecomplete.config')

local M = {}

local PATIENCE_MS = 200

local words = {
  stopped = 'the Python process starts when you first insert text',
  starting = 'the Python process is starting',
  ready = 'the Python process is running',
  waiting = 'the Python process died and is about to be restarted',
  failed = 'stopped',
}

--- "cc" and, if it is not simply on: "cc off", "cc -" (not in this buffer), "cc ..." (starting),
--- "cc !" (failed). Never starts anything.
---@return string
function M.line()
  local process = package.loaded['codecomplete.process']
  if not config.get('enabled') then
    return 'cc off'
  elseif process and process.state == 'failed' then
    return 'cc !'
  elseif require('codecomplete.where').refusal() then
    return 'cc -'
  elseif process and (process.state == 'starting' or process.state == 'waiting') then
    return 'cc ...'
  end
  return 'cc'
end

--- What the Lua half knows, one line each.
---@return string[]
function M.lines()
  local process = require('codecomplete.process')
  local refusal = require('codecomplete.where').refusal()
  local reason = process.reason and (': ' .. process.reason) or ''
  local pid = process.pid and (' (%d)'):format(process.pid) or ''
  return {
    'codecomplete is ' .. (config.get('enabled') and 'on' or 'off'),
    'this buffer: ' .. (refusal and ('off, ' .. refusal) or 'on'),
    words[process.state] .. pid .. reason,
  }
end

--- The Python half's report; nothing if it does not answer quickly.
---@return string[]
function M.of_python()
  local process = require('codecomplete.process')
  local lines
  process.on('status', function(message)
    lines = message.lines
  end)
  if process.state == 'ready' and process.send('status', vim.empty_dict()) then
    vim.wait(PATIENCE_MS, function()
      return lines ~= nil
    end, 2)
  end
  return vim.list_slice(lines or {}, 2)
end

return M
