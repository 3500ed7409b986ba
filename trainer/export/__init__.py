"""Exports weights to files that other programs load, and measures what rounding costs."""
