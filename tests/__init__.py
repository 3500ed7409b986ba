"""The suite. Its own processes report nothing either."""

from codecomplete.engine.quiet import opt_out

opt_out()  # before any library is imported
