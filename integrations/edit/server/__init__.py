"""What a language server knows of the open files: a client, over pipes only."""
