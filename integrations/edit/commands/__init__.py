"""What keys and menu entries do to an editor and its files."""
