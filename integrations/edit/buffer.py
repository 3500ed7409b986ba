"""One open text: the file it came from, its unsaved work, its language. Knows no widget."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

from . import files
from .files import Recovery, TextFile

UNNAMED = "untitled"
TABBED_NAMES = ("Makefile", "makefile", "GNUmakefile")

_numbers = count(1)


class Buffer:
    """Create with the file as it was read; ``text`` is always the editor's to give."""

    def __init__(self, file: TextFile, indent: str = "auto") -> None:
        self.number = next(_numbers)  # what the engine calls it
        self.file = file
        self.recovery = Recovery.for_file(file)
        self._indent = indent
        self.language = _language(file)
        self.unit = files.indent_unit(file.text, self._default_unit())

    @property
    def name(self) -> str:
        """For the tab: without the folder, nothing in it that may not be drawn."""
        return shown(self.file.path.name if self.file.path else UNNAMED)

    @property
    def path(self) -> str | None:
        try:
            return str(self.file.path.absolute()) if self.file.path else None
        except OSError:  # the working folder was removed
            return str(self.file.path)

    @property
    def is_private(self) -> bool:
        """Whether it is a file that holds secrets, so that nothing is suggested in it."""
        from codecomplete.engine.privacy.private import is_private

        return is_private(self.path or "")

    def is_modified(self, text: str) -> bool:
        """Whether ``text`` is not what is on the disk; what has no name is nowhere."""
        return text != (self.file.text if self.file.path is not None else "")

    def put_aside(self, text: str) -> None:
        """Keep unsaved work where the next start finds it. Raises RecoveryFailed."""
        if self.is_modified(text):
            self.recovery.write(text)
        else:
            self.recovery.discard()

    def saved(self, file: TextFile) -> None:
        """The text is on the disk as ``file``."""
        renamed = file.path != self.file.path
        self.recovery.discard()
        self.recovery = Recovery.for_file(file)
        self.file = file
        if renamed:
            self.language = _language(file)

    def converted(self, file: TextFile) -> None:
        """The file is to be saved in another encoding or with other line ends."""
        self.file = replace(file, text=self.file.text)

    def restored(self, file: TextFile) -> str:
        """Take over unsaved work that was found; returns the text, which is not saved yet."""
        self.file = replace(file, text=self.file.text, read_only=self.file.read_only)
        self.recovery = Recovery.for_file(self.file)
        return file.text

    def _default_unit(self) -> str:
        if self._indent == "auto":
            name = self.file.path.name if self.file.path else ""
            return "\t" if self.language == "go" or name in TABBED_NAMES else "    "
        return "\t" if self._indent == "tab" else " " * int(self._indent)


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
