"""The command line of the engine: complete one place of a file, measure typing."""
