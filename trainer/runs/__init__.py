"""Runs, from options to results: presets, plans, checks, series of runs."""
