-- This project's language server, for vim.lsp.enable('codecomplete') of Neovim 0.11 and later. The option
-- "native" enables it by itself.
return require('codecomplete.native').configuration()
