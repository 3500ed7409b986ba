"""One language server: a process that gets the open texts, and is asked about them.

Uses pygls, over the pipes of the process and nothing else; and of pygls only the layer for messages
(JSON-RPC), not the types of their content. Those reject a whole answer because of one field with an
unexpected value, and then never deliver it; the first answer of pylsp has such a field.

Returns plain values; knows nothing of widgets. All of it runs in the application's event loop; long
operations are awaited.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from codecomplete import __version__

from . import positions
from .catalogue import id_of
from .positions import Place

if TYPE_CHECKING:
    from pygls.client import JsonRPCClient

log = logging.getLogger("codecomplete")

SECONDS = 30.0  # for an answer
SECONDS_TO_START = 60.0
SECONDS_TO_END = 2.0
QUIETLY = ("/bin/sh", "-c", 'exec "$0" "$@" 2>/dev/null')  # nobody reads its standard error
SNIPPET = 2
SEVERITIES = {1: "error", 2: "warning"}


class ServerProblem(Exception):
    """The server cannot do what was asked, or has ended; the message says why."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that is wrong between two places, as (row, character)."""

    start: Place
    end: Place
    kind: str  # "error", "warning" or "note"
    message: str


@dataclass(frozen=True, slots=True)
class Target:
    """A place in a file, in UTF-16 units."""

    path: Path
    place: Place


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a text: ``text`` replaces what is between two places."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A completion: what it inserts, and what else it changes."""

    name: str
    change: Change
    label: str
    order: str  # the server's sort key
    more: tuple[Change, ...] = ()


@dataclass
class _Open:
    """A text as the server has it."""

    version: int
    text: str


Told = Callable[[Path, list[Diagnostic]], object]


class Server:
    """Create for a command and a folder; ``told`` is called with the diagnostics of a file."""

    def __init__(self, command: tuple[str, ...], folder: Path, told: Told) -> None:
        self.command, self.folder, self._told = command, folder, told
        self._open: dict[Path, _Open] = {}
        self._client: JsonRPCClient | None = None

    @property
    def name(self) -> str:
        return Path(self.command[0]).name

    async def start(self) -> None:
        """Start the process and initialize it. Raises ServerProblem; ImportError without pygls."""
        await asyncio.to_thread(importlib.import_module, "pygls.client")
        client = _client(self._diagnosed)
        try:
            await client.start_io(*QUIETLY, *self.command, cwd=str(self.folder))
        except OSError as error:
            raise ServerProblem(f"{self.name} cannot be started: {error.strerror}") from error
        self._client = client
        await self._ask("initialize", _about_us(self.folder), SECONDS_TO_START)
        self._say("initialized", {})

    @property
    def running(self) -> bool:
        return self._client is not None and not self._client.stopped

    async def stop(self) -> None:
        """Shut the server down; even if it does not answer, its process ends."""
        if self._client is None or self._client.stopped:
            return
        try:
            await self._ask("shutdown", None, 2.0)
            self._say("exit", None)
        except ServerProblem as error:
            log.debug("the language server did not shut down properly", exc_info=error)
        await self._end(self._client._server)

    async def _end(self, process: asyncio.subprocess.Process | None) -> None:
        """Close its input, wait, and kill it if it goes on: some run as long as they have input."""
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), SECONDS_TO_END)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            with contextlib.suppress(TimeoutError):  # until it is gone: the event loop may end next
                await asyncio.wait_for(process.wait(), SECONDS_TO_END)

    # Texts

    def show(self, path: Path, language: str, text: str) -> None:
        """Open the file in the server, or send the text that it has now."""
        known = self._open.get(path)
        if known is None:
            self._open[path] = _Open(1, text)
            item = {"uri": path.as_uri(), "languageId": id_of(language), "version": 1, "text": text}
            self._say("textDocument/didOpen", {"textDocument": item})
        elif known.text != text:
            known.version, known.text = known.version + 1, text
            document = {"uri": path.as_uri(), "version": known.version}
            changed = {"textDocument": document, "contentChanges": [{"text": text}]}
            self._say("textDocument/didChange", changed)

    def close(self, path: Path) -> None:
        """Tell the server that the file is no longer open."""
        if self._open.pop(path, None) is not None and self.running:
            self._say("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    # Questions

    async def definition(self, path: Path, place: Place) -> list[Target]:
        """Where the symbol at ``place`` is defined. Raises ServerProblem."""
        found = await self._ask("textDocument/definition", self._at(path, place))
        places = found if isinstance(found, list) else [found] if found else []
        return [target for one in places if (target := _target(one)) is not None]

    async def rename(self, path: Path, place: Place, name: str) -> dict[Path, list[Change]]:
        """The changes in each file that rename the symbol at ``place``, in UTF-16 units; ``read``
        turns these into characters. Raises ServerProblem."""
        at = self._at(path, place)
        return _changes(await self._ask("textDocument/rename", {**at, "newName": name}) or {})

    async def completions(self, path: Path, place: Place) -> list[Item]:
        """The completions at ``place``. Raises ServerProblem."""
        found = await self._ask("textDocument/completion", self._at(path, place)) or []
        items = found["items"] if isinstance(found, dict) else found
        lines = self._open[path].text.split("\n")
        made = (_item(one, lines, place) for one in items)
        return [one for one in made if one is not None]

    def _at(self, path: Path, place: Place) -> dict[str, Any]:
        line, unit = positions.outward(self._open[path].text.split("\n"), place)
        position = {"line": line, "character": unit}
        return {"textDocument": {"uri": path.as_uri()}, "position": position}

    # Messages

    def _say(self, method: str, params: Any) -> None:
        self._running().protocol.notify(method, params)

    async def _ask(self, method: str, params: Any, seconds: float = SECONDS) -> Any:
        """Send a request and await the answer. Not cancelled if that takes too long: a late answer
        does no harm."""
        asked = self._running().protocol.send_request(method, params)
        answer = asyncio.wrap_future(asked)
        done, _ = await asyncio.wait({answer}, timeout=seconds)
        if not done:
            answer.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise ServerProblem(f"{self.name} does not answer.")
        try:
            return answer.result()
        except Exception as error:  # from the server, or from pygls
            raise ServerProblem(f"{self.name}: {error}") from error

    def _running(self) -> JsonRPCClient:
        if self._client is None or self._client.stopped:
            raise ServerProblem(f"{self.name} has ended.")
        return self._client

    def _diagnosed(self, params: dict[str, Any]) -> None:
        path = path_of(params["uri"])
        known = self._open.get(path) if path is not None else None
        if path is not None and known is not None:
            lines = known.text.split("\n")
            self._told(path, [_diagnostic(one, lines) for one in params["diagnostics"]])


def _client(diagnosed: Callable[[dict[str, Any]], None]) -> JsonRPCClient:
    """A client of pygls that leaves the content of messages as dicts."""
    from pygls import protocol
    from pygls.client import JsonRPCClient

    def plain(message: dict[str, Any], kind: Any) -> Any:
        return kind(**({"params": None} | message))

    def answer(message: dict[str, Any], kind: Any) -> Any:
        return kind(**({"result": None} | message))

    def converter() -> Any:
        made: Any = protocol.default_converter()  # type: ignore[no-untyped-call]
        made.register_structure_hook(protocol.JsonRPCRequestMessage, plain)
        made.register_structure_hook(protocol.JsonRPCNotification, plain)
        made.register_structure_hook(protocol.JsonRPCResponseMessage, answer)
        return made

    def told(params: dict[str, Any]) -> None:
        diagnosed(params)

    _silence()
    client = JsonRPCClient(converter_factory=converter)
    register: Any = client.feature("textDocument/publishDiagnostics")
    register(told)
    return client


def _about_us(folder: Path) -> dict[str, Any]:
    return {
        "processId": os.getpid(),
        "clientInfo": {"name": "cc-edit", "version": __version__},
        "rootUri": folder.as_uri(),
        "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        "capabilities": {
            "workspace": {"workspaceEdit": {"documentChanges": True}},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False}},
                "definition": {},
                "rename": {},
                "publishDiagnostics": {},
            },
        },
    }


