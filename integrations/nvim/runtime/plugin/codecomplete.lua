-- What is known before the first insertion: a command, <Plug> mappings and two events. Everything
-- else is loaded when insert mode is first entered, so that starting Neovim costs next to nothing.
if vim.g.loaded_codecomplete or vim.fn.has('nvim-0.7') == 0 then
  return
end
vim.g.loaded_codecomplete = 1

vim.api.nvim_create_user_command('CodeComplete', function(call)
  require('codecomplete.command').run(call.args)
end, {
  nargs = '*',
  complete = function(lead, line)
    return require('codecomplete.command').complete(lead, line)
  end,
  desc = 'Complete at the cursor, or switch ghost text: on, off, install, status, federate, ...',
})

-- <C-g>u on both sides: what is accepted is one step of undo.
local plugs = {
  accept = '<C-g>u<Cmd>lua require("codecomplete").accept()<CR><C-g>u',
  ['accept-word'] = '<C-g>u<Cmd>lua require("codecomplete").accept_word()<CR><C-g>u',
  ['accept-hump'] = '<C-g>u<Cmd>lua require("codecomplete").accept_hump()<CR><C-g>u',
  ['accept-line'] = '<C-g>u<Cmd>lua require("codecomplete").accept_line()<CR><C-g>u',
  next = '<Cmd>lua require("codecomplete").next()<CR>',
  previous = '<Cmd>lua require("codecomplete").previous()<CR>',
  dismiss = '<Cmd>lua require("codecomplete").dismiss()<CR>',
  never = '<Cmd>lua require("codecomplete").never()<CR>',
  trigger = '<Cmd>lua require("codecomplete").trigger()<CR>',
}
for name, keys in pairs(plugs) do
  vim.keymap.set('i', '<Plug>(codecomplete-' .. name .. ')', keys, { silent = true })
end

if vim.g.codecomplete_native then
  require('codecomplete.native').start()
end

local group = vim.api.nvim_create_augroup('codecomplete_start', {})

-- Neovim records the mode only while an autocommand listens to it. So one does, that does nothing: at
-- the first insertion, it must be known whether that is into a block.
vim.api.nvim_create_autocmd('ModeChanged', {
  group = group,
  pattern = '*:\22',
  desc = 'codecomplete: record the mode',
  callback = function() end,
})

vim.api.nvim_create_autocmd('InsertEnter', {
  group = group,
  once = true,
  desc = 'codecomplete: begin',
  callback = function()
    require('codecomplete.events').begin()
  end,
})
