"""Writes the table of costs into docs/embedding.md, measured with the packaged model.

python -m benchmarks.embedding    (on a quiet machine; takes some seconds)
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import codecomplete
from codecomplete import resident_mb

from .figures import milliseconds, p95

if TYPE_CHECKING:  # imported late, the runtime counts as part of loading
    from codecomplete import Model, Session

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "embedding.md"
SOURCE = ROOT / "integrations" / "shared" / "suggester.py"
BEGIN, END = "<!-- costs: written by python -m benchmarks.embedding -->\n", "<!-- end -->"
SESSIONS = 20
KEYS, ASKED_EVERY = 300, 10


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(head + BEGIN + table(rows()) + END + rest.partition(END)[2], encoding="utf-8")


def table(cells: dict[str, str]) -> str:
    lines = "".join(f"| {call} | {cost} |\n" for call, cost in cells.items())
    return f"| call | costs |\n|---|---|\n{lines}"


def rows() -> dict[str, str]:
    """The cost of each call, by call."""
    text = SOURCE.read_text(encoding="utf-8")
    before_load = resident_mb()
    start = time.perf_counter()
    model = codecomplete.load()
    load, one_model = 1000 * (time.perf_counter() - start), resident_mb()
    session = model.session("python")
    jump = milliseconds(lambda: session.sync(text))
    learn = milliseconds(session.learn)
    learned = milliseconds(lambda: model.project().learn("suggester.py", text))
    syncs, suggests, alternatives = typed(model, text)
    each = memory_of_a_session(model, text)
    lines = text.count("\n")
    return {
        "`load()`": f"{load:.0f} ms and {one_model - before_load:.0f} MB, the libraries among them",
        "`model.session()`": f"{milliseconds(lambda: model.session('python')):.1f} ms",
        "`session.sync`, after a jump": f"{jump:.0f} ms",
        "`session.sync`, a key": f"{median(syncs):.2f} ms (95th percentile {p95(syncs):.1f})",
        "`session.suggest`, a key": f"{median(suggests):.2f} ms (95th percentile "
        f"{p95(suggests):.1f})",
        "`session.alternatives(3)`": f"{median(alternatives):.0f} ms",
        f"`session.learn`, a file of {lines} lines": f"{learn:.0f} ms, once",
        f"`project.learn`, a file of {lines} lines": f"{learned:.0f} ms, once",
        f"a session of a file of {lines} lines, learned": f"{each:.1f} MB",
    }


def typed(model: Model, text: str) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of ``sync`` and ``suggest`` for each of some keys in the middle of a text, and
    of ``alternatives`` for some of them."""
    session, start = model.session("python"), len(text) // 2
    session.sync(text[:start])
    syncs, suggests, alternatives = [], [], []
    for end in range(start, start + KEYS):
        syncs.append(milliseconds(lambda end=end: session.sync(text[:end])))
        suggests.append(milliseconds(session.suggest))
        if end % ASKED_EVERY == 0:
            alternatives.append(milliseconds(lambda: session.alternatives(deadline_ms=None)))
    return syncs, suggests, alternatives


def memory_of_a_session(model: Model, text: str) -> float:
    """The megabytes of another session, once it was used."""
    before = resident_mb()
    kept = [_used(model, text) for _ in range(SESSIONS)]
    return (resident_mb() - before) / len(kept)


def _used(model: Model, text: str) -> Session:
    session = model.session("python")
    session.sync(text)
    session.suggest()
    session.learn()
    return session


if __name__ == "__main__":
    main()
