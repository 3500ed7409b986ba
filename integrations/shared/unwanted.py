"""The list of what a user never wants to see again, for all hosts: read, extended and saved.

One small file in the user's state folder, which only the user can read. It holds a salt and
digests, no text (``engine/privacy/never.py``). Each entry is appended as one line, so that hosts
that run side by side lose nothing of each other's; damaged lines are skipped. A list that cannot be
saved still holds until the process ends. Never raises.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from codecomplete.engine import Never

log = logging.getLogger("codecomplete")

NAME = "never"
HEAD = "codecomplete never 1"
MOST_BYTES = 2_000_000
ATTEMPTS = 5
_HEAD = re.compile(rf"{HEAD} ([0-9a-f]{{32}})")
_DIGEST = re.compile(r"[0-9a-f]{32}")


def state_folder() -> Path:
    """The folder for files that outlive a program, as the XDG rules or Apple's have it."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given.startswith("/"):
        return Path(given) / "codecomplete"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.expanduser may raise
    apple = home / "Library" / "Application Support"
    return (apple if sys.platform == "darwin" else home / ".local" / "state") / "codecomplete"


class Unwanted:
    """Create one per host; ``place`` is the file. Not thread-safe."""

    def __init__(self, place: Path | None = None) -> None:
        self.place = place or state_folder() / NAME
        self._never: Never | None = None
        self._stamp: tuple[int, int, int] | None = None

    @property
    def never(self) -> Never:
        """The list as it is now; read again if another host has added to it."""
        stamp = self._stamp_of_file()
        if self._never is None or stamp != self._stamp:
            self._stamp = stamp
            self._never = self._merged(self._read())
        return self._never

    def allowed(self, text: str, line: str) -> str:
        """The part of ``text`` that may be suggested after ``line``, as ``Never.allowed`` says."""
        if self._never is None and self._stamp_of_file() is None:
            return text  # nothing was ever forbidden
        return self.never.allowed(text, line)

    def forbid(self, text: str, line: str) -> bool:
        """Never suggest ``text`` after ``line`` again. False if that cannot be saved."""
        for _ in range(ATTEMPTS):
            new = self.never.forbid(text, line)
            try:
                if self._keep(new):
                    self._stamp = self._stamp_of_file()
                    return True
            except (OSError, ValueError) as error:
                log.debug("what is never to be suggested could not be kept", exc_info=error)
                return False
            self._never = None  # another host has begun the list meanwhile, with another salt
        return False

    # The file

    def _stamp_of_file(self) -> tuple[int, int, int] | None:
        try:
            status = self.place.stat()
        except (OSError, ValueError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read(self) -> Never | None:
        """What the file holds; None if there is none, or it is not such a list."""
        try:
            descriptor = os.open(self.place, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would block
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return None
                head, *lines = file.read(MOST_BYTES).decode("ascii", "replace").split("\n")
        except (OSError, ValueError):
            return None
        match = _HEAD.fullmatch(head)
        if match is None:
            return None
        digests = (bytes.fromhex(line) for line in lines if _DIGEST.fullmatch(line))
        return Never(bytes.fromhex(match[1]), digests)

    def _merged(self, read: Never | None) -> Never:
        """What was read, with what this process knows if that has the same salt."""
        known = self._never
        if read is None:
            return known or Never()
        if known is not None and known.salt == read.salt:
            read.digests |= known.digests
        return read

    def _keep(self, digests: Iterable[bytes]) -> bool:
        """Append to the file; False if its salt is not the one that was read. Raises OSError."""
        read = self._read()
        if read is None:
            return self._begin()
        if read.salt != self.never.salt:
            return False
        lines = "".join(f"{digest.hex()}\n" for digest in digests)
        if lines:
            with os.fdopen(os.open(self.place, os.O_RDWR | os.O_APPEND), "r+b") as file:
                file.write(b"" if _ends_a_line(file) else b"\n")
                file.write(lines.encode())
        return True

    def _begin(self) -> bool:
        """Write the whole file in one step, and keep a damaged one beside it. False if another host
        was faster. Raises OSError."""
        folder = self.place.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(0o700)
        if self.place.exists():
            self.place.rename(self.place.with_name(f"{NAME}.damaged"))
        never, fresh = self.never, self.place.with_name(f"{NAME}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            lines = sorted(digest.hex() for digest in never.digests)
            file.write("\n".join([f"{HEAD} {never.salt.hex()}", *lines, ""]))
        try:
            self.place.hardlink_to(fresh)  # unlike a rename, it replaces nothing
        except FileExistsError:
            return False
        finally:
            fresh.unlink()
        return True


def _ends_a_line(file: BinaryIO) -> bool:
    end = file.seek(0, os.SEEK_END)
    return end == 0 or os.pread(file.fileno(), 1, end - 1) == b"\n"
