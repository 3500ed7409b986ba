"""From a decoded text to something worth showing: clean-up, indentation, confidence."""
