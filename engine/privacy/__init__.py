"""What the model never sees and is never suggested: secrets, and what the user forbade."""
