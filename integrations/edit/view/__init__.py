"""Draws a text: rows, syntax colours, ghost text."""
