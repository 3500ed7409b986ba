"""Saves under a harness that ends the process, or fails, at each file-system call in turn.

    python -m tests.integrations.edit.files.faults SCENARIO FOLDER

runs in a process of its own, which has one thread and forks a child for each fault, and prints one
line of JSON for each. The children are really killed; then the file is opened as a user would.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "open close read write pwrite fsync ftruncate posix_fallocate replace unlink stat lstat fstat "
    "fchmod fchown chmod mkdir listxattr getxattr setxattr removexattr access scandir readlink"
).split()
WRITES = ("write", "pwrite")
ERRORS = (errno.EIO, errno.EACCES)  # and a disk that is full from then on
OLD, NEW, EARLIER = b"old\n" * 4000, b"the new text\n" * 9000, b"earlier\n"
NOBODY = 65534


@dataclass
class Fault:
    """What happens at call number ``at``, the first being 1; ``None`` never happens."""

    at: int | None
    kind: str  # "before", "after", "torn" (half a write), or "error"
    error: int = 0
    lasting: bool = False  # all later calls that change something fail as well
    calls: list[str] = field(default_factory=list)

    def around(self, name: str, call: Callable) -> Callable:
        def wrapped(*arguments, **named):
            self.calls.append(name)
            now = len(self.calls)
            if now == self.at or (self.lasting and now > self.at):
                return self._strike(name, call, arguments, named)
            return call(*arguments, **named)

        return wrapped

    def _strike(self, name: str, call: Callable, arguments: tuple, named: dict):
        if self.kind == "error":
            if self.lasting and name not in (*WRITES, "fsync", "ftruncate"):
                return call(*arguments, **named)
            if name == "close":
                call(*arguments, **named)  # a failing close closes all the same
            raise OSError(self.error, os.strerror(self.error))
        if self.kind == "torn" and name in WRITES:
            descriptor, data, *rest = arguments
            call(descriptor, bytes(data)[: len(data) // 2], *rest)
        if self.kind == "after":
            with contextlib.suppress(OSError):
                call(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self.around(name, getattr(os, name)))
        fcntl.flock = self.around("flock", fcntl.flock)


def prepare(scenario: str, folder: Path) -> Path:
    """A file as the scenario wants it; returns the path that is saved."""
    work = folder / "work"
    if work.exists():
        work.chmod(0o755)
        shutil.rmtree(folder)
    work.mkdir(parents=True)
    (folder / "state").mkdir(mode=0o700)
    path = work / "file.txt"
    if scenario != "new":
        path.write_bytes(OLD)
        path.chmod(0o640)
    if scenario == "attributes":
        os.setxattr(path, "user.note", b"kept")
    if scenario == "symlink":
        path.rename(work / "real.txt")
        path.symlink_to("real.txt")
    if scenario == "hardlink":
        os.link(path, work / "other.txt")
    if scenario == "folder" and os.getuid():  # a folder in which nothing may be changed
        work.chmod(0o555)
    elif scenario == "folder":  # root may change it all the same, so it is somebody else's
        for made in (path, folder / "state"):
            os.chown(made, NOBODY, NOBODY)
    return path


def act(scenario: str, path: Path, fault: Fault) -> str:
    """In the child: save, and say how it went."""
    from codecomplete.integrations.edit.files import FileProblem, Recovery, read, save

    if scenario == "folder" and not os.getuid():
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    file = read(path)
    text = file.inward(NEW.decode())
    if scenario == "recovery":
        recovery = Recovery.for_file(file)
        recovery.write(EARLIER.decode())
        fault.install()
        act = recovery.write
    else:
        fault.install()

        def act(text: str) -> object:
            return save(file, text)

    try:
        act(text)
    except FileProblem as problem:
        return f"{type(problem).__name__}: {problem}"
    return "saved"


def run(scenario: str, folder: Path, fault: Fault) -> dict:
    """One fault in a child process, and what it left behind."""
    path = prepare(scenario, folder)
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        said = "crashed"
        with contextlib.suppress(BaseException):
            said = act(scenario, path, fault)
        _tell(send, f"{','.join(fault.calls)} {said}")
    os.close(send)
    _, status = os.waitpid(child, 0)
    with os.fdopen(receive) as pipe:
        calls, _, said = pipe.read().partition(" ")
    return {
        "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
        "said": said, "calls": calls.split(","), "fault": [fault.at, fault.kind, fault.error],
    } | look(path, folder)  # fmt: skip


def _tell(send: int, text: str) -> None:
    """Through functions that the fault does not reach, then end without any clean-up."""
    with open(send, "w") as pipe:
        pipe.write(text)
        pipe.flush()
        os._exit(0)


def look(path: Path, folder: Path) -> dict:
    """What a user finds at the next start."""
    from codecomplete.integrations.edit.files import Recovery, read

    os.seteuid(path.parent.parent.joinpath("state").stat().st_uid)
    content = path.read_bytes() if path.exists() else None
    litter = _others(path.parent)
    found = Recovery.find(path)
    file = read(path)
    os.seteuid(os.getuid())
    return {
        "content": _named(content), "text": _named(file.encode(file.text) if file.stamp else None),
        "litter": litter, "left": _others(path.parent),
        "state_left": [one.name for one in folder.glob("state/*/*/.*")],
        "found": [_named(one.file.encode(one.file.text)) for one in found],
        "before": [_named(one.before.encode(one.before.text)) for one in found if one.before],
        "sentences": [one.sentence for one in found],
        "mode": oct(path.stat().st_mode & 0o7777) if path.exists() else None,
        "kept": _kept(path),
    }  # fmt: skip


def _kept(path: Path) -> str | None:
    with contextlib.suppress(OSError):
        return os.getxattr(path, "user.note").decode()
    return None


def _others(folder: Path) -> list[str]:
    known = ("file.txt", "real.txt", "other.txt")
    return [one.name for one in folder.iterdir() if one.name not in known]


def _named(content: bytes | None) -> str:
    names = {None: "none", OLD: "old", NEW: "new", b"": "empty", EARLIER: "earlier"}
    return names.get(content, "damaged")


def faults(calls: list[str]) -> Iterator[Fault]:
    """Every kind of fault at every call; of the many of one resolved path at the first one."""
    for at, name in enumerate(calls, 1):
        if name == "lstat" == calls[at - 2]:
            continue
        yield Fault(at, "before")
        yield Fault(at, "after")
        if name in WRITES:
            yield Fault(at, "torn")
        for error in ERRORS:
            yield Fault(at, "error", error)
        yield Fault(at, "error", errno.ENOSPC, lasting=True)


def main(scenario: str, folder: str) -> None:
    place = Path(folder)
    from codecomplete.integrations.edit.files import ENCODINGS

    for encoding in ENCODINGS:  # nothing is to be imported later, as somebody who may not read it
        codecs.lookup(encoding)
    plain = run(scenario, place, Fault(None, "none"))
    print(json.dumps(plain))
    for fault in faults(plain["calls"]):
        print(json.dumps(run(scenario, place, fault)))


if __name__ == "__main__":
    main(*sys.argv[1:])
