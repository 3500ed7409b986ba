--- Why there may be no ghost text although suggestions are on in a buffer: options, modes, colours, and
--- other plugins; in words that a user would search for. Asks nothing that may wait.
local config = require('codecomplete.config')

local M = {}

---@class codecomplete.Reason
---@field text string
---@field remedy string
---@field warn boolean whether it is rarely what somebody wants

local function reason(holds, text, remedy, warn)
  return { holds = holds, text = text, remedy = remedy, warn = warn or false }
end

--- Options that prevent suggestions.
local function of_options()
  local threshold, default = config.get('threshold'), 0.4
  return {
    reason(not config.get('auto'), 'no ghost text while typing: it comes only when asked for (auto = false)',
      ':CodeComplete, or the key of the action "trigger"'),
    reason(not config.get('ghost'), 'no ghost text: suggestions appear only in completion menus (ghost = false)',
      'setup({ ghost = true })'),
    reason(threshold ~= nil, ('suggestions with a confidence below threshold = %s are not shown'):format(threshold),
      'a lower threshold shows more', threshold ~= nil and threshold > default),
    reason(not config.get('beside_menu'),
      'no ghost text beside an open completion menu of nvim-cmp or blink.cmp (beside_menu = false)',
      'setup({ beside_menu = true })'),
    reason(config.get('max_tokens') < 1 or config.get('deadline_ms') < 1,
      'no suggestions: max_tokens or deadline_ms is too small for any', 'leave them at their defaults', true),
    reason(config.get('debounce_ms') > 300,
      ('ghost text comes late: debounce_ms = %d'):format(config.get('debounce_ms')), 'setup({ debounce_ms = 0 })', true),
  }
end

--- What prevents suggestions at the moment.
local function of_the_moment()
  return {
    reason(vim.o.paste, "no ghost text: 'paste' is on", ':set nopaste', true),
    reason(vim.fn.reg_recording() ~= '', 'no ghost text: a macro is being recorded', 'q ends it', true),
    reason(vim.o.eventignore:find('all') ~= nil or vim.o.eventignore:find('TextChangedI') ~= nil,
      "no ghost text: 'eventignore' keeps the plugin from noticing keys", ':set eventignore=', true),
  }
end

--- Whether text of a highlight group looks like any other.
local function is_plain(group)
  local good, look = pcall(vim.api.nvim_get_hl_by_name, group, true)
  local _, normal = pcall(vim.api.nvim_get_hl_by_name, 'Normal', true)
  if not good or vim.tbl_isempty(look) or look[true] then
    return true
  end
  return vim.deep_equal(look, normal)
end

local function of_colours()
  local known = vim.fn.hlexists('CodeCompleteGhost') == 1
  return {
    reason(known and is_plain('CodeCompleteGhost'),
      'ghost text looks like your own text: the highlight group CodeCompleteGhost has no colour',
      ':highlight CodeCompleteGhost guifg=#808080 ctermfg=8', true),
  }
end

--- Plugins that show ghost text of their own, by what shows that they are loaded.
local OTHERS = {
  ['copilot.vim'] = 'g:loaded_copilot',
  ['llama.vim'] = 'g:loaded_llama',
  ['codeium.vim'] = 'g:loaded_codeium',
  ['tabnine-nvim'] = 'tabnine',
  ['copilot.lua'] = 'copilot.suggestion',
  ['supermaven-nvim'] = 'supermaven-nvim',
  ['minuet-ai.nvim'] = 'minuet',
}

local function is_loaded(sign)
  local variable = sign:match('^g:(.*)')
  if variable then
    return vim.g[variable] ~= nil
  end
  return package.loaded[sign] ~= nil
end

local function of_others()
  local found, names = {}, vim.tbl_keys(OTHERS)
  table.sort(names)
  for _, name in ipairs(names) do
    table.insert(found, reason(is_loaded(OTHERS[name]),
      name .. ' shows ghost text too: two texts at one caret cover each other, and Tab goes to one of them',
      'switch one of them off', true))
  end
  local draws = require('codecomplete.others').drawing()
  for _, name in ipairs(draws) do
    table.insert(found, reason(true,
      ('no ghost text while %s shows its own (its option ghost_text)'):format(name), 'switch one of them off'))
  end
  table.insert(found, reason(vim.fn.exists('+autocomplete') == 1 and vim.o.autocomplete,
    "no ghost text while Neovim's own menu is open, which 'autocomplete' opens as you type",
    ':set noautocomplete'))
  return found
end

--- All reasons that apply now.
---@return codecomplete.Reason[]
function M.all()
  local found = {}
  for _, group in ipairs({ of_options, of_the_moment, of_colours, of_others }) do
    for _, candidate in ipairs(group()) do
      if candidate.holds then
        table.insert(found, candidate)
      end
    end
  end
  return found
end

return M
