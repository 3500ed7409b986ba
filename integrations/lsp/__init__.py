"""Ghost text over the Language Server Protocol: the server ``cc-lsp``.

``server.Server`` answers one client; ``serve.py`` gives it one over stdio, or over a loopback
socket if asked to. Importing this package imports nothing else.
"""
