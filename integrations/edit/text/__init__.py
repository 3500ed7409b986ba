"""Pure functions on text: brackets, indentation, comments, search, and what the model sees."""
