"""What both ways from Neovim lead to: its messages in, suggestions out.

``Host.handle`` runs on the thread that reads messages and returns at once; answers go through
``send``, from the suggester's thread. Messages are dictionaries, described in ``docs/nvim.md``.
Knows neither pynvim nor how a suggestion is drawn, accepted or typed through, which is Lua's part.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from codecomplete.engine import Indentation

from ..shared.filetypes import LANGUAGES
from ..shared.naming.client import Jedi
from ..shared.options import FileOptions
from ..shared.snapshot import Snapshot
from ..shared.status import report
from ..shared.suggester import State, Suggester, log
from .mirror import Mirror

if TYPE_CHECKING:
    from codecomplete.engine import Ranked, Suggestion

MOST_MIRRORS = 16
ALTERNATIVES = 3

Send = Callable[[str, dict[str, Any]], None]
"""Sends Neovim a verb and a message. Called from any thread; must not fail."""


@dataclass(frozen=True, slots=True)
class Caret:
    """One request, and the text around its caret."""

    id: int
    snapshot: Snapshot


class Host:
    """Serves one Neovim; ``close`` it when Neovim ends."""

    def __init__(self, send: Send, suggester: Suggester | None = None) -> None:
        self.suggester = suggester or Suggester(FileOptions(), namer=Jedi())
        self._send = send
        self._mirrors: OrderedDict[int, Mirror] = OrderedDict()
        self._complained = False
        self._verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "options": self._options,
            "suggest": self._suggest,
            "alternatives": self._alternatives,
            "accepted": lambda message: self.suggester.accepted(message["text"]),
            "cancel": lambda message: self.suggester.cancel(),
            "enable": self._enable,
            "forget": self._forget,
            "never": self._never,
            "rank": self._rank,
            "ping": lambda message: self._send("pong", {}),
            "status": lambda message: self._send("status", {"lines": report(self.suggester)}),
        }

    def handle(self, verb: str, message: dict[str, Any]) -> None:
        """Carry out one message. Raises ValueError for an unknown verb, as from another version."""
        if verb not in self._verbs:
            raise ValueError(f"{verb!r} is none of {', '.join(self._verbs)}: mixed versions?")
        self._verbs[verb](message)

    def close(self, wait: float = 0.0) -> None:
        """As ``Suggester.close``."""
        self.suggester.close(wait)

    # Messages

    def _options(self, message: dict[str, Any]) -> None:
        known = {option.name for option in fields(FileOptions)}
        options = FileOptions(**{name: message[name] for name in known & message.keys()})
        changed = options.model != self.suggester.options.model
        self.suggester.options = options
        if changed and self.suggester.model is not None:
            self.suggester.reload()
        self.suggester.prepare()

    def _suggest(self, message: dict[str, Any]) -> None:
        caret = self._caret(message)
        if caret is None:
            return
        threshold = 0.0 if message.get("explicit") else None

        def deliver(_: Snapshot, found: Suggestion | None) -> None:
            self._answer(caret, found)

        if not self.suggester.request(caret.snapshot, deliver, threshold):
            self._answer(caret, None)

    def _alternatives(self, message: dict[str, Any]) -> None:
        caret = self._caret(message)
        if caret is None:
            return

        def deliver(_: Snapshot, found: list[Suggestion]) -> None:
            self._send("alternatives", {"id": caret.id, "texts": [one.text for one in found]})

        if not self.suggester.alternatives(caret.snapshot, deliver, ALTERNATIVES):
            deliver(caret.snapshot, [])

    def _rank(self, message: dict[str, Any]) -> None:
        """Rank the names of a menu where their word begins: the order stays as more of it is
        typed."""
        caret = self._caret(message)

        def deliver(_: Snapshot, found: list[Ranked]) -> None:
            chances = {one.name: one.probability for one in found}
            self._send("ranked", {"id": message["id"], "chances": chances})

        snapshot = _without_word(caret, message["typed"]) if caret is not None else None
        if snapshot is None or not self.suggester.rank(snapshot, message["names"], deliver):
            self._send("ranked", {"id": message["id"], "chances": {}})

    def _never(self, message: dict[str, Any]) -> None:
        if not self.suggester.forbid(message["line"], message["text"]):
            self._send("unkept", {})

    def _enable(self, message: dict[str, Any]) -> None:
        self._complained = False
        self.suggester.enable(message["on"])

    def _forget(self, message: dict[str, Any]) -> None:
        self._mirrors.pop(message["buffer"], None)
        self.suggester.forget(message["buffer"])

    # Text

    def _caret(self, message: dict[str, Any]) -> Caret | None:
        """What a request is about; None, after a request for the whole text, if edits were lost."""
        mirror = self._mirror(message)
        if mirror is None:
            self._mirrors.pop(message["buffer"], None)
            self._send("resync", {"id": message["id"], "buffer": message["buffer"]})
            return None
        before, after = mirror.around(message["row"], message["column"])
        snapshot = Snapshot(
            before,
            after,
            _language(message),
            message["buffer"],
            path=message.get("path"),
            indentation=_indentation(message),
        )
        return Caret(message["id"], snapshot)

    def _mirror(self, message: dict[str, Any]) -> Mirror | None:
        """The buffer's mirror with the message's edit; None if the two do not fit."""
        name, edit = message["buffer"], message.get("edit")
        whole = edit is not None and edit["whole"]
        mirror = Mirror() if whole else self._mirrors.pop(name, None)
        if mirror is None:
            return None
        if edit is not None:
            try:
                mirror.replace(edit["first"], edit["last"], edit["lines"])
            except ValueError as error:
                log.debug("an edit of another text", exc_info=error)
                return None
        self._mirrors[name] = mirror
        while len(self._mirrors) > MOST_MIRRORS:
            self._mirrors.popitem(last=False)
        # A whole text is accepted as it is: asking again would bring the same.
        good = whole or mirror.agrees(message["count"], message["offset"])
        return mirror if good else None

    # Answers, on the suggester's thread

    def _answer(self, caret: Caret, found: Suggestion | None) -> None:
        text = found.text if found is not None else None
        self._send("suggestion", {"id": caret.id, "text": text})
        if self.suggester.state is State.FAILED and not self._complained:
            self._complained = True
            self._send("failed", {"reason": self.suggester.error or "unknown"})


def _indentation(message: dict[str, Any]) -> Indentation:
    """The indentation from Neovim's options; ``shiftwidth`` is resolved, never 0."""
    return Indentation(not message["expandtab"], message["shiftwidth"], message["tabstop"])


def _without_word(caret: Caret, typed: str) -> Snapshot | None:
    """The snapshot without ``typed`` before the caret; None if that is not there."""
    if not caret.snapshot.line.endswith(typed):
        return None
    before = caret.snapshot.before
    return replace(caret.snapshot, before=before[: len(before) - len(typed)])


def _language(message: dict[str, Any]) -> str | None:
    return LANGUAGES.get(message["filetype"].split(".")[0])
