-- For plugin managers that clone this repository: the plugin itself is part of the Python package.
local root = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h')
vim.opt.runtimepath:prepend(root .. '/integrations/nvim/runtime')
vim.cmd('runtime plugin/codecomplete.lua')
