--- The functions for users and other plugins. Each returns at once.
local M = {}

--- Change options; all others keep their defaults or what g:codecomplete_NAME says. May be called
--- again.
---@param options? table<string, any> see |codecomplete-options|
function M.setup(options)
  local config = require('codecomplete.config')
  config.set(options)
  if config.get('native') then
    require('codecomplete.native').start()
  end
  if package.loaded['codecomplete.events'] then
    require('codecomplete.events').reconfigure()
  end
end

--- Insert the suggestion.
function M.accept()
  require('codecomplete.accept').all()
end

--- Insert its first word: a name, a number or a run of punctuation.
function M.accept_word()
  require('codecomplete.accept').word()
end

--- Insert the first part of its first name: as far as an underscore or a capital letter.
function M.accept_hump()
  require('codecomplete.accept').hump()
end

--- Insert its first line.
function M.accept_line()
  require('codecomplete.accept').line()
end

--- Show the next alternative.
function M.next()
  require('codecomplete.events').cycle(1)
end

--- Show the previous alternative.
function M.previous()
  require('codecomplete.events').cycle(-1)
end

--- Hide the ghost text until the next edit.
function M.dismiss()
  require('codecomplete.events').dismiss()
end

--- Never suggest this text again, here or in any other editor.
function M.never()
  require('codecomplete.events').never()
end

--- Ask for a suggestion here and now, however unsure it is.
function M.trigger()
  require('codecomplete.events').trigger()
end

--- Switch suggestions on or off, in all buffers; a failed Python process is tried again.
---@param on boolean
function M.enable(on)
  require('codecomplete.events').enable(on)
end

---@return boolean
function M.is_enabled()
  return require('codecomplete.config').get('enabled')
end

--- Whether ghost text is visible, for mappings of your own.
---@return boolean
function M.is_visible()
  local ghost = package.loaded['codecomplete.ghost']
  return ghost ~= nil and ghost.visible() ~= nil
end

--- A few characters for 'statusline': %{v:lua.require'codecomplete'.statusline()}
---@return string
function M.statusline()
  return require('codecomplete.status').line()
end

return M
