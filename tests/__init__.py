"""The suite. Its own processes report nothing either."""

from codecomplete.quiet import opt_out

opt_out()  # before any library is imported
