"""Runs the registries' own clients, and reports those that take long.

A client that prints nothing for a while is named on standard error. It gives up after two short
attempts on a server that does not answer, unless the user's own settings say otherwise. Knows only
the names of packages.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from codecomplete.quiet import environment_of_clients

from .errors import SourceError
from .packages import Package

CLIENT_SECONDS = 900
SILENT_SECONDS = 10
PATIENCE = {
    "PIP_DEFAULT_TIMEOUT": "15",
    "PIP_RETRIES": "1",
    "NPM_CONFIG_FETCH_TIMEOUT": "15000",
    "NPM_CONFIG_FETCH_RETRIES": "1",
}
"""For servers that do not answer; pip's own defaults add up to 100 seconds per package."""
APT_PATIENCE = ("-o", "Acquire::http::Timeout=15", "-o", "Acquire::Retries=1")

_ADDRESS = re.compile(r"\[IP: [^\]]*\]|\b\w+://\S+")
"""Host names in clients' messages, which differ between machines."""


def run(package: Package, command: list[str], folder: Path) -> str:
    """Run a registry's client in ``folder``; returns what it printed.

    Raises SourceError with its last lines if it fails, or if it takes over CLIENT_SECONDS.
    """
    if shutil.which(command[0]) is None:
        raise SourceError(f"{package.name}: {command[0]} is not installed")
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**PATIENCE, **environment_of_clients()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as client:
        said, complaint = _finished(package, client, _name(command))
    if client.returncode:
        last = _ADDRESS.sub("...", " | ".join(complaint.strip().splitlines()[-2:]))
        raise SourceError(f"{package.name} {package.version}: {_name(command)} failed: {last}")
    return said


def _name(command: list[str]) -> str:
    """The client's name for users: ``pip``, not the interpreter that runs it."""
    as_module = "-m" in command[1:2]
    return command[2] if as_module else Path(command[0]).name


def _finished(package: Package, client: subprocess.Popen[str], name: str) -> tuple[str, str]:
    """A client's standard output and error; it is killed if it hangs, or if this process ends."""
    try:
        try:
            return client.communicate(timeout=SILENT_SECONDS)
        except subprocess.TimeoutExpired:
            _tell(f"{package.name}: waiting for {name} ...")
        return client.communicate(timeout=CLIENT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{package.name}: {name} took over {CLIENT_SECONDS} s") from error
    finally:
        if client.poll() is None:
            client.kill()


def _tell(line: str) -> None:
    print(f"\n{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)
