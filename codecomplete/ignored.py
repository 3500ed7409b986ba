"""What of a folder is nobody's own work: as git's rules say, and folders that tools fill.

Used wherever files are looked for: beside the open one, and to learn from. Reads ``.gitignore``
files and nothing else; knows no languages and no contents.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathspec

JUNK = frozenset(
    "node_modules __pycache__ venv env build dist target out vendor third_party".split()
)


class Ignored:
    """What the ``.gitignore`` files of a project say."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rules = cache(_rules)

    def is_ignored(self, path: Path, is_folder: bool) -> bool:
        """Whether the last rule about a path leaves it out; folders above it were asked before."""
        verdict = False
        above = [folder for folder in reversed(path.parents) if folder.is_relative_to(self._root)]
        for folder in above:
            rules = self._rules(folder)
            if rules is not None:
                name = path.relative_to(folder).as_posix() + "/" * is_folder
                said = rules.check_file(name).include
                verdict = verdict if said is None else said
        return verdict


def _rules(folder: Path) -> pathspec.GitIgnoreSpec | None:
    import pathspec

    lines: list[str] = []
    for name in (".git/info/exclude", ".gitignore"):
        try:
            lines += (folder / name).read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
    return pathspec.GitIgnoreSpec.from_lines(lines) if lines else None
