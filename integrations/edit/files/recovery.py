"""Puts unsaved work aside while it is edited, and finds it again after a crash.

One file for each open buffer, in the user's state folder, locked as long as its editor lives: what
is not locked was left behind. Knows no editor, and not when it is time to write.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from . import inplace, records, state
from .errors import FileProblem, RecoveryFailed, because
from .opening import changed_on_disk, read
from .records import Record
from .replacing import clear_up_folder, close, is_dead, remove_if_dead
from .stamps import Stamp, digest_of, digest_on_disk
from .textfile import TextFile, from_bytes

FOLDER, SUFFIX, KEPT = "recovery", ".unsaved", ".kept"
MOST_BYTES = 50_000_000  # of one text
MOST_FILES = 200  # left behind; the oldest are dropped
FIRST = 40  # characters by which the user knows a text without a name
MOST_KEPT = 50  # copies of what was replaced on purpose


@dataclass(frozen=True)
class Found:
    """Work that was left behind. Open ``file`` as if its text had just been typed."""

    place: Path  # where it was put aside
    written: datetime
    file: TextFile  # its text is the unsaved one, its stamp that of the file it was typed into
    interrupted_save: bool = False  # the file on disk is half old and half new
    kept: str = ""  # why it is only a copy, such as "reloaded"; empty for unsaved work
    before: TextFile | None = None  # what the file held before an interrupted save

    @property
    def name(self) -> str:
        """The file that it was typed into."""
        return str(self.file.path or "an unnamed text")

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        name, when = self.name, f"{self.written:%Y-%m-%d %H:%M}"
        if self.interrupted_save:
            return f"Saving {name} was interrupted on {when}; what was being saved can be restored."
        later = " The file has changed since." if changed_on_disk(self.file) else ""
        first = "" if self.file.path else self._first_line()
        return f"There is unsaved work on {name} of {when}{first}.{later}"

    def _first_line(self) -> str:
        line = self.file.outward(self.file.text.lstrip()[:FIRST].partition("\n")[0]).rstrip()
        return f", which begins with “{line}”" if line else ""

    def discard(self) -> None:
        """Remove it: it was restored, or is not wanted."""
        with contextlib.suppress(OSError):
            self.place.unlink()


class Recovery:
    """The unsaved work of one open buffer; may be used from several threads."""

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self._closed = False
        self._turn = self._done = 0  # so that an older job does not undo a newer one
        self._name = f"{state.key(file.path)}-{os.urandom(6).hex()}{SUFFIX}"
        self._lock = threading.Lock()
        self._place: Path | None = None
        self._held: int | None = None
        self._digest: str | None = None

    @classmethod
    def for_file(cls, file: TextFile) -> Recovery:
        """For the file as opened or last saved; nothing is written yet."""
        return cls(file)

    @staticmethod
    def find(path: str | os.PathLike[str] | None) -> list[Found]:
        """What was left behind for a file, or for texts without a name (None); newest first."""
        try:
            found = list(_found(None if path is None else Path(path)))
        except ValueError:  # no possible path
            return []
        return sorted(found, key=lambda one: one.written, reverse=True)

    @staticmethod
    def everything() -> list[Found]:
        """All that was left behind or kept, for any file; newest first."""
        found = [one for place in _places("*") if (one := _left_behind(place)) is not None]
        return sorted(found, key=lambda one: one.written, reverse=True)

    @staticmethod
    def count() -> int:
        """How many unsaved texts were left behind, without reading them."""
        return sum(_is_left(place) for place in _places(f"*{SUFFIX}"))

    @staticmethod
    def keep(file: TextFile, text: str, why: str) -> None:
        """Keep a copy of what is about to be replaced. Raises RecoveryFailed."""
        body = _body(text)
        try:
            folder = state.folder(FOLDER)
            place = folder / f"{state.key(file.path)}-{os.urandom(6).hex()}{KEPT}"
            close(records.write(place, Record(_facts(file) | {"kept": why}, (body,))))
            _drop_oldest(folder, KEPT, MOST_KEPT)
        except OSError as error:
            raise RecoveryFailed(f"No copy could be kept: {because(error)}.") from error

    def write(self, text: str) -> bool:
        """Put ``text`` aside; False if that is done already. Raises RecoveryFailed."""
        return self.job(text)()

    def job(self, text: str | None) -> Callable[[], bool]:
        """``write``, or ``discard`` for None, as a function to call once, on any thread; it does
        nothing if a newer one was called before."""
        self._turn += 1
        turn, file = self._turn, self._file
        return lambda: self._do(turn, file, text)

    def _do(self, turn: int, file: TextFile, text: str | None) -> bool:
        body = None if text is None else _body(text)
        with self._lock:
            if self._closed or turn < self._done:
                return False
            self._done = turn
            if body is None:
                return self._drop()
            return self._write(file, body)

    def _write(self, file: TextFile, body: bytes) -> bool:
        digest = digest_of(body) + repr(file)
        if digest == self._digest:
            return False
        try:
            self._put(_facts(file), body)
        except OSError as error:
            raise RecoveryFailed(f"Unsaved work cannot be put aside: {because(error)}.") from error
        self._digest = digest
        return True

    def converted(self, file: TextFile) -> None:
        """From now on, the text is to be saved in the form of ``file``."""
        self._file = file

    def discard(self) -> None:
        """Remove what was put aside: nothing is unsaved now."""
        self.job(None)()

    def end(self) -> None:
        """The text was saved or is not wanted: remove what was put aside, and put nothing aside
        again."""
        with self._lock:
            self._closed = True
            self._drop()

    def _drop(self) -> bool:
        if self._place is not None:
            with contextlib.suppress(OSError):
                self._place.unlink()
        self._let_go()
        self._digest = None
        return True

    def _put(self, facts: dict[str, Any], body: bytes) -> None:
        place = state.folder(FOLDER) / self._name
        held = records.write(place, Record(facts, (body,)))
        self._let_go()
        self._place, self._held = place, held

    def _let_go(self) -> None:
        if self._held is not None:
            close(self._held)
        self._held = None


def _found(path: Path | None) -> Iterator[Found]:
    if path is not None:
        yield from _interrupted(path)
    for place in _places(f"{state.key(path)}-*{SUFFIX}"):
        found = _left_behind(place)
        if found is not None:
            yield found


def _places(pattern: str) -> list[Path]:
    """The records whose names match ``pattern``, after litter was removed."""
    try:
        folder = state.folder(FOLDER)
        clear_up_folder(folder)
        _drop_oldest(folder, SUFFIX, MOST_FILES)
        found = sorted(folder.glob(pattern))
    except OSError:
        return []
    return [place for place in found if place.suffix in (SUFFIX, KEPT)]


def _is_left(place: Path) -> bool:
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return is_dead(descriptor)
    finally:
        close(descriptor)


def _body(text: str) -> bytes:
    body = text.encode("utf-8", "surrogatepass")
    if len(body) > MOST_BYTES:
        raise RecoveryFailed(
            f"The text has {len(body) / 1e6:.0f} MB; "
            f"unsaved work is put aside only up to {MOST_BYTES / 1e6:.0f} MB."
        )
    return body


def _interrupted(path: Path) -> Iterator[Found]:
    cut_off = inplace.interrupted(Path(os.path.realpath(path)))
    if cut_off is None:
        return
    try:
        stamp = read(path).stamp
    except FileProblem:
        stamp = None
    yield Found(
        cut_off.place,
        _time(cut_off.started),
        replace(from_bytes(cut_off.after, path), stamp=stamp),
        interrupted_save=True,
        before=replace(from_bytes(cut_off.before, path), stamp=stamp),
    )


def _left_behind(place: Path) -> Found | None:
    try:
        record = records.read_abandoned(place)
        if record is None:
            return None
        file = _file(record)
        kept = str(record.facts.get("kept", ""))
        found = Found(place, _time(record.facts["written"]), file, kept=kept)
    except (OSError, KeyError, TypeError, ValueError):  # damaged, or of another version
        return None
    if not kept and _was_saved(file):
        found.discard()
        return None
    return found


def _was_saved(file: TextFile) -> bool:
    try:
        return file.path is not None and digest_on_disk(file.path) == digest_of(
            file.encode(file.text)
        )
    except (OSError, FileProblem):
        return False


def _facts(file: TextFile) -> dict[str, Any]:
    return {
        "path": None if file.path is None else str(file.path.absolute()),
        "encoding": file.encoding,
        "bom": file.bom.hex(),
        "line_end": file.line_end,
        "mixed": file.mixed,
        "block": file.block,
        "looks_binary": file.looks_binary,
        "stamp": None if file.stamp is None else asdict(file.stamp),
        "written": time.time(),
    }


def _file(record: Record) -> TextFile:
    facts = record.facts
    return TextFile(
        path=None if facts["path"] is None else Path(facts["path"]),
        encoding=facts["encoding"],
        bom=bytes.fromhex(facts["bom"]),
        line_end=facts["line_end"],
        mixed=facts["mixed"],
        text=record.parts[0].decode("utf-8", "surrogatepass"),
        stamp=None if facts["stamp"] is None else Stamp(**facts["stamp"]),
        looks_binary=facts["looks_binary"],
        block=facts["block"],
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()


def _age(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:  # its editor has just removed it
        return 0.0


def _drop_oldest(folder: Path, suffix: str, most: int) -> None:
    """Remove all but the newest ``most``, except those that a running editor holds."""
    places = sorted(folder.glob(f"*{suffix}"), key=_age)
    for place in places[: max(0, len(places) - most)]:
        remove_if_dead(place)
