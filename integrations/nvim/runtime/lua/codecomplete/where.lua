--- In which buffers and at which places text is suggested. Asked at every key, so it caches what is
--- slow to find out. Knows no process and no ghost text.
local config = require('codecomplete.config')

local M = {}

--- File types that are off unless |codecomplete-filetypes| says otherwise: prose, messages to version
--- control, listings of folders, and what is not written by hand. "." is for no file type.
M.off = {
  '.',
  'NeogitCommitMessage',
  'asciidoc',
  'csv',
  'cvs',
  'diff',
  'dirbuf',
  'dirvish',
  'fern',
  'gitcommit',
  'gitrebase',
  'gitsendemail',
  'help',
  'hgcommit',
  'jj',
  'log',
  'mail',
  'man',
  'markdown',
  'minifiles',
  'netrw',
  'norg',
  'oil',
  'org',
  'qf',
  'rst',
  'svn',
  'tex',
  'text',
  'tsv',
  'typst',
}

--- Lua patterns of file names, without their folders, for files whose content is private.
M.private_names = {
  '^%.env$',
  '^%.env%.',
  '%.env$',
  '^%.htpasswd$',
  '^%.netrc$',
  '^_netrc$',
  '^%.npmrc$',
  '^%.pgpass$',
  '^%.pypirc$',
  '^%.git%-credentials$',
  '^credentials$',
  '^credentials%.',
  '^id_[%w_]+$',
  '^secrets?%.json$',
  '^secrets?%.ya?ml$',
  '^secrets?%.toml$',
  '^secrets?%.ini$',
  '^secrets?%.xml$',
  '^secrets?%.csv$',
  '^secrets?%.txt$',
  '^secrets?%.properties$',
  '^secrets?%.env$',
  '%.asc$',
  '%.gpg$',
  '%.jks$',
  '%.kdbx$',
  '%.key$',
  '%.keystore$',
  '%.p12$',
  '%.pem$',
  '%.pfx$',
  '%.ppk$',
  '%.tfstate$',
  '%.tfvars$',
}

--- Lua patterns of folders whose files are private.
M.private_folders = { '/%.ssh/', '/%.aws/', '/%.gnupg/', '/%.password%-store/', '^/dev/shm/' }

local off = {}
for _, name in ipairs(M.off) do
  off[name] = true
end

---@param path string
---@return boolean
function M.is_private(path)
  local name = path:match('[^/\\]*$')
  for _, pattern in ipairs(M.private_names) do
    if name:find(pattern) then
      return true
    end
  end
  for _, pattern in ipairs(M.private_folders) do
    if path:find(pattern) then
      return true
    end
  end
  return false
end

--- Whether a buffer lists a folder, in file managers that are edited like text (such as oil.nvim and
--- mini.files): what is typed there is file names.
---@param path string
---@return boolean
function M.is_folder(path)
  return path:find('[/\\]$') ~= nil or path:find('^minifiles://') ~= nil or vim.fn.isdirectory(path) == 1
end

---@param filetype string
---@return boolean
local function filetype_on(filetype)
  local chosen = config.get('filetypes')
  local name = filetype == '' and '.' or filetype
  local first = name:match('^([^.]+)%.') or name
  for _, candidate in ipairs({ name, first }) do
    if chosen[candidate] ~= nil then
      return chosen[candidate]
    end
    if off[candidate] then
      return false
    end
  end
  return chosen['*'] ~= false
end

---@return string|nil why the buffer as such is left alone
local function buffer_refusal(buffer)
  local options = vim.bo[buffer]
  if options.buftype ~= '' and options.buftype ~= 'acwrite' then
    return 'this is not a file (buftype=' .. options.buftype .. ')'
  elseif not options.modifiable then
    return "the buffer cannot be changed ('nomodifiable')"
  end
  local switch = vim.b[buffer].codecomplete
  if switch ~= nil then
    local on = switch ~= false and switch ~= 0
    return not on and 'b:codecomplete is off' or nil
  elseif not filetype_on(options.filetype) then
    return 'suggestions are off for '
      .. (options.filetype == '' and 'files without a type' or 'filetype ' .. options.filetype)
  end
  local path = vim.api.nvim_buf_get_name(buffer)
  if M.is_private(path) then
    return 'the file looks as if it holds secrets'
  elseif M.is_folder(path) then
    return 'this is a folder, not a file'
  end
end

--- Whether Neovim itself (0.12 and later) shows a language server's suggestions in this buffer, this
--- project's server among them: two ghost texts are never shown at once. Without vim.lsp loaded there
--- is no server, and loading it would cost time and, in some configurations, an error.
---@return boolean
local function is_served_by_neovim(buffer)
  local lsp = package.loaded['vim.lsp']
  local inline = lsp and vim.fn.has('nvim-0.12') == 1 and lsp.inline_completion
  return inline
    and inline.is_enabled({ bufnr = buffer })
    and #lsp.get_clients({ bufnr = buffer, method = 'textDocument/inlineCompletion' }) > 0
end

---@return string|nil why a buffer of that size is left alone
local function size_refusal(buffer)
  local lines = vim.api.nvim_buf_line_count(buffer)
  if vim.api.nvim_buf_get_offset(buffer, lines) > 1000 * config.get('max_file_kb') then
    return ('the file is larger than max_file_kb = %d'):format(config.get('max_file_kb'))
  elseif vim.fn.col('$') > config.get('max_line') + 1 then
    return ('the line is longer than max_line = %d'):format(config.get('max_line'))
  end
end

--- Why nothing is suggested in the current buffer, or nil if something is.
---@return string|nil
function M.refusal()
  if not config.get('enabled') then
    return 'suggestions are switched off'
  elseif vim.fn.getcmdwintype() ~= '' then
    return 'this is the command-line window'
  end
  local buffer = vim.api.nvim_get_current_buf()
  if require('codecomplete.native').is_on() then
    return 'native = true: Neovim draws what our language server suggests'
  elseif is_served_by_neovim(buffer) then
    return 'Neovim shows what a language server suggests here (vim.lsp.inline_completion)'
  end
  return buffer_refusal(buffer) or size_refusal(buffer)
end

--- Whether a mode, as nvim_get_mode() names it, inserts text.
---@param mode string
---@return boolean
function M.is_insert(mode)
  return mode == 'i' or mode == 'ic' or mode == 'ix'
end

--- Whether the user is typing into this buffer now, and not a macro, and not in Replace mode.
---@return boolean
function M.is_typing()
  return M.is_insert(vim.api.nvim_get_mode().mode)
    and vim.fn.reg_executing() == ''
    and vim.fn.reg_recording() == ''
    and not vim.o.paste
end

return M
