"""A client of language servers (LSP), over pipes only."""
