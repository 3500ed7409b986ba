"""What a process and all its children asked the system for, as strace saw it.

Two kinds of calls matter: those that can reach another machine or program, and those that can
leave something on the disk. Attempts count as much as what succeeded.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.patience import PATIENCE

NETWORK = ("socket", "socketpair", "connect", "bind", "sendto", "sendmsg", "sendmmsg")
SENDING = ("sendto", "sendmsg", "sendmmsg")
USER_NAMES = "/var/run/nscd/socket"
FILES = (
    "open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename",
    "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "truncate",
)  # fmt: skip
MAKING = re.compile(r"O_CREAT|O_WRONLY|O_RDWR|O_TMPFILE")
QUOTED = re.compile(r'(?:(?P<at>AT_FDCWD|\d+)(?:<(?P<folder>[^>]*)>)?, )?"(?P<path>(?:\\.|[^"])*)"')
CALL = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)")
NO_FILES = ("/dev/", "/proc/self/", "/proc/thread-self/")


def why_not() -> str | None:
    """Why processes cannot be watched here; None if they can."""
    if shutil.which("strace") is None:
        return "no strace here (apt-get install strace)"
    probe = ["strace", "-f", "-qq", "-e", "trace=none", "true"]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=PATIENCE)
    return (
        f"strace may not watch processes here: {done.stderr.strip()}" if done.returncode else None
    )


def command(trace: Path) -> list[str]:
    """What stands before a command to watch it and its children."""
    calls = ",".join((*NETWORK, *FILES))
    return [
        *("strace", "-f", "-qq", "-y", "-s", "512", "--seccomp-bpf"),
        *("-e", f"trace={calls}", "-e", "signal=none", "-o", str(trace), "--"),
    ]


def _calls(trace: Path) -> Iterator[tuple[str, str, str]]:
    """The process, the call and its arguments, for each line that begins a call."""
    for line in trace.read_text(errors="replace").splitlines():
        match = CALL.match(line)
        if match:
            yield match["pid"], match["name"], match["rest"]


def reaching_out(trace: Path, own: str = "") -> list[str]:
    """Calls by which something could leave the process for anywhere but its own pipes.

    Allowed are ``socketpair`` of AF_UNIX, which connects a process with itself and its children
    only, and what is sent without an address, which goes where its descriptor was connected to.
    Not allowed is any other socket, of whatever family, and any ``connect``, to whatever place.

    ``own`` is for Neovim, whose first process is not ours: the place of the socket that it offers
    to those who drive it. That process may make it, and the C library in it may ask the machine's
    own cache of user names (which has to be looked for before the list of users is read).
    """
    editor = next(iter(_calls(trace)), ("", "", ""))[0] if own else None
    return [
        f"{pid} {name}({rest}"
        for pid, name, rest in _calls(trace)
        if name in NETWORK
        and not (name == "socketpair" and rest.startswith("AF_UNIX"))
        and not (name in SENDING and "sa_family" not in rest)
        and not (pid == editor and _is_the_editors(name, rest, own))
    ]


def _is_the_editors(name: str, rest: str, own: str) -> bool:
    places = {"bind": own, "connect": USER_NAMES}
    return rest.startswith("AF_UNIX") if name == "socket" else f'"{places.get(name)}"' in rest


def written(trace: Path, folder: Path) -> set[str]:
    """Paths that were or would have been made or changed; ``folder`` is where relative ones
    began."""
    found = set()
    for _, name, rest in _calls(trace):
        if name not in FILES or (name.startswith("open") and not MAKING.search(rest)):
            continue
        for match in QUOTED.finditer(rest):
            base = Path(match["folder"] or folder)
            path = str(base / match["path"].encode().decode("unicode_escape"))
            if not path.startswith(NO_FILES) and path != "/dev/null":
                found.add(path)
    return found
