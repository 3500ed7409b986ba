--- The suggestion at the caret as an item of a completion menu, for users who want one menu and not two
--- things to look at; with ``ghost = false`` the suggestion is in the menu only.
---
--- nvim-cmp has the source "codecomplete" as soon as both are loaded; blink.cmp takes the module
--- codecomplete.blink. Knows the items of the language server protocol, and columns in bytes.
local compat = require('codecomplete.compat')
local crossing = require('codecomplete.crossing')

local M = {}

local TEXT = 1 -- kind of an item, and format of its text, in the protocol

---@param text string
---@param here codecomplete.Anchor
local function item(text, here)
  local word = here.before:match('[%w_]*$')
  local start = here.column - #word
  local first = compat.lines(text)[1]
  return {
    label = compat.trimmed(word .. first),
    filterText = word .. text:match('^[%w_]*'), -- otherwise letters further on would match what is typed next
    kind = TEXT,
    insertTextFormat = TEXT,
    documentation = {
      kind = 'markdown',
      value = ('```%s\n%s%s\n```'):format(vim.bo[here.buffer].filetype, here.before, text),
    },
    textEdit = {
      newText = word .. text,
      range = {
        start = { line = here.row, character = start },
        ['end'] = {
          line = here.row,
          character = here.column + crossing.length(here.before, text, here.rest),
        },
      },
    },
  }
end

--- Call ``receive`` once, maybe immediately, with the items at the caret: one, or none.
---@param receive fun(items: table[])
function M.items(receive)
  require('codecomplete.events').await(function(text, here)
    receive(text and { item(text, here) } or {})
  end)
end

--- Called when an item was accepted from a menu.
---@param taken table
function M.taken(taken)
  require('codecomplete.process').send('accepted', { text = (taken.textEdit or {}).newText or taken.label })
end

--- The source of nvim-cmp.
M.cmp = {
  get_position_encoding_kind = function()
    return 'utf-8'
  end,
  complete = function(_, _, callback)
    M.items(function(items)
      callback({ items = items, isIncomplete = true })
    end)
  end,
  execute = function(_, taken, callback)
    M.taken(taken)
    callback(taken)
  end,
}

return M
