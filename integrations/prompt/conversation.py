"""One session of a Python prompt as the model sees it: earlier inputs, then the open cell.

Says which text a suggestion is asked for and which lines are left alone. Knows no prompt library
and no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..shared.suggester import Options, Snapshot, log, option

if TYPE_CHECKING:
    from codecomplete.engine import Suggestion

_NOT_PYTHON = re.compile(r"\s*(?:[%!?]|[^#\"'\n]*\?\??\s*$|[\w, ]+=\s*[%!])")

PROMPT = "<prompt>"  # stands for the file that a prompt has none of, in the working folder

FIRST, LAST, OFF = "first", "last", "off"


@dataclass(frozen=True)
class ReplOptions(Options):
    """What the hosts with a prompt offer beside the options of every host."""

    enabled: bool = option(True, "Show suggestions.")
    history: str = option(
        FIRST,
        "Earlier lines: 'first' lets them win over the model once history_characters of the line "
        "are typed, 'last' shows them only where the model has nothing, 'off' never.",
        choices=(FIRST, LAST, OFF),
    )
    history_characters: int = option(
        8, "Characters of a line that are typed before an earlier line wins over the model."
    )
    context_characters: int = option(
        20_000, "Most characters of earlier inputs that the model is given."
    )
    check_names: bool = option(
        True, "Hide suggestions that name attributes that an object of the session does not have."
    )
    accept_line_key: str = option(
        "s-tab",
        "Key that accepts the first line, as prompt_toolkit writes it; several with a space.",
    )
    never_key: str = option(
        "s-delete",
        "Key that never suggests the shown text again, as prompt_toolkit writes it; or none.",
    )
    tab: bool = option(False, "Tab accepts while ghost text is visible; else it is untouched.")


def left_alone(cell: str, line: str) -> bool:
    """Whether ``line`` of ``cell`` is no Python, so that nothing is suggested for it."""
    return cell.startswith("%%") or bool(_NOT_PYTHON.match(line))


def earlier(inputs: Sequence[str], most: int) -> str:
    """The newest ``inputs`` that are Python, one behind the other, about ``most`` characters.

    Old inputs go in strides of a quarter of ``most``, so that the beginning of the text, and with
    it what the model remembers, changes seldom.
    """
    kept = [text.rstrip() + "\n" for text in inputs if _is_python(text)]
    total = sum(map(len, kept))
    stride = max(1, most // 4)
    excess = -(-max(0, total - most) // stride) * stride
    gone = 0
    while kept and gone < excess:
        gone += len(kept.pop(0))
    return "".join(kept)


def _is_python(text: str) -> bool:
    return bool(text.strip()) and not any(
        left_alone(text.lstrip(), line) for line in text.splitlines()
    )


def _here() -> str | None:
    """As if the prompt were a file of the working folder; None once that has been removed."""
    try:
        return str(Path.cwd() / PROMPT)
    except OSError:
        return None


class Conversation:
    """What one session has said so far, and what it knows to be true."""

    def __init__(
        self,
        options: ReplOptions,
        inputs: Callable[[], Sequence[str]],
        namespace: Callable[[], Mapping[str, Any]],
        name: str = "repl",
    ) -> None:
        self.options = options
        self._inputs = inputs
        self._namespace = namespace
        self.name = name
        self._earlier: tuple[tuple[int, int], str] = ((0, 0), "")

    def snapshot(self, before: str, after: str) -> Snapshot | None:
        """The open cell around the caret behind all that was said; None to leave it alone."""
        line = before.rpartition("\n")[2]
        if left_alone(before + after, line + after.partition("\n")[0]):
            return None
        context = self._context()
        return Snapshot(context + before, after, "python", self.name, len(context), _here())

    def _context(self) -> str:
        inputs, most = self._inputs(), self.options.context_characters
        key = (len(inputs), most)
        if self._earlier[0] != key:
            self._earlier = (key, earlier(inputs, most))
        return self._earlier[1]

    def forget(self) -> None:
        """Inputs were deleted: what was put together from them is not used again."""
        self._earlier = ((0, 0), "")

    def judge(self, snapshot: Snapshot, suggestion: Suggestion) -> Suggestion | None:
        """The suggestion, or another one or none if the session's names contradict it.

        Never fails: what cannot be judged is shown.
        """
        if not self.options.check_names:
            return suggestion
        from . import names  # on the worker's thread, so that no prompt waits for it

        try:
            text = names.judged(
                snapshot.before[snapshot.start :],
                suggestion.text,
                self._namespace(),
                snapshot.before[: snapshot.start],
            )
        except Exception as error:
            log.debug("names could not be checked", exc_info=error)
            return suggestion
        if text is None or text == suggestion.text:
            return suggestion if text else None
        return replace(suggestion, text=text)
