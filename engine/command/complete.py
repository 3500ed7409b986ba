"""``python -m engine complete``: one suggestion at one place in a file."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from .. import Model, Suggestion, SyncReport, load
from ..errors import SourceFileError
from ..privacy.private import is_private
from .memory import resident_mb
from .source import Caret, open_at

CONTEXT_LINES = 8
GREY, PLAIN = "\x1b[90m", "\x1b[0m"

KEYS = {
    "text": "the suggestion, or null if there is none",
    "confidence": "estimated probability that its first word is right, or null",
    "ms": "time from the text to the suggestion, without loading",
    "kept": "tokens that were in the window before and after",
    "dropped": "tokens that left the window",
    "stepped": "tokens of context run through the model",
    "held": "text before the caret that typing may still change, and which is not in the model yet",
    "rss_mb": "resident memory of this process, in 10^6 bytes",
    "model": "name of the model",
}
"""The keys of the object that ``--json`` prints."""


def complete(
    place: str, model_path: str | None, as_json: bool, threshold: float, typing: bool
) -> int:
    """Print a suggestion for ``FILE[:LINE[:COLUMN]]``; returns the exit status.

    ``typing``: as if the rest of the line had not been written yet.
    """
    caret = open_at(place)
    if is_private(str(caret.path.absolute())):
        raise SourceFileError(
            f"{caret.path}: the name suggests that it holds secrets; nothing is suggested in it"
        )
    caret = caret.while_typing() if typing else caret
    suggestion, facts = complete_at(load(model_path), caret, threshold)
    if as_json:
        print(json.dumps(facts))
    else:
        print(picture(caret, suggestion, colour=sys.stdout.isatty()))
        print(summary(facts))
    return 0


def complete_at(
    model: Model, caret: Caret, threshold: float = 0.0
) -> tuple[Suggestion | None, dict[str, Any]]:
    """The suggestion at a caret, in a new session, and the facts about it (``KEYS``)."""
    session = model.session(caret.language)
    start = time.perf_counter()
    report = session.sync(caret.before, caret.after)
    session.learn()
    suggestion = session.suggest(deadline_ms=None, threshold=threshold)
    ms = 1000 * (time.perf_counter() - start)
    return suggestion, describe(suggestion, report, ms, model.name)


def describe(
    suggestion: Suggestion | None, report: SyncReport, ms: float, model: str
) -> dict[str, Any]:
    """The object that ``--json`` prints; its keys are those of ``KEYS``."""
    return {
        "text": suggestion.text if suggestion else None,
        "confidence": round(suggestion.confidence, 4) if suggestion else None,
        "ms": round(ms, 2),
        "kept": report.kept,
        "dropped": report.dropped,
        "stepped": report.stepped,
        "held": report.held,
        "rss_mb": round(resident_mb(), 1),
        "model": model,
    }


def picture(caret: Caret, suggestion: Suggestion | None, colour: bool) -> str:
    """The lines above the caret with the suggestion in place, grey or between ⟦ and ⟧."""
    first = max(0, caret.before.count("\n") - CONTEXT_LINES)
    above = caret.before.split("\n")[first:]
    ghost = suggestion.text if suggestion else ""
    opened, closed = (GREY, PLAIN) if colour else ("⟦", "⟧")
    lines = ghost.split("\n")
    marked = [f"{opened}{line}{closed}" for line in lines] if ghost else [""]
    marked[-1] += caret.after.partition("\n")[0]
    shown = [*above[:-1], above[-1] + marked[0], *marked[1:]]
    return "\n".join(f"{first + 1 + i:>6} │ {line}" for i, line in enumerate(shown))


def summary(facts: dict[str, Any]) -> str:
    """One line: the result, its time, its work and the memory in use."""
    found = "no suggestion" if facts["text"] is None else f"confidence {facts['confidence']:.2f}"
    return (
        f"       {found} · {facts['ms']:.1f} ms · {facts['stepped']} tokens stepped, "
        f"{facts['kept']} kept, {facts['held']!r} held · {facts['rss_mb']:.0f} MB resident · "
        f"model {facts['model']}"
    )
