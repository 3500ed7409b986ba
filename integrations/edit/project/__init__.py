"""The project around the open file: its files and their content, git's index, .editorconfig."""
