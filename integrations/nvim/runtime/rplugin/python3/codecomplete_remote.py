"""The classic remote plugin: the same ``Host`` inside Neovim's own Python process.

For those who have set ``g:codecomplete_remote``; registered with ``:UpdateRemotePlugins``. Neovim
runs it in ``g:python3_host_prog``, which needs the package, or the folder that this file came in.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pynvim

ABOVE = Path(__file__).resolve().parents[5]
PACKAGE = ABOVE / "codecomplete" if (ABOVE / "codecomplete").is_dir() else ABOVE
"""The package that this file belongs to: in a checkout its folder, else where it is installed."""
RECEIVE = "require('codecomplete.process').receive(...)"


def prefer_own_package() -> None:
    """Import the package of the same version as the Lua half beside this file."""
    found = find_spec("codecomplete")
    if found is None or str(PACKAGE) not in (found.submodule_search_locations or ()):
        sys.path.insert(0, str(PACKAGE.parent))


@pynvim.plugin
class CodeComplete:
    """One per Neovim; loads the engine with the first message, not with the plugin."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self.nvim = nvim
        self.host: Any = None
        self.failed = False

    @pynvim.function("CodeCompleteChannel", sync=True)
    def channel(self, arguments: list[Any]) -> int:
        """The channel to which messages are sent."""
        return int(self.nvim.channel_id)

    @pynvim.rpc_export("codecomplete")
    def message(self, verb: str, message: dict[str, Any]) -> None:
        """Handle one message of the Lua half."""
        if self.host is None and not self.failed:
            self._begin()
        if self.host is not None:
            self.host.handle(verb, message)

    @pynvim.shutdown_hook
    def shutdown(self) -> None:
        """Called when Neovim ends."""
        if self.host is not None:
            self.host.close(0.2)

    def _begin(self) -> None:
        prefer_own_package()
        try:
            from codecomplete.integrations.nvim.host import Host
            from codecomplete.integrations.nvim.serve import ready, sender
        except ImportError as error:  # reported once, not at every key
            self.failed = True
            self.nvim.exec_lua(RECEIVE, "failed", {"reason": str(error)}, async_=True)
            return
        send = sender(self.nvim)
        self.host = Host(send)
        ready(send)
