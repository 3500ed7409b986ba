"""What a client says of itself in ``initialize``. Knows no server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import where
from .params import optional
from .positions import Encoding


@dataclass(frozen=True, slots=True)
class Client:
    """The facts about a client that matter here."""

    process: int | None  # when it ends, the server does
    encoding: Encoding
    inline: bool  # whether it supports inline completion
    asks_for_settings: bool  # whether it answers ``workspace/configuration``
    registers_settings: bool  # whether the server must register for changes of settings
    folders: tuple[str | None, ...]
    options: dict[str, Any]  # ``initializationOptions``


def client(params: Any) -> Client:
    """The facts in the parameters of ``initialize``; never fails, whatever they are."""
    process = optional(params, "processId")
    options = optional(params, "initializationOptions")
    capabilities = optional(params, "capabilities")
    change = optional(capabilities, "workspace", "didChangeConfiguration", "dynamicRegistration")
    return Client(
        process if isinstance(process, int) and process > 0 else None,
        _encoding(optional(capabilities, "general", "positionEncodings")),
        isinstance(optional(capabilities, "textDocument", "inlineCompletion"), dict),
        optional(capabilities, "workspace", "configuration") is True,
        change is True,
        tuple(_folders(params)),
        options if isinstance(options, dict) else {},
    )


def paths(folders: Any) -> list[str | None]:
    """The paths of a list of ``WorkspaceFolder``; None for those not on this computer's disk."""
    if not isinstance(folders, list):
        return []
    uris = [optional(folder, "uri") for folder in folders]
    return [where.path_of(uri) for uri in uris if isinstance(uri, str)]


def _encoding(offered: Any) -> Encoding:
    """The client's first choice that is known here."""
    known = {encoding.value: encoding for encoding in Encoding}
    for name in offered if isinstance(offered, list) else ():
        if isinstance(name, str) and name in known:
            return known[name]
    return Encoding.UTF_16


def _folders(params: Any) -> list[str | None]:
    found = paths(optional(params, "workspaceFolders"))
    if found:
        return found
    root, path = optional(params, "rootUri"), optional(params, "rootPath")
    if isinstance(root, str):
        return [where.path_of(root)]
    return [path if isinstance(path, str) else None]
