"""A server on Flower's SuperLink: started, told who may take part, and given the run.

Flower's own programs, in processes of their own, with reports and update checks switched off, no
packages fetched at run time, TLS on and only registered clients let in. What they keep lies in the
federation's folder, so that a server that was ended is started again by the same command. Knows
processes and files, no models.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from codecomplete.quiet import environment_of_clients

from ..errors import TrainerError
from . import bundle
from .certificates import ServerFiles
from .settings import Federation

START_SECONDS, END_SECONDS = 180.0, 20.0
KNOWN = ("already in use", "already registered", "already exists")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a server listens, and the files it needs."""

    host: str
    port: int
    files: ServerFiles
    folder: Path

    @property
    def address(self) -> str:
        """Where this machine's own programs reach it: the certificate is for this name, too."""
        return f"127.0.0.1:{self.port}"


def environment(folder: Path) -> dict[str, str]:
    """For Flower's programs: nothing is reported, and what they keep lies in our folder."""
    ours = environment_of_clients()
    beside = os.pathsep.join([str(Path(sys.executable).parent), ours.get("PATH", os.defpath)])
    return ours | {"FLWR_HOME": str(folder / "flower"), "PATH": beside}


@contextmanager
def superlink(place: Place, tell: Tell = print) -> Iterator[subprocess.Popen[bytes]]:
    """A SuperLink that answers, as long as the context lasts."""
    _require_free(place)
    _connection(place)
    command = [
        _program("flower-superlink"),
        "--host", place.host,
        "--port", str(place.port),
        "--ssl-certfile", str(place.files.certificate),
        "--ssl-keyfile", str(place.files.key),
        "--ssl-ca-certfile", str(place.files.authority),
        "--database", str(place.folder / "superlink.db"),
        "--enable-supernode-auth",
        "--disable-runtime-dependency-installation",
    ]  # fmt: skip
    log = place.folder / "superlink.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, env=environment(place.folder), stdout=file, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        _wait(process, place, log)
        tell(f"listening      {place.host}:{place.port}, its log is {log}")
        yield process
    finally:
        _end(process)


def _require_free(place: Place) -> None:
    """TrainerError if something answers already: it would be taken for the server."""
    try:
        socket.create_connection(("127.0.0.1", place.port), 1).close()
    except OSError:
        return
    raise TrainerError(
        f"port {place.port} is in use, perhaps by a server that was left behind; end it, or choose "
        "another --port"
    )


def _wait(process: subprocess.Popen[bytes], place: Place, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise TrainerError(f"the server ended at once; see the end of {log}")
        try:
            socket.create_connection(("127.0.0.1", place.port), 1).close()
            return
        except OSError:
            time.sleep(0.3)
    raise TrainerError(f"the server does not answer on port {place.port}; see {log}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the SuperLink and what it has started, which would wait for it without end."""
    started = _descendants(process.pid)
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in started:
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM)


def _descendants(pid: int) -> list[int]:
    """Processes that a process has started, and those that these have; where /proc tells."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(path.parent.name))
    found = parents.get(pid, [])
    return [*found, *(below for child in found for below in _descendants(child))]


def register(place: Place, keys: Sequence[Path], tell: Tell = print) -> None:
    """Let these clients in, by their public keys. TrainerError if one is refused."""
    for key in keys:
        done = _flwr(place, "supernode", "register", str(key), "here", "--format", "json")
        said = done.stdout + done.stderr
        if not _succeeded(done) and not any(known in said for known in KNOWN):
            raise TrainerError(f"{key}: the client was not registered: {said.strip()[-500:]}")
        tell(f"let in         {key}")


def _succeeded(done: subprocess.CompletedProcess[str]) -> bool:
    try:
        return bool(json.loads(done.stdout).get("success"))
    except ValueError:
        return done.returncode == 0


def carry_out(place: Place, federation: Federation) -> int:
    """Give the SuperLink the run, and show what it says until it ends; the exit status."""
    settings = federation.save(place.folder / "federation.json")
    app = bundle.write(place.folder / "app")
    command = [_program("flwr"), "run", str(app), "here", "--stream",
               "--run-config", f"settings={json.dumps(str(settings))}"]  # fmt: skip
    return subprocess.run(command, env=environment(place.folder), check=False).returncode


def _flwr(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_program("flwr"), *arguments], env=environment(place.folder), capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def _connection(place: Place) -> None:
    """Tell Flower's command line where the SuperLink is."""
    home = place.folder / "flower"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = json.dumps(str(place.files.authority.resolve()))
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "{place.address}"\n'
        f"root-certificates = {authority}\n",
        encoding="utf-8",
    )


def _program(name: str) -> str:
    """One of Flower's programs, from the environment that this runs in."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise TrainerError(f"{name} is not installed; pip install 'codecomplete[federated]'")
    return found
