"""One open text: its file, unsaved work, language and indentation. Knows nothing of widgets."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from codecomplete.engine import Indentation, indentation_of, is_private

from . import files
from .files import Recovery, TextFile
from .project import conventions

UNNAMED = "untitled"
TABS = Indentation(tabs=True, width=8)
TABBED = ("go", "make")
NEEDS_TABS = ("make",)  # whatever project and user want

_numbers = count(1)


class Buffer:
    """Create with the file as it was read. The editor holds the current text and passes it in."""

    def __init__(self, file: TextFile, indent: str = "auto") -> None:
        self.number = next(_numbers)  # by which the engine knows it
        file = _placed(file)
        self.file = file
        self._form = _form(file)  # of the file on disk
        self.gone = False  # another program has removed the file
        self.recovery = Recovery.for_file(file)
        self._indent = indent
        self.language = _language(file)
        self.indentation = indentation_of(file.text) or self._default_indentation()

    @property
    def name(self) -> str:
        """The file's name for its tab: without the folder, and safe to draw."""
        return shown(self.file.path.name if self.file.path else UNNAMED)

    @property
    def path(self) -> str | None:
        return str(self.file.path) if self.file.path else None

    @property
    def is_private(self) -> bool:
        """Whether the file may hold secrets, so that nothing is suggested in it."""
        return is_private(self.path or "")

    def is_modified(self, text: str) -> bool:
        """Whether saving ``text`` would change the file; without one, whether there is any text."""
        if self.file.path is None:
            return text != ""
        return self.gone or _form(self.file) != self._form or text != self.file.text

    def put_aside(self, text: str) -> None:
        """Keep unsaved work where the next start finds it. Raises RecoveryFailed."""
        self.aside(text)()

    def aside(self, text: str) -> Callable[[], object]:
        """``put_aside`` of the text as it is now, as a function to call on any thread."""
        return self.recovery.job(text if self.is_modified(text) else None)

    def closed(self) -> None:
        """The text was saved, or is no longer wanted: remove what was put aside."""
        self.recovery.end()

    def look(self) -> None:
        """Set ``gone``: whether another program has removed the file."""
        path = self.file.path
        self.gone = self.file.stamp is not None and path is not None and not os.path.lexists(path)

    def saved(self, file: TextFile) -> None:
        """The text was saved as ``file``: remove what was put aside."""
        file = _placed(file)
        renamed = file.path != self.file.path
        self.recovery.end()
        self.recovery = Recovery.for_file(file)
        self.file, self._form, self.gone = file, _form(file), False
        if renamed:
            self.language = _language(file)

    def converted(self, file: TextFile) -> None:
        """From the next save on, use the encoding and line ends of ``file``."""
        self.file = replace(file, text=self.file.text)
        self.recovery.converted(self.file)

    def restored(self, file: TextFile) -> str:
        """Take over unsaved work that was found; returns its text, which is not saved yet."""
        self.file = replace(file, text=self.file.text, read_only=self.file.read_only)
        self.recovery.end()
        self.recovery = Recovery.for_file(self.file)
        return file.text

    @property
    def unit(self) -> str:
        """The whitespace of one level of indentation."""
        return self.indentation.unit

    def _default_indentation(self) -> Indentation:
        """What the language, the project or the user wants in a file that has none yet."""
        if self.language in NEEDS_TABS:
            return TABS
        path = self.file.path
        if path is not None and (wanted := conventions.indentation(path)) is not None:
            return wanted
        if self._indent == "auto":
            return TABS if self.language in TABBED else Indentation()
        return TABS if self._indent == "tab" else Indentation(width=int(self._indent))


def _placed(file: TextFile) -> TextFile:
    """With the absolute path, found out once: the current folder may be removed later."""
    if file.path is None or file.path.is_absolute():
        return file
    try:
        return replace(file, path=file.path.absolute())
    except OSError:  # the current folder is gone
        return file


def _form(file: TextFile) -> tuple[object, ...]:
    """What the file's bytes depend on besides the text."""
    return file.encoding, file.bom, file.line_end, file.mixed


def _language(file: TextFile) -> str | None:
    first_line = file.outward(file.text[:200].partition("\n")[0])
    return files.language_of(file.path, first_line)


def is_tsx(path: Path | None) -> bool:
    """Whether a file is TSX, which has a grammar of its own."""
    return path is not None and path.suffix == ".tsx"


def shown(text: str) -> str:
    """``text``, with a visible symbol for every character that is unsafe in a terminal."""
    return _NEUTRAL.visible(text.replace("\n", "␊").replace("\t", "␉"))


_NEUTRAL = files.read_bytes(b"")
