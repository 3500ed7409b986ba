"""A personal model: trained on the user's code, on the user's machine, and removable at any
time."""
