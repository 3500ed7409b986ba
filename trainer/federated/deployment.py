"""Runs a server on Flower's SuperLink: starts it, registers the clients, and submits the run.

Uses Flower's own programs in separate processes, with telemetry and update checks off, no packages
fetched at run time, TLS on and only registered clients admitted. Their state is in the federation's
folder, so that the same command restarts a stopped server. Knows processes and files, no models.
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
    """The address of a server, and the files that it needs."""

    host: str
    port: int
    files: ServerFiles
    folder: Path

    @property
    def address(self) -> str:
        """The address for programs on this machine; the certificate includes this name."""
        return f"127.0.0.1:{self.port}"


def environment(folder: Path) -> dict[str, str]:
    """The environment of Flower's programs: no telemetry, and their state in our folder."""
    ours = environment_of_clients()
    beside = os.pathsep.join([str(Path(sys.executable).parent), ours.get("PATH", os.defpath)])
    return ours | {"FLWR_HOME": str(folder / "flower"), "PATH": beside}


@contextmanager
def superlink(place: Place, tell: Tell = print) -> Iterator[subprocess.Popen[bytes]]:
    """A running SuperLink, for the duration of the context."""
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
    """Raise TrainerError if something already answers, which would be mistaken for the server."""
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
    """End the SuperLink and the processes that it has started, which would wait for it forever."""
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
    """The descendants of a process; empty without /proc."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(path.parent.name))
    found = parents.get(pid, [])
    return [*found, *(below for child in found for below in _descendants(child))]


def register(place: Place, keys: Sequence[Path], tell: Tell = print) -> None:
    """Register clients by their public keys. Raises TrainerError if one is refused."""
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
    """Submit the run to the SuperLink, and show its log until it ends; returns the exit status."""
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
    """Configure the SuperLink's address for Flower's command line."""
    home = place.folder / "flower"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = json.dumps(str(place.files.authority.resolve()))
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "{place.address}"\n'
        f"root-certificates = {authority}\n",
        encoding="utf-8",
    )


def _program(name: str) -> str:
    """The path of one of Flower's programs, in the current environment."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise TrainerError(f"{name} is not installed; pip install 'codecomplete[federated]'")
    return found
