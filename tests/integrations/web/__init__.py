"""The engine in the browser, its page and its editors: in Node, and in a headless Chromium."""
