"""From a decoded text to a suggestion worth showing: clean-up, indentation, confidence."""
