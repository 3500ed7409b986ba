"""Reads, recognises, saves and recovers the user's files.

    file = read("notes.txt")
    file = save(file, file.text + file.inward("typed"))

Knows no editor; of the engine, only its tables of languages and of files that hold secrets.
"""

from . import elevated, undo
from .encodings import ENCODINGS
from .errors import (
    FileChanged,
    FileExists,
    FileGone,
    FileProblem,
    FileRefused,
    FileUnreadable,
    NotAllowed,
    NotEncodable,
    RecoveryFailed,
    SaveFailed,
)
from .languages import language_of
from .lines import LINE_ENDS
from .opening import changed_on_disk, read, read_bytes
from .recovery import Found, Recovery
from .saving import save
from .stamps import Stamp
from .textfile import TextFile, alike, with_encoding, with_line_end

__all__ = [
    "ENCODINGS",
    "LINE_ENDS",
    "FileChanged",
    "FileExists",
    "FileGone",
    "FileProblem",
    "FileRefused",
    "FileUnreadable",
    "Found",
    "NotAllowed",
    "NotEncodable",
    "Recovery",
    "RecoveryFailed",
    "SaveFailed",
    "Stamp",
    "TextFile",
    "alike",
    "changed_on_disk",
    "elevated",
    "language_of",
    "read",
    "read_bytes",
    "save",
    "undo",
    "with_encoding",
    "with_line_end",
]
