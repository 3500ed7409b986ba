"""``cc-edit``: a terminal editor with ghost text. See docs/edit.md."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; what it needs is imported when it runs."""
    from .command import main

    return main(arguments)


__all__ = ["main"]
