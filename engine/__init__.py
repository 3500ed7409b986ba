"""Text before and after the caret in, a suggestion out."""
