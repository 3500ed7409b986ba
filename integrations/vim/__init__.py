"""Ghost text in Vim 9: the Python half of the plugin under ``runtime/``.

Uses the ``Host`` that serves Neovim, over Vim's own JSON channel: only the package itself has to be
installed. Vim's half (``runtime/autoload/codecomplete``) follows every key by itself. Importing
this package imports nothing else.
"""
