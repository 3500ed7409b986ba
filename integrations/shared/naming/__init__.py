"""Names that Jedi, for one, knows to be possible at the caret: asked for, awaited and weighed."""
