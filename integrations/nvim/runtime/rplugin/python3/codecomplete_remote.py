"""The classic remote plugin: the same ``Host`` inside Neovim's own Python process.

For those who have ``g:codecomplete_remote`` set; registered with ``:UpdateRemotePlugins``. Neovim
runs it in ``g:python3_host_prog``, which needs the package or the folder this file came with.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pynvim

ABOVE = Path(__file__).resolve().parents[5]
PACKAGE = ABOVE / "codecomplete" if (ABOVE / "codecomplete").is_dir() else ABOVE
"""The package this file came with: below the top of a checkout, or where it is installed."""
RECEIVE = "require('codecomplete.process').receive(...)"


def prefer_own_package() -> None:
    """The package must be of the same version as the Lua half beside this file."""
    found = find_spec("codecomplete")
    if found is None or str(PACKAGE) not in (found.submodule_search_locations or ()):
        sys.path.insert(0, str(PACKAGE.parent))


@pynvim.plugin
class CodeComplete:
    """One per Neovim. The engine is loaded with the first message, not with the plugin."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self.nvim = nvim
        self.host: Any = None
        self.failed = False

    @pynvim.function("CodeCompleteChannel", sync=True)
    def channel(self, arguments: list[Any]) -> int:
        """The channel that messages go to."""
        return int(self.nvim.channel_id)

    @pynvim.rpc_export("codecomplete")
    def message(self, verb: str, message: dict[str, Any]) -> None:
        """One message of the Lua half."""
        if self.host is None and not self.failed:
            self._begin()
        if self.host is not None:
            self.host.handle(verb, message)

    @pynvim.shutdown_hook
    def shutdown(self) -> None:
        """Neovim ends."""
        if self.host is not None:
            self.host.close(0.2)

    def _begin(self) -> None:
        prefer_own_package()
        try:
            from codecomplete.integrations.nvim.host import Host
            from codecomplete.integrations.nvim.serve import ready, sender
        except ImportError as error:  # said once, and not at every key
            self.failed = True
            self.nvim.exec_lua(RECEIVE, "failed", {"reason": str(error)}, async_=True)
            return
        send = sender(self.nvim)
        self.host = Host(send)
        ready(send)
