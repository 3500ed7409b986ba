--- What has changed in a buffer since the Python half last got its text: one range of lines, however
--- many edits there were. It is sent with the next request, so that only changes travel. Knows no
--- process; mirror.py in the Python half is the other end.
local M = {}

---@class codecomplete.Mirror
---@field sent boolean whether the Python half has the text at all
---@field count integer lines that it has
---@field first? integer the range, as the buffer has it and as the Python half has it:
---@field last_here? integer lines first to last_here are new,
---@field last_there? integer in place of its lines first to last_there

---@type table<integer, codecomplete.Mirror>
local mirrors = {}

---@type fun(buffer: integer) called when a buffer is unloaded
M.on_gone = function() end

--- Extend the range by an edit: lines ``first`` to ``last`` became ``first`` to ``now``.
---@param mirror codecomplete.Mirror
function M.extend(mirror, first, last, now)
  if not mirror.first then
    mirror.first, mirror.last_there, mirror.last_here = first, last, now
    return
  end
  local last_before = math.max(mirror.last_here, last)
  mirror.last_there = mirror.last_there + last_before - mirror.last_here
  mirror.last_here = last_before + now - last
  mirror.first = math.min(mirror.first, first)
end

local function gone(buffer)
  if mirrors[buffer] then
    mirrors[buffer] = nil
    M.on_gone(buffer)
  end
end

---@param buffer integer
---@return codecomplete.Mirror|nil
local function attach(buffer)
  local mirror = { sent = false, count = 0 }
  local attached = vim.api.nvim_buf_attach(buffer, false, {
    on_lines = function(_, _, _, first, last, now)
      if mirrors[buffer] ~= mirror then
        return true -- detaches: the buffer was forgotten
      end
      if mirror.sent then
        M.extend(mirror, first, last, now)
      end
    end,
    on_reload = function()
      mirror.sent = false
    end,
    on_detach = function()
      if mirrors[buffer] == mirror then
        vim.schedule(function()
          gone(buffer)
        end)
      end
    end,
  })
  if attached then
    mirrors[buffer] = mirror
    return mirror
  end
end

--- The edit that brings the Python half up to date, or nil if it is up to date.
---@param buffer integer
---@return table|nil edit first, last, lines, whole
function M.edit(buffer)
  local mirror = mirrors[buffer] or attach(buffer)
  if not mirror then
    return nil
  end
  local count = vim.api.nvim_buf_line_count(buffer)
  local fits = mirror.sent
    and (
      not mirror.first
      or mirror.count - mirror.last_there + mirror.last_here == count and mirror.last_here <= count
    )
  if not fits then
    mirror.first, mirror.last_there, mirror.last_here = 0, 0, count
  elseif not mirror.first then
    return nil
  end
  local edit = {
    first = mirror.first,
    last = mirror.last_there,
    lines = vim.api.nvim_buf_get_lines(buffer, mirror.first, mirror.last_here, true),
    whole = not fits,
  }
  mirror.sent, mirror.count, mirror.first = true, count, nil
  return edit
end

--- The Python half has lost the text of a buffer, or of all: send it again with the next request.
---@param buffer? integer
function M.resend(buffer)
  for number, mirror in pairs(mirrors) do
    if buffer == nil or number == buffer then
      mirror.sent, mirror.first = false, nil
    end
  end
end

return M
