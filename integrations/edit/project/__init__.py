"""What is around the open file: which files, what is in them, and what git knows of them."""
