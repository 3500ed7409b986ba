"""What is drawn: rows of code, colours, ghost text, the last two lines."""
