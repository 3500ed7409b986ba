"""What commands do to text, as pure functions."""
