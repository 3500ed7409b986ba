"""The VS Code extension: without VS Code in the suite, in VS Code itself by hand."""
