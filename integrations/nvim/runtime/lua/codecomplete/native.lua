--- Ghost text that Neovim itself draws (vim.lsp.inline_completion, 0.12), suggested by this project's
--- language server: opt-in, and the rest of the plugin then suggests nothing. The order of keys stays
--- as in |keys|. Knows Neovim's inline completion, but no ghost text of ours.
local config = require('codecomplete.config')

local M = {}

local NAME = 'codecomplete'
local SPACE = 'nvim.lsp.inline_completion' -- in which Neovim draws

---@return boolean
function M.is_possible()
  return vim.fn.has('nvim-0.12') == 1
end

--- Whether Neovim is to draw, and can.
---@return boolean
function M.is_on()
  return config.get('native') and M.is_possible()
end

--- The server's configuration for vim.lsp.
---@return table
function M.configuration()
  local process = require('codecomplete.process')
  local settings = { languages = config.get('filetypes') }
  for _, name in ipairs(config.engine) do
    settings[name] = config.get(name)
  end
  settings.languages = next(settings.languages) and settings.languages or nil
  return {
    cmd = { process.python(), '-m', 'codecomplete.integrations.lsp' },
    cmd_cwd = process.root(),
    init_options = next(settings) and settings or vim.empty_dict(),
  }
end

--- Start the server for buffers that it serves, and let Neovim draw; does nothing if that is not
--- wanted.
function M.start()
  if not config.get('native') then
    return
  elseif not M.is_possible() then
    return require('codecomplete.say').notify('native needs Neovim 0.12')
  end
  vim.lsp.enable(NAME)
  vim.lsp.inline_completion.enable(true)
end

--- Whether Neovim shows a suggestion in this buffer now, whichever server it is from.
---@return boolean
function M.is_visible()
  if not M.is_on() then
    return false
  end
  local space = vim.api.nvim_get_namespaces()[SPACE]
  return space ~= nil and #vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { limit = 1 }) > 0
end

--- The rest of an item at the caret; nil if something else was typed.
---@return string|nil
local function left(item, here)
  local text = item.insert_text
  local first = item.range and item.range.start_col or here.column
  local row = item.range and item.range.start_row or here.row
  local typed = here.before:sub(first + 1)
  if type(text) ~= 'string' or row ~= here.row or text:sub(1, #typed) ~= typed then
    return nil
  end
  return text:sub(#typed + 1)
end

--- Insert ``part`` of the suggestion that Neovim shows.
---@param part fun(text: string): string
---@param insert fun(text: string, here: codecomplete.Anchor)
function M.accept(part, insert)
  vim.lsp.inline_completion.get({
    on_accept = function(item)
      local here = require('codecomplete.ghost').here()
      local text = left(item, here)
      if text and text ~= '' then
        local taken = part(text)
        insert(taken, here)
        local client = vim.lsp.get_client_by_id(item.client_id)
        if client and client.name == NAME then
          client:notify('codecomplete/accepted', { text = taken })
        end
      end
    end,
  })
end

--- Show another suggestion.
---@param step integer
function M.cycle(step)
  vim.lsp.inline_completion.select({ count = step })
end

return M
