"""Names that somebody else knows to be possible at the caret: asked for, waited for, weighed."""
