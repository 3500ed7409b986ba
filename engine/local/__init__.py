"""What followed the same tokens before: in the window, the open file and the project."""
