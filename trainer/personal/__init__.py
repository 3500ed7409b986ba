"""A model of one's own: trained on the user's code on the user's machine, and taken back at
will."""
