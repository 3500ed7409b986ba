"""``cc-edit``: a terminal editor with ghost text. See docs/edit.md."""

from __future__ import annotations


def main() -> int:
    """The command; what it needs is imported when it runs."""
    from .command import main

    return main()


__all__ = ["main"]
