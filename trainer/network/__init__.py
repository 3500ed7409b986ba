"""The transformer in PyTorch, and conversions between its shapes."""
