"""Saves where the user may not write, with sudo, doas or pkexec.

The tool asks for a password itself, on the terminal, which the caller has given back before. A copy
of the old content is kept, because the file is overwritten in place; afterwards, the content is
checked.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from .errors import FileProblem, SaveFailed, because
from .opening import read
from .recovery import Recovery
from .saving import real, refuse_changed
from .stamps import Stamp, digest_of
from .textfile import TextFile

TOOLS = (("sudo", "--"), ("doas",), ("pkexec",))


def tool() -> tuple[str, ...] | None:
    """The command that runs another one with elevated rights; None if there is none."""
    return next((one for one in TOOLS if shutil.which(one[0])), None)


def save(file: TextFile, text: str, path: Path, *, overwrite_changed: bool = False) -> TextFile:
    """Write ``text`` to ``path``; returns the file as it now is.

    Raises SaveFailed, and FileChanged unless ``overwrite_changed``.
    """
    words, data = tool(), file.encode(text)
    if words is None:
        raise SaveFailed(f"{path}: not saved: none of sudo, doas and pkexec is installed.")
    try:
        target = real(path)
        if not overwrite_changed:
            refuse_changed(file, path, target, data)
        _keep(target)
        _write(words, target, data)
        return _checked(file, text, path, data)
    except OSError as error:
        raise SaveFailed(f"{path}: not saved: {because(error)}.") from error


def _keep(target: Path) -> None:
    """Keep a copy of the file's current content, if it can be read."""
    with contextlib.suppress(FileProblem):
        before = read(target)
        if before.stamp is not None:
            Recovery.keep(before, before.text, "overwritten")


def _write(words: tuple[str, ...], target: Path, data: bytes) -> None:
    command = [*words, "dd", f"of={target}", "bs=1M", "conv=fsync", "status=none"]
    done = subprocess.run(command, input=data, check=False)
    if done.returncode:
        raise SaveFailed(
            f"{target}: not saved: {words[0]} ended with {done.returncode}. What the file held is "
            "kept with what is put aside."
        )


def _checked(file: TextFile, text: str, path: Path, data: bytes) -> TextFile:
    """The file as it is on disk now; a user who may not read it gets no check."""
    try:
        written = path.read_bytes()
    except PermissionError:
        written = data
    if written != data:
        raise SaveFailed(
            f"{path}: the file does not hold what was written. Save under another name."
        )
    stamp = Stamp.of(path.stat(), digest_of(data))
    return replace(file, path=path, text=text, stamp=stamp, read_only=False)
