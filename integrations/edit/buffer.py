"""One open text: the file it came from, its unsaved work, its language. Knows no widget."""

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
NEEDS_TABS = ("make",)  # whatever anybody wants

_numbers = count(1)


class Buffer:
    """Create with the file as it was read; ``text`` is always the editor's to give."""

    def __init__(self, file: TextFile, indent: str = "auto") -> None:
        self.number = next(_numbers)  # what the engine calls it
        file = _placed(file)
        self.file = file
        self._form = _form(file)  # of what is on the disk
        self.gone = False  # another program has removed the file
        self.recovery = Recovery.for_file(file)
        self._indent = indent
        self.language = _language(file)
        self.indentation = indentation_of(file.text) or self._default_indentation()

    @property
    def name(self) -> str:
        """For the tab: without the folder, nothing in it that may not be drawn."""
        return shown(self.file.path.name if self.file.path else UNNAMED)

    @property
    def path(self) -> str | None:
        return str(self.file.path) if self.file.path else None

    @property
    def is_private(self) -> bool:
        """Whether it is a file that holds secrets, so that nothing is suggested in it."""
        return is_private(self.path or "")

    def is_modified(self, text: str) -> bool:
        """Whether a save would change the disk; what has no name is nowhere."""
        if self.file.path is None:
            return text != ""
        return self.gone or _form(self.file) != self._form or text != self.file.text

    def put_aside(self, text: str) -> None:
        """Keep unsaved work where the next start finds it. Raises RecoveryFailed."""
        self.aside(text)()

    def aside(self, text: str) -> Callable[[], object]:
        """``put_aside`` of the text as it is now, to be called on whatever thread."""
        return self.recovery.job(text if self.is_modified(text) else None)

    def closed(self) -> None:
        """The text is saved, or not wanted any more."""
        self.recovery.end()

    def look(self) -> None:
        """Whether another program has removed the file."""
        path = self.file.path
        self.gone = self.file.stamp is not None and path is not None and not os.path.lexists(path)

    def saved(self, file: TextFile) -> None:
        """The text is on the disk as ``file``."""
        file = _placed(file)
        renamed = file.path != self.file.path
        self.recovery.end()
        self.recovery = Recovery.for_file(file)
        self.file, self._form, self.gone = file, _form(file), False
        if renamed:
            self.language = _language(file)

    def converted(self, file: TextFile) -> None:
        """The file is to be saved in another encoding or with other line ends."""
        self.file = replace(file, text=self.file.text)
        self.recovery.converted(self.file)

    def restored(self, file: TextFile) -> str:
        """Take over unsaved work that was found; returns the text, which is not saved yet."""
        self.file = replace(file, text=self.file.text, read_only=self.file.read_only)
        self.recovery.end()
        self.recovery = Recovery.for_file(self.file)
        return file.text

    @property
    def unit(self) -> str:
        """The white space of one level of indentation."""
        return self.indentation.unit

    def _default_indentation(self) -> Indentation:
        """What the language, the project or else the user wants where there is none yet."""
        if self.language in NEEDS_TABS:
            return TABS
        path = self.file.path
        if path is not None and (wanted := conventions.indentation(path)) is not None:
            return wanted
        if self._indent == "auto":
            return TABS if self.language in TABBED else Indentation()
        return TABS if self._indent == "tab" else Indentation(width=int(self._indent))


def _placed(file: TextFile) -> TextFile:
    """With the whole path, found out once: the folder that a part of it begins in may go away."""
    if file.path is None or file.path.is_absolute():
        return file
    try:
        return replace(file, path=file.path.absolute())
    except OSError:  # it has gone already
        return file


def _form(file: TextFile) -> tuple[object, ...]:
    """What the bytes depend on beside the text."""
    return file.encoding, file.bom, file.line_end, file.mixed


def _language(file: TextFile) -> str | None:
    first_line = file.outward(file.text[:200].partition("\n")[0])
    return files.language_of(file.path, first_line)


def is_tsx(path: Path | None) -> bool:
    """TypeScript with XML in it has a grammar of its own."""
    return path is not None and path.suffix == ".tsx"


def shown(text: str) -> str:
    """A name or a message with a sign for everything that may not reach a terminal."""
    return _NEUTRAL.visible(text.replace("\n", "␊").replace("\t", "␉"))


_NEUTRAL = files.read_bytes(b"")
