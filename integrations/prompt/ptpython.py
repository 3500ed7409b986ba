"""Ghost text in ptpython: call ``configure(repl)`` from its configuration file.

    from codecomplete import configure

Knows nothing of prompts beyond what ptpython adds to them.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..shared.suggester import EXIT_WAIT, Suggester
from . import GhostText, attach
from .conversation import Conversation, ReplOptions
from .keys import bindings
from .said import Said

if TYPE_CHECKING:
    from ptpython.python_input import PythonInput


def configure(repl: PythonInput, options: ReplOptions | None = None) -> GhostText:
    """Add ghost text to ``repl``, whose "Auto suggestion" then switches only earlier lines."""
    options = options or ReplOptions()
    said: list[Said] = []
    conversation = Conversation(options, lambda: said, lambda: _namespace(repl), "ptpython")
    suggester = Suggester(options, chooser=conversation)
    suggester.enable(options.enabled)
    ghost = GhostText(suggester, conversation, lambda: repl.enable_auto_suggest)
    buffer = repl.default_buffer
    buffer.auto_suggest = ghost  # its own wrapper would call this on the main thread
    attach(repl.app, buffer, ghost)
    bindings(ghost, buffer, options, repl.extra_key_bindings)
    _remember(repl, buffer, said)
    atexit.register(suggester.close, EXIT_WAIT)
    return ghost


def _remember(repl: Any, buffer: Any, said: list[Said]) -> None:
    """Keep what is entered, and how it fails: ptpython's history mixes this session with earlier
    ones, and knows no failures."""
    accept: Callable[[Any], bool] = buffer.accept_handler

    def remember(buffer: Any) -> bool:
        said.append(Said(buffer.text))
        return accept(buffer)

    buffer.accept_handler = remember
    failed = getattr(repl, "_handle_exception", None)
    if failed is None:
        return  # this version does not tell failures

    def remember_failure(error: BaseException) -> None:
        if said:
            said[-1] = Said.with_error(said[-1].text, error)
        failed(error)

    repl._handle_exception = remember_failure


def _namespace(repl: PythonInput) -> Mapping[str, Any]:
    local, world = repl.get_locals(), repl.get_globals()
    return local if local is world else {**world, **local}
