"""The indentation that a project's ``.editorconfig`` asks for. Knows no buffer.

Only ``indent_style``, ``indent_size`` and ``tab_width`` are followed
(https://spec.editorconfig.org). A file that cannot be read or parsed is ignored: it must not keep
another one from opening.
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
TAB = 8  # cells, unless the file says otherwise


def indentation(path: Path) -> Indentation | None:
    """The unit that the project asks for in the file at ``path`` (absolute); None if none."""
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
    """The number of cells that ``number`` says; 0 if it is none, or out of bounds."""
    found = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    return found if found <= WIDEST else 0


def _is_told(path: Path) -> bool:
    """Whether a folder above ``path`` has the file, and none has one that is unsound."""
    found = [one for folder in path.parents if (one := _is_sound(folder / NAME)) is not None]
    return bool(found) and all(found)


def _is_sound(path: Path) -> bool | None:
    """Whether it is a text of reasonable size; None if there is none, or it cannot be read."""
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
