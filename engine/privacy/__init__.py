"""What is kept out of the model's sight and out of suggestions: secrets, what its user forbade."""
