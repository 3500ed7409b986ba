--- A long command in the background: started without waiting, with its output kept and partly shown.
--- Knows nothing of what the command does.
local compat = require('codecomplete.compat')
local say = require('codecomplete.say')

local M = {}

local PROGRESS_MS = 400 -- between two lines of progress
local MOST_LINES = 500 -- of its output that are kept

--- Keep ``text``, and show it unless another line was shown just now.
local function take(job, text)
  local line = compat.trimmed(text)
  table.insert(job.log, line)
  if #job.log > MOST_LINES then
    table.remove(job.log, 1)
  end
  local now = compat.now()
  local news = not text:find('^Traceback') and not text:find('^%s') -- a traceback is not shown
  if news and now - job.told_at > PROGRESS_MS then
    job.told_at = now
    say.answer(job.doing .. ': ' .. line)
  end
end

--- Receives the output of one stream; a line may come in pieces.
local function reader(job)
  local rest = ''
  return function(_, pieces)
    pieces[1] = rest .. pieces[1]
    rest = table.remove(pieces)
    for _, line in ipairs(pieces) do
      if line:find('%S') then
        take(job, line)
      end
    end
  end
end

---@class codecomplete.Job
---@field doing string what is shown before its lines
---@field log string[] what it has said, the newest last
---@field told_at integer

---@param doing string
---@return codecomplete.Job
function M.new(doing)
  return { doing = doing, log = {}, told_at = 0 }
end

--- Run ``command``; ``ended`` is called with its exit code.
---@param job codecomplete.Job
---@param command string[]
---@param options table of |jobstart()|: cwd, env
---@param ended fun(code: integer)
---@return integer|nil number of the job; nil if it cannot be executed
function M.run(job, command, options, ended)
  local good, number = pcall(vim.fn.jobstart, command, {
    cwd = options.cwd,
    env = vim.tbl_extend('force', { PYTHONUNBUFFERED = '1' }, options.env or {}),
    on_stdout = reader(job),
    on_stderr = reader(job),
    on_exit = function(_, code)
      ended(code)
    end,
  })
  return good and number > 0 and number or nil
end

return M
