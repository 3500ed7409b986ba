"""What keys and palette entries do to an editor and its files."""
