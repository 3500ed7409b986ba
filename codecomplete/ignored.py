"""Which files of a folder are not its owner's work: by git's rules, and by folders that tools fill.

Used wherever files are searched for: beside the open one, and to learn from. Reads only
``.gitignore`` files; knows no languages and no contents.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathspec

FILLED = frozenset(
    """
    __pycache__ node_modules bower_components site-packages dist-packages venv env virtualenv
    build dist target out _build cmake-build-debug cmake-build-release htmlcov
    """.split()
)
"""Folders that tools fill, in lower case. A user's own folder of such a name is not read either,
which costs less than reading installed packages."""

JUNK = FILLED | {"vendor", "third_party"}
"""Those, and folders of other people's code: what a host shows and remembers is the project's own.
A corpus leaves them out by a filter of its own, which counts what it drops."""


class Ignored:
    """The rules in the ``.gitignore`` files of a project."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rules = cache(_rules)

    def is_ignored(self, path: Path, is_folder: bool) -> bool:
        """Whether the last rule for a path excludes it; the folders above must be checked
        before."""
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
