--- :CodeComplete federate takes part in a federation with the user's code, in the background.
---
--- Runs the trainer's own command as a job and shows its messages; the job ends with Neovim. Knows
--- nothing of what is trained or sent.
local jobs = require('codecomplete.job')
local process = require('codecomplete.process')
local say = require('codecomplete.say')

local M = {}

local USAGE = 'expected HOST:PORT CERTIFICATE [FOLDER ...]'
local NEEDED = "pip install 'codecomplete[train,corpus,federated]'"
local QUIET = 143 -- exit code of a process that SIGTERM ended without a message

---@type string[] everything that the last one has said
M.log = {}
---@type 'never'|'running'|'left'|'failed'
M.state = 'never'
---@type string|nil why the last one failed, in full
M.reason = nil

local running ---@type integer|nil number of the job
local told_to_leave = false

---@param text string as on a command line: a space within a path is written "\ "
---@return string[]
local function words(text)
  local kept = text:gsub('\\ ', '\1')
  return vim.tbl_map(function(word)
    return (word:gsub('\1', ' '))
  end, vim.split(kept, '%s+', { trimempty = true }))
end

---@param path string
---@return string
local function full(path)
  return (vim.fn.fnamemodify(vim.fn.expand(path), ':p'):gsub('(.)/$', '%1'))
end

--- The trainer's command; or nil and why there is none.
---@param server string
---@param certificate string
---@param folders string[]
---@return string[]|nil
---@return string|nil
local function command(server, certificate, folders)
  if not server:match('^[%w.:%[%]_-]+:%d+$') then
    return nil, ('%s: expected HOST:PORT'):format(server)
  elseif vim.fn.filereadable(full(certificate)) == 0 then
    return nil, ("%s: no such file; ask for the server's ca.crt"):format(certificate)
  end
  for _, folder in ipairs(folders) do
    if vim.fn.isdirectory(full(folder)) == 0 then
      return nil, ('%s: no such folder'):format(folder)
    end
  end
  local given = { process.python(), '-m', 'codecomplete', 'trainer', 'federated', 'join', server }
  vim.list_extend(given, vim.tbl_map(full, folders))
  return vim.list_extend(given, { '--certificate', full(certificate) })
end

--- Why the job has ended; and the same in a few words, if there are any.
---@param code integer
---@return string
---@return string|nil
local function reason(code)
  for _, line in ipairs(M.log) do
    if line:find('No module named', 1, true) then
      return ('the trainer is missing in %s: %s'):format(process.python(), NEEDED), 'the trainer is missing'
    end
  end
  return M.log[#M.log] or ('it ended with %d'):format(code)
end

---@param code integer
local function ended(code)
  running = nil
  if told_to_leave or code == 0 or code == QUIET then
    M.state = 'left'
    return say.answer('you have left the federation')
  end
  local short
  M.state, M.reason, short = 'failed', reason(code)
  say.notify(short and short .. '; see :checkhealth codecomplete' or 'no federation: ' .. M.reason)
end

--- Start the job; returns at once.
local function join(server, certificate, folders)
  local given, problem = command(server, certificate, folders)
  if not given then
    return say.answer(problem, 'ErrorMsg')
  end
  local job = jobs.new('federation')
  M.log, told_to_leave = job.log, false
  running = jobs.run(job, given, { cwd = process.root() }, ended)
  if not running then
    M.state, M.reason = 'failed', given[1] .. ' cannot be executed'
    return say.answer(M.reason, 'ErrorMsg')
  end
  M.state = 'running'
  say.answer(('federation: reading %s; :CodeComplete federate stop leaves'):format(table.concat(folders, ' ')))
end

local function stop()
  if not running then
    return say.answer('you take part in no federation')
  end
  told_to_leave = true
  vim.fn.jobstop(running)
end

--- Ask for the missing arguments, one after another; do nothing if an answer is empty.
local function ask()
  vim.ui.input({ prompt = 'Server of the federation (HOST:PORT): ' }, function(server)
    if (server or '') == '' then
      return
    end
    vim.ui.input({ prompt = "The server's certificate (ca.crt): ", completion = 'file' }, function(certificate)
      if (certificate or '') ~= '' then
        join(server, certificate, { vim.fn.getcwd() })
      end
    end)
  end)
end

---@param rest string what follows ":CodeComplete federate"
function M.run(rest)
  local given = words(rest)
  if given[1] == 'stop' and #given == 1 then
    return stop()
  elseif running then
    return say.answer('federation: ' .. (M.log[#M.log] or 'it has begun'))
  elseif #given == 0 then
    return ask()
  elseif #given == 1 then
    return say.answer(('federate %s: %s'):format(given[1], USAGE), 'ErrorMsg')
  end
  local folders = #given > 2 and vim.list_slice(given, 3) or { vim.fn.getcwd() }
  join(given[1], given[2], folders)
end

return M
