"""How a project wants its files indented, as its ``.editorconfig`` says. Knows no buffer.

Only ``indent_style``, ``indent_size`` and ``tab_width`` are followed (https://spec.editorconfig.org).
A file that cannot be read, or is none, says nothing: nobody's file is opened the worse for it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from stat import S_ISREG

from codecomplete.engine import Indentation

log = logging.getLogger("codecomplete")

NAME = ".editorconfig"
MOST_BYTES = 100_000
WIDEST = 16
TAB = 8  # cells, where nothing is said of it


def indentation(path: Path) -> Indentation | None:
    """The unit that the project wants in a file, whose path is absolute; None if it says none."""
    if not _is_told(path):
        return None
    import editorconfig  # takes time to import, and few projects need it

    try:
        said = editorconfig.get_properties(str(path))
    except (editorconfig.EditorConfigError, OSError, ValueError) as error:
        log.info("%s of %s is left alone: %s", NAME, path, error)
        return None
    return _unit(said)


def _unit(said: dict[str, str]) -> Indentation | None:
    size = said.get("indent_size", "")
    if said.get("indent_style") == "tab":
        return Indentation(tabs=True, width=_cells(said.get("tab_width", size)) or TAB)
    width = _cells(size)
    return Indentation(width=width) if width else None


def _cells(number: str) -> int:
    """As many cells as a number says, 0 where it is none or out of bounds."""
    found = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    return found if found <= WIDEST else 0


def _is_told(path: Path) -> bool:
    """Whether a folder above has the file, and each that has one has one that may be read."""
    found = [one for folder in path.parents if (one := _is_sound(folder / NAME)) is not None]
    return bool(found) and all(found)


def _is_sound(path: Path) -> bool | None:
    """Whether it is a text of reasonable size; None if there is nothing."""
    try:
        found = path.stat()
        if not S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return False
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    except (OSError, ValueError):
        return None
    return True
