"""Ghost text in Neovim: the Python half of the plugin under ``runtime/``.

Neovim's Lua half (``runtime/lua/codecomplete``) follows every key by itself and asks this half for
suggestions, through a process over stdio (``serve.py``) or the classic remote plugin
(``runtime/rplugin``). Both call ``host.Host``. Importing this package imports nothing else.
"""
