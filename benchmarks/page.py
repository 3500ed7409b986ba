"""The cost of a key in Chromium and in the Python engine, in one run.

    python -m benchmarks.page [--model DIRECTORY] [--rounds N]

The same keys are typed in both, in turns, without a deadline. Measures the processor time of the
thread that does the work and, for every key, takes the least of all rounds: so a busy machine gives
nearly the same figures as an idle one. Prints the table of docs/web.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from codecomplete import engine
from tests.integrations.web import browser

from .figures import at

FILE = browser.ROOT / "examples" / "ledger.py"
FROM, TO = 900, 1100


def terminal(model: engine.Model, text: str) -> list[tuple[float, int]]:
    """Milliseconds and steps of every key, as in hosts: sync, suggest, then index."""
    session = model.session("python")
    found = []
    for place in range(FROM, TO):
        rest = text[place:].partition("\n")
        before, after = text[:place], rest[1] + rest[2]
        steps, begin = session.steps, time.thread_time()
        session.sync(before, after)
        session.suggest(32, None)
        found.append((1000 * (time.thread_time() - begin), session.steps - steps))
        session.learn()
    return found


def chromium(page: Path) -> dict:
    given = {"TYPED": str(FILE), "FROM": str(FROM), "TO": str(TO)}
    return browser.driven("cost", page, **given)


def least(rounds: list[list[float]]) -> list[float]:
    return sorted(min(times) for times in zip(*rounds, strict=True))


def row(name: str, rounds: list[list[float]], steps: list[int]) -> str:
    ordered = least(rounds)
    per_step = sum(ordered) / max(1, sum(steps))
    cells = (at(0.5, ordered), at(0.95, ordered), per_step)
    return f"| {name} | " + " | ".join(f"{cell:.2f}" for cell in cells) + f" | {sum(steps):,} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=browser.building.SMALL)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    text, model = FILE.read_text(encoding="utf-8"), engine.load(options.model)
    ours, theirs, seen = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        page = browser.built_page(Path(folder), [options.model]) / "codecomplete.html"
        for _ in range(options.rounds):
            ours.append(terminal(model, text))
            seen.append(chromium(page))
            theirs.append(seen[-1]["costs"])
    print(f"kernel path {model.runtime.kernel}; {TO - FROM} keys, least of {options.rounds} rounds")
    print("| | median ms | p95 ms | ms per step | steps |\n|---|---|---|---|---|")
    times = [[milliseconds for milliseconds, _ in one] for one in ours]
    print(row("terminal", times, [steps for _, steps in ours[0]]))
    steps = [context + suggestion for _, _, context, suggestion in theirs[0]]
    print(row("Chromium, in the worker", [[one[0] for one in costs] for costs in theirs], steps))
    facts = {key: min(one[key] for one in seen) for key in ("ready", "memory", "heap")}
    print(json.dumps(facts), seen[-1]["state"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
