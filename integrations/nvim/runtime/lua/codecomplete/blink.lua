--- The module for blink.cmp: sources = { providers = { codecomplete = { module = 'codecomplete.blink' } } }.
local source = require('codecomplete.source')

local Blink = {}
Blink.__index = Blink

function Blink.new()
  return setmetatable({}, Blink)
end

function Blink:get_completions(_, callback)
  source.items(function(items)
    callback({ items = items, is_incomplete_forward = true, is_incomplete_backward = true })
  end)
end

--- Called when it was accepted: count it, as when a key accepts ghost text.
function Blink:execute(_, item, callback, default)
  default()
  source.taken(item)
  callback()
end

return Blink
