--- :CodeComplete install creates a Python environment for the plugin, in the background.
---
--- In a clone of the repository it is .venv there, otherwise it is in Neovim's data folder. From a
--- wheel, or a folder of wheels, what is in there is not fetched from an index. Knows no editor events;
--- |process| finds the environment by itself.
local jobs = require('codecomplete.job')
local process = require('codecomplete.process')
local say = require('codecomplete.say')

local M = {}

local OLDEST = '(3, 11)'

--- Whether this Python is that of the environment in a folder, with all of pip: RECORD, which tells
--- its files, is written last.
local IS_MADE = ([[
import os, sys
from importlib.metadata import files
sys.exit(sys.version_info < %s or not os.path.samefile(sys.prefix, sys.argv[1]) or not files("pip"))
]]):format(OLDEST)

---@type string[] everything that the last installation has said
M.log = {}
---@type 'never'|'running'|'done'|'failed'
M.state = 'never'

---@return boolean
local function is_clone(root)
  return vim.fn.filereadable(root .. '/pyproject.toml') == 1 and vim.fn.filewritable(root) == 2
end

--- The first Python found that is new enough.
---@return string|nil
local function base()
  local candidates = { vim.g.python3_host_prog or '', 'python3', 'python3.13', 'python3.12', 'python3.11', 'python' }
  for _, candidate in ipairs(candidates) do
    local program = vim.fn.expand(candidate)
    if program ~= '' and vim.fn.executable(program) == 1 then
      vim.fn.system({ program, '-c', ('import sys, venv; sys.exit(sys.version_info < %s)'):format(OLDEST) })
      if vim.v.shell_error == 0 then
        return program
      end
    end
  end
end

--- Whether an earlier installation has made the environment, and it still works.
---@return boolean
local function is_made(place)
  local program = place .. '/bin/python'
  if vim.fn.executable(program) ~= 1 then
    return false
  end
  vim.fn.system({ program, '-c', IS_MADE, place })
  return vim.v.shell_error == 0
end

--- The arguments of pip; or nil and why there are none.
---@param from string a wheel, a folder of wheels, or nothing
---@return string[]|nil
---@return string|nil
local function wanted(from, root)
  local path = vim.fn.fnamemodify(vim.fn.expand(from), ':p')
  if from == '' and is_clone(root) then
    return { '--editable', root .. '[nvim]' }
  elseif from == '' then
    return nil, 'name a wheel, or a folder of wheels: :CodeComplete install PATH'
  elseif vim.fn.isdirectory(path) == 1 then
    return { '--no-index', '--find-links', path, 'codecomplete[nvim]' }
  elseif vim.fn.filereadable(path) == 1 then
    return { path .. '[nvim]' }
  end
  return nil, path .. ': no such file or folder'
end

---@param state 'done'|'failed'
local function finish(state, text)
  M.state = state
  if state == 'done' then
    process.stop()
    process.forgive()
    return say.answer(text)
  end
  say.notify('not installed: ' .. text)
end

--- Run commands one after another, each after the one before has succeeded.
---@param steps {name: string, command: string[]}[]
local function run(job, steps, number)
  local step = steps[number]
  if not step then
    return finish('done', 'installed; suggestions start with the next letter you type')
  end
  say.answer(('installing (%d of %d): %s'):format(number, #steps, step.name))
  local env = { PIP_DISABLE_PIP_VERSION_CHECK = '1', PIP_NO_INPUT = '1' }
  local started = jobs.run(job, step.command, { cwd = process.root(), env = env }, function(code)
    if code == 0 then
      return run(job, steps, number + 1)
    end
    finish('failed', M.log[#M.log] or ('%s ended with %d'):format(step.command[1], code))
  end)
  if not started then
    finish('failed', step.command[1] .. ' cannot be executed')
  end
end

---@return string
function M.place()
  local root = process.root()
  return is_clone(root) and root .. '/.venv' or process.data_venv()
end

--- Start; returns at once, except without a user interface (nvim --headless), where it waits for the
--- end.
---@param from? string
function M.start(from)
  if M.state == 'running' then
    return say.answer('an installation is already running')
  end
  local packages, problem = wanted(from or '', process.root())
  local place = M.place()
  local inside = place .. '/bin/python'
  local made = packages ~= nil and is_made(place)
  local python = made and inside or base()
  if not packages or not python then
    return say.answer(problem or 'no Python 3.11 or later with venv: set g:python3_host_prog', 'ErrorMsg')
  end
  local job = jobs.new('installing')
  M.state, M.log = 'running', job.log
  local steps = {
    { name = 'an environment in ' .. place, command = { python, '-m', 'venv', place } },
    { name = 'the package and what it needs', command = vim.list_extend({ inside, '-m', 'pip', 'install' }, packages) },
  }
  run(job, steps, made and 2 or 1)
  if #vim.api.nvim_list_uis() == 0 then
    vim.wait(24 * 3600 * 1000, function()
      return M.state ~= 'running'
    end, 50)
  end
end

return M
