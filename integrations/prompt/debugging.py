"""Ghost text at the prompt of IPython's debugger: ``%debug``, ``%pdb``, and ipdb inside IPython.

Knows the names of the current frame. The debugger's own commands get no ghost text, but the
arguments of ``p`` and the like are Python. Python's own ``pdb`` has no such prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..shared.snapshot import Snapshot
from ..shared.suggester import Suggester, load_engine
from . import GhostText, attach
from .conversation import Conversation
from .keys import bindings, merge_key_bindings

_GIVEN = re.compile(r"\s*(?:(?:p|pp|pdoc|pinfo2?|psource|whatis|display|undisplay|source)\s+|!\s*)")
_WORD = re.compile(r"\s*(\w+)")


class DebuggerConversation(Conversation):
    """What is typed at a debugger's prompt, without the debugger's commands."""

    def __init__(self, outer: Conversation, debugger: Any) -> None:
        super().__init__(outer.options, outer.said, lambda: _frame_names(debugger), "debugger")
        self._commands = {name[3:] for name in dir(type(debugger)) if name.startswith("do_")}

    def snapshot(self, before: str, after: str) -> Snapshot | None:
        given = _GIVEN.match(before)
        if given is not None:
            return super().snapshot(before[given.end() :], after)
        word = _WORD.match(before)
        if word is not None and word[1] in self._commands:
            return None
        return super().snapshot(before, after)


def _frame_names(debugger: Any) -> Mapping[str, Any]:
    """The names in the debugger's current frame."""
    frame = getattr(debugger, "curframe", None)
    if frame is None:
        return {}
    return {**frame.f_globals, **(getattr(debugger, "_curframe_locals", None) or frame.f_locals)}


class Debuggers:
    """Attaches ghost text to every debugger that a shell starts, until it is stopped."""

    def __init__(self, conversation: Conversation, suggester: Suggester) -> None:
        self._conversation, self._suggester = conversation, suggester
        self._started: list[Suggester] = []

    def watch(self) -> Callable[[], None]:
        """Start; returns a function that stops it."""
        from IPython.terminal import debugger as of_ipython

        kind: Any = of_ipython.TerminalPdb
        start, debuggers = kind.pt_init, self

        def pt_init(debugger: Any, *arguments: Any, **named: Any) -> None:
            start(debugger, *arguments, **named)
            debuggers.attach(debugger)

        kind.pt_init = pt_init

        def end() -> None:
            if kind.pt_init is pt_init:
                kind.pt_init = start
            self.close()

        return end

    def attach(self, debugger: Any) -> None:
        """Add ghost text to one debugger, if that has a prompt."""
        prompt = getattr(debugger, "pt_app", None)
        if prompt is None:
            return
        conversation = DebuggerConversation(self._conversation, debugger)
        suggester = Suggester(conversation.options, self._load, conversation)
        suggester.enable(self._suggester.enabled)
        self._started.append(suggester)
        ghost = GhostText(suggester, conversation)
        prompt.auto_suggest = ghost
        attach(prompt.app, prompt.default_buffer, ghost)
        keys = bindings(ghost, prompt.default_buffer, conversation.options)
        own = [prompt.key_bindings] if prompt.key_bindings is not None else []
        prompt.key_bindings = merge_key_bindings([*own, keys])

    def _load(self, options: Any) -> Any:
        """The shell's model, if it is loaded, since models are shared."""
        return self._suggester.model or load_engine(options)

    def close(self, wait: float = 0.0) -> None:
        while self._started:
            self._started.pop().close(wait)
