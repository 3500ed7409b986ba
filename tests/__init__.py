"""The suite. Its own processes report nothing either."""

import codecomplete  # noqa: F401 - before any library is imported
