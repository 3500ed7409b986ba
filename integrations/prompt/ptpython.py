"""Ghost text in ptpython: call ``configure(repl)`` from its configuration file.

    from codecomplete import configure

Knows nothing of prompts beyond what ptpython adds to them.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..shared.suggester import Suggester
from . import GhostText, attach
from .conversation import Conversation, ReplOptions
from .keys import bindings

if TYPE_CHECKING:
    from ptpython.python_input import PythonInput

EXIT_WAIT = 0.2
"""Seconds the end of the process waits for a step of the model to end."""


def configure(repl: PythonInput, options: ReplOptions | None = None) -> GhostText:
    """Put ghost text into ``repl``. Its own "Auto suggestion" switches the history."""
    options = options or ReplOptions()
    inputs: list[str] = []
    conversation = Conversation(options, lambda: inputs, lambda: _namespace(repl), "ptpython")
    suggester = Suggester(options, judge=conversation.judge)
    suggester.enable(options.enabled)
    ghost = GhostText(suggester, conversation, lambda: repl.enable_auto_suggest)
    buffer = repl.default_buffer
    buffer.auto_suggest = ghost  # its own wrapper would call ours on the user's thread
    attach(repl.app, buffer, ghost)
    bindings(ghost, buffer, options, repl.extra_key_bindings)
    _remember(buffer, inputs)
    atexit.register(suggester.close, EXIT_WAIT)
    return ghost


def _remember(buffer: Any, inputs: list[str]) -> None:
    """Keep what is entered: ptpython's history does not tell this session's from earlier ones'."""
    accept: Callable[[Any], bool] = buffer.accept_handler

    def remember(buffer: Any) -> bool:
        inputs.append(buffer.text)
        return accept(buffer)

    buffer.accept_handler = remember


def _namespace(repl: PythonInput) -> Mapping[str, Any]:
    local, world = repl.get_locals(), repl.get_globals()
    return local if local is world else {**world, **local}
