"""What this folder raises on purpose; ``str()`` of each is a sentence for the user.

    FileProblem             catch this one
    ├─ FileRefused          not a text file that an editor should open
    ├─ FileUnreadable       the system does not let it be read, or it is not in that encoding
    ├─ FileChanged          saving would overwrite what another program wrote: ask, then insist
    │  ├─ FileGone          there is nothing to overwrite: another program removed it
    │  └─ FileExists        the same for a file that was never opened here
    ├─ SaveFailed           not saved; the file on disk is as it was, unless the sentence says so
    │  ├─ NotEncodable      a character does not exist in the file's encoding: offer UTF-8
    │  └─ NotAllowed        the user may not write there: offer more rights
    └─ RecoveryFailed       unsaved work could not be put aside; saving still works

A caller's mistake is a ValueError or TypeError; anything else is a bug of ours.
"""

from __future__ import annotations


class FileProblem(Exception):
    """Anything this folder raises on purpose."""


class FileRefused(FileProblem):
    """A directory, a device, or more than the limits allow."""


class FileUnreadable(FileProblem):
    """The system does not let the file be read, or it is not in the encoding asked for."""


class FileChanged(FileProblem):
    """The file on disk is no longer as it was when it was opened."""


class FileExists(FileChanged):
    """Saving under a new name would overwrite a file that was not opened here."""


class FileGone(FileChanged):
    """Another program has removed the file; what the editor holds may be the only copy."""


class SaveFailed(FileProblem):
    """Nothing was saved. The file is as it was, unless the sentence says otherwise."""


class NotEncodable(SaveFailed):
    """A character of the text does not exist in the file's encoding."""

    def __init__(self, character: str, line: int, encoding: str) -> None:
        self.character = character
        self.line = line  # the first is 1
        super().__init__(
            f"line {line}: {_named(character)} does not exist in {encoding}; nothing was saved. "
            "Save as UTF-8, or change the character."
        )


class NotAllowed(SaveFailed):
    """The user may not write there, but elevated rights may help."""


class RecoveryFailed(FileProblem):
    """Unsaved work could not be put aside."""


def _named(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"the byte 0x{ord(character) - 0xDC00:02X}, which is not a character,"
    shown = f"{character!r} " if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X})"


def because(error: OSError) -> str:
    """Why the system refused, in its own words: "No space left on device"."""
    return error.strerror or type(error).__name__
