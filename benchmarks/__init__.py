"""Measurements of cost: one module for each thing that is measured.

    python -m benchmarks.NAME [...]    (the first lines of each module give its arguments)

Tests count work and never time it; all timing is done here, if possible in turns with what it is
compared with, so that a busy machine affects both. Most modules write the table of one page of
``docs/``. ``python -m engine bench``, which is part of the package, measures the cost of a
keystroke in the engine itself; ``engine`` here draws its page.

| module | measures | page |
|---|---|---|
| ``engine`` | the engine's budgets, against PyTorch | performance.md |
| ``embedding`` | each call of the public interface | embedding.md |
| ``secrets`` | what is masked, in secrets and in ordinary code, and its cost | secrets.md |
| ``prompts`` | IPython and ptpython, with and without ghost text | repl.md |
| ``live_sessions`` | what ghost text is worth over live objects | repl.md |
| ``editor`` | the editor's first screen, keys and memory | edit.md |
| ``editors`` | the editor beside nano and micro, as ratios | edit.md |
| ``files`` | opening and saving | files.md |
| ``server`` | the language server beside the suggester in the process | lsp.md |
| ``server_memory`` | the server's memory over an hour of typing | lsp.md |
| ``nvim`` | ghost text in Neovim | nvim.md |
| ``nvim_menus`` | a letter in Neovim, beside a completion menu | nvim.md |
| ``vim`` | a letter in Vim, with and without the plugin | vim.md |
| ``page`` | a key in Chromium and in the terminal's engine | web.md |
"""
