"""Ghost text in xonsh: ``xontrib load codecomplete``, at the prompt or in ``~/.xonshrc``.

Options are environment variables with the prefix ``CODECOMPLETE_``, read when the xontrib is
loaded: ``$CODECOMPLETE_TAB = True``. In a line that xonsh would run as a command, the model
suggests nothing; xonsh's history does, as usual. Knows nothing of prompts beyond what xonsh adds to
them.
"""

from __future__ import annotations

import atexit
import builtins
import keyword
import re
import sys
from collections.abc import Callable, Container, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from ..shared.suggester import EXIT_WAIT, Suggester
from . import GhostText, attach
from .conversation import Conversation, ReplOptions
from .keys import bindings
from .said import Said

PREFIX = "CODECOMPLETE_"

_OF_A_SHELL = re.compile(r"\s*[$!@~/.%|&]|.*[$!@][(\[]|.*\$\{")
_FIRST = re.compile(r"\s*([^\W\d]\w*)(\s*)(.*)", re.DOTALL)
_OPERATES = re.compile(r"[=(\[.,:;]|[-+*/%&|^@<>]=|[!<>]=|//=|\*\*=|(?:in|is|if|and|or|not)\b")
_PYTHON = {*keyword.kwlist, *keyword.softkwlist, *vars(builtins)}


def is_command(line: str, names: Container[str]) -> bool:
    """Whether xonsh would run ``line`` as a command rather than as Python.

    ``names`` are those of the session. A first word that is still being typed may be either.
    """
    if _OF_A_SHELL.match(line):
        return True
    first = _FIRST.match(line)
    if first is None:
        return False
    word, space, rest = first.groups()
    if (not space and not rest) or word in _PYTHON or word in names:
        return False
    return not _OPERATES.match(rest)


class Xontrib:
    """Everything that was added to one xonsh."""

    def __init__(self, xonsh: Any) -> None:
        self.xonsh = xonsh
        self.said: list[Said] = []
        self.options = options_of(xonsh.env)
        self.conversation = Conversation(
            self.options, lambda: self.said, lambda: xonsh.ctx, "xonsh", self._left_alone
        )
        self.suggester = Suggester(self.options, chooser=self.conversation)
        self.suggester.enable(self.options.enabled)
        self.ghost = GhostText(self.suggester, self.conversation, self._history_on)
        self._undo: list[Callable[[], Any]] = []
        self._failure = _last_failure()

    def load(self) -> None:
        """Add ghost text as soon as there is a prompt; ``unload`` undoes the same steps."""
        events = self.xonsh.builtins.events
        self._listen(events.on_ptk_create, self._created)
        self._listen(events.on_postcommand, self._ran)
        atexit.register(self.suggester.close, EXIT_WAIT)

    def _listen(self, event: Any, method: Callable[..., None]) -> None:
        def handler(**given: Any) -> None:  # xonsh marks its handlers, which methods do not allow
            method(**given)

        event(handler)
        self._undo.append(partial(event.discard, handler))

    def unload(self) -> None:
        while self._undo:
            self._undo.pop()()
        self.suggester.close()
        atexit.unregister(self.suggester.close)

    def _created(self, prompter: Any, bindings: Any, **_: Any) -> None:
        """xonsh has created its prompt."""
        buffer = prompter.default_buffer
        theirs, buffer.auto_suggest = buffer.auto_suggest, self.ghost
        self._undo.append(partial(setattr, buffer, "auto_suggest", theirs))
        self._undo.append(attach(prompter.app, buffer, self.ghost).detach)
        self._add_keys(buffer, bindings)

    def _add_keys(self, buffer: Any, theirs: Any) -> None:
        for key in bindings(self.ghost, buffer, self.options).bindings:
            theirs.add(*key.keys, filter=key.filter)(key.handler)
            self._undo.append(partial(theirs.remove, key.handler))

    def _ran(self, cmd: str, **_: Any) -> None:
        """xonsh has run an input: remember it, and how it failed."""
        failure, self._failure = self._failure, _last_failure()
        error = self._failure if self._failure is not failure else None
        lines = [line for line in cmd.split("\n") if not is_command(line, self.xonsh.ctx)]
        if any(line.strip() for line in lines):
            self.said.append(Said.with_error("\n".join(lines), error))

    def _left_alone(self, cell: str, line: str) -> bool:
        return is_command(line, self.xonsh.ctx)

    def _history_on(self) -> bool:
        """Whether xonsh's own suggestions from the history are switched on."""
        return bool(self.xonsh.env.get("XONSH_PROMPT_AUTO_SUGGEST"))


def _last_failure() -> BaseException | None:
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def options_of(environment: Mapping[str, Any]) -> ReplOptions:
    """The options in xonsh's environment. Raises ValueError for a value that is not allowed."""
    names = [option.name for option in fields(ReplOptions)]
    given = {name: environment.get(PREFIX + name.upper()) for name in names}
    return ReplOptions(**{name: value for name, value in given.items() if value is not None})


_loaded: list[Xontrib] = []


def _load_xontrib_(xsh: Any, **_: Any) -> dict[str, Any]:
    """Called by ``xontrib load codecomplete``."""
    if not _loaded:
        try:
            xontrib = Xontrib(xsh)
        except ValueError as error:
            print(f"codecomplete is not loaded: ${PREFIX}{_upper(str(error))}", file=sys.stderr)
            return {}
        _loaded.append(xontrib)
        xontrib.load()
    return {}


def _upper(problem: str) -> str:
    """The line about an option, with the option's name in capitals."""
    name, _, rest = problem.partition(" ")
    return f"{name.upper()} {rest}"


def _unload_xontrib_(xsh: Any, **_: Any) -> dict[str, Any]:
    """Called by ``xontrib unload codecomplete``."""
    while _loaded:
        _loaded.pop().unload()
    return {}
