"""The engine in the browser: its JavaScript in ``src``, and a command that serves the built page."""