def path_of(uri: str) -> Path | None:
    """The path in a ``file`` URI; None for any other."""
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def read(changes: list[Change], text: str) -> list[Change]:
    """Changes in UTF-16 units as changes in characters of ``text``."""
    lines = text.split("\n")
    return [
        Change(positions.inward(lines, one.start), positions.inward(lines, one.end), one.text)
        for one in changes
    ]


def _silence() -> None:
    """Silence pygls, which would log the user's text, to the terminal."""
    logger = logging.getLogger("pygls")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)


def _diagnostic(one: dict[str, Any], lines: list[str]) -> Diagnostic:
    said = one["message"]
    message = said if isinstance(said, str) else said["value"]
    return Diagnostic(
        _place(lines, one["range"]["start"]), _place(lines, one["range"]["end"]),
        SEVERITIES.get(one.get("severity", 1), "note"), message.partition("\n")[0],
    )  # fmt: skip


def _place(lines: list[str], position: dict[str, int]) -> Place:
    return positions.inward(lines, _unit(position))


def _unit(position: dict[str, int]) -> Place:
    return position["line"], position["character"]


def _target(found: dict[str, Any]) -> Target | None:
    """The target in a Location or a LocationLink."""
    path = path_of(found.get("targetUri") or found["uri"])
    area = found.get("targetSelectionRange") or found["range"]
    return None if path is None else Target(path, _unit(area["start"]))


def _changes(edit: dict[str, Any]) -> dict[Path, list[Change]]:
    parts = list((edit.get("changes") or {}).items())
    for part in edit.get("documentChanges") or ():
        if "textDocument" not in part:
            raise ServerProblem("Files would also have to be created, renamed or removed.")
        parts.append((part["textDocument"]["uri"], part["edits"]))
    found: dict[Path, list[Change]] = {}
    for uri, edits in parts:
        path = path_of(uri)
        if path is not None:
            found.setdefault(path, []).extend(map(_units, edits))
    return found


def _units(edit: dict[str, Any]) -> Change:
    return Change(_unit(edit["range"]["start"]), _unit(edit["range"]["end"]), edit["newText"])


def _item(one: dict[str, Any], lines: list[str], place: Place) -> Item | None:
    """A completion; None if it is a snippet, has several lines, or begins in another line."""
    row, column = place
    label, edit = one["label"].strip(), one.get("textEdit")
    if edit is not None:
        area = edit.get("range") or edit["replace"]
        change = Change(_place(lines, area["start"]), _place(lines, area["end"]), edit["newText"])
    else:
        start = (row, word_start(lines[row], column))
        change = Change(start, place, one.get("insertText") or label)
    if change.start[0] != row or "\n" in change.text or one.get("insertTextFormat") == SNIPPET:
        return None
    more = read([_units(each) for each in one.get("additionalTextEdits") or ()], "\n".join(lines))
    shown = f"{label}  {one.get('detail') or ''}".rstrip()
    return Item(change.text, change, shown, one.get("sortText") or label, tuple(more))


def word_start(line: str, column: int) -> int:
    """Where the name before a column begins."""
    while column and (line[column - 1].isalnum() or line[column - 1] == "_"):
        column -= 1
    return column
