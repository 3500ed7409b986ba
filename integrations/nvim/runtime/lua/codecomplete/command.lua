--- :CodeComplete and what may follow it.
local M = {}

local function feed(name)
  local keys = vim.api.nvim_replace_termcodes('<Plug>(codecomplete-' .. name .. ')', true, true, true)
  vim.api.nvim_feedkeys(keys, 'im', false)
end

local function show(lines)
  vim.api.nvim_echo({ { table.concat(lines, '\n') } }, true, {})
end

local function status()
  local process = require('codecomplete.process')
  local own = require('codecomplete.status').lines()
  if process.state ~= 'ready' or not process.send('status', vim.empty_dict()) then
    return show(own)
  end
  process.on('status', function(message)
    show(vim.list_extend(own, vim.list_slice(message.lines, 2)))
  end)
end

local function switch(on)
  require('codecomplete').enable(on)
  show({ 'codecomplete is ' .. (on and 'on' or 'off') })
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
---@return string[]
function M.complete(lead)
  return vim.tbl_filter(function(name)
    return name:sub(1, #lead) == lead
  end, M.names())
end

---@param argument string nothing, or one of |names|
function M.run(argument)
  local name = vim.trim(argument)
  if name == '' then
    return require('codecomplete').trigger()
  elseif not commands[name] then
    local text = ('codecomplete: %s: expected nothing or one of %s'):format(name, table.concat(M.names(), ', '))
    return vim.api.nvim_echo({ { text, 'ErrorMsg' } }, true, {})
  end
  commands[name]()
end

return M
