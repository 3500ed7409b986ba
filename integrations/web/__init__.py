"""Ghost text in a page: the engine in JavaScript (``src``), and a command that serves the page."""
