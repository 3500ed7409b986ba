--- :CodeComplete and what may follow it.
local say = require('codecomplete.say')

local M = {}

local function feed(name)
  local keys = vim.api.nvim_replace_termcodes('<Plug>(codecomplete-' .. name .. ')', true, true, true)
  vim.api.nvim_feedkeys(keys, 'im', false)
end

--- Show all lines in answer to a command; while text is being typed, on one line.
local function status()
  local about = require('codecomplete.status')
  local lines = vim.list_extend(about.lines(), about.of_python())
  if vim.api.nvim_get_mode().mode:find('^[iR]') then
    return say.answer((table.concat(lines, '; '):gsub('^codecomplete ', '')))
  end
  vim.api.nvim_echo({ { table.concat(lines, '\n') } }, true, {})
end

local function switch(on)
  require('codecomplete').enable(on)
  say.answer('suggestions are ' .. (on and 'on' or 'off'))
end

local commands = {
  on = function()
    switch(true)
  end,
  off = function()
    switch(false)
  end,
  toggle = function()
    switch(not require('codecomplete').is_enabled())
  end,
  status = status,
  install = function(from)
    require('codecomplete.install').start(from)
  end,
  federate = function(rest)
    require('codecomplete.federate').run(rest)
  end,
  accept = function()
    feed('accept')
  end,
  dismiss = function()
    require('codecomplete').dismiss()
  end,
  never = function()
    feed('never')
  end,
}

---@return string[]
function M.names()
  local names = vim.tbl_keys(commands)
  table.sort(names)
  return names
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  if line:find('^%s*CodeComplete%s+install%s') or line:find('^%s*CodeComplete%s+federate%s') then
    return vim.fn.getcompletion(lead, 'file')
  end
  return vim.tbl_filter(function(name)
    return name:sub(1, #lead) == lead
  end, M.names())
end

---@param argument string nothing, or one of |names| and what belongs to it
function M.run(argument)
  local name, rest = vim.trim(argument):match('^(%S*)%s*(.*)$')
  if name == '' then
    return require('codecomplete').trigger()
  elseif not commands[name] then
    local known = table.concat(M.names(), ', ')
    return say.answer(('%s: expected one of %s'):format(name, known), 'ErrorMsg')
  end
  commands[name](rest)
end

return M
