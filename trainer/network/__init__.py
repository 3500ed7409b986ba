"""The transformer in PyTorch, and what turns one shape of it into another."""
