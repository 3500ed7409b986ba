"""From weights to files that others load, and what rounding them costs."""
