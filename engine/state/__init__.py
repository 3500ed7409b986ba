"""What the model has read: the tokens in the window, and the key/value buffer that holds them."""
