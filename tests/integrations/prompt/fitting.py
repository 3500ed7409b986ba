"""Fits the gate of prompts: what it weighs a proposal's features with.

    python -m tests.integrations.prompt.fitting FOLDER [--keys 4000]

FOLDER holds unpacked packages (``pip install --target FOLDER --no-deps narwhals pyjanitor networkx
more-itertools toolz boltons sortedcontainers mpmath xarray``), none of which the packaged model was
trained on. The examples in their docstrings are typed key by key and run, as in ``replay.py``; what
the model and the session propose after each key is weighed against what was typed next. The result
is written to ``integrations/prompt/weights.py``. The sessions that ``replay.py`` measures are not
among them.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import doctest
import io
import random
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.live_sessions import ends_there, keys_of
from codecomplete import engine
from codecomplete.integrations.prompt import gate
from codecomplete.integrations.prompt.choosing import Question, proposals
from codecomplete.integrations.prompt.conversation import (
    ASKED,
    LEAST_TEXT,
    Conversation,
    ReplOptions,
)
from codecomplete.integrations.prompt.said import Said

WEIGHTS = Path(gate.__file__).with_name("weights.py")
FEWEST_EXAMPLES, MOST_EXAMPLES, LONGEST_EXAMPLE = 3, 40, 400
MOST_PROPOSALS = 8  # of one key, the likeliest
MOST_SECONDS = 5  # that an example may run
ROUNDS, PENALTY = 30, 1.0


@dataclass(frozen=True)
class Row:
    """A proposal, and whether what it begins with came next."""

    features: dict[str, float]
    is_right: bool


def examples_of(folder: Path) -> list[list[str]]:
    """The examples of each docstring below a folder."""
    found, parser = [], doctest.DocTestParser()
    for path in sorted(folder.rglob("*.py")):
        if "test" in path.relative_to(folder).as_posix():
            continue
        with contextlib.suppress(SyntaxError, ValueError):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                    examples = parser.get_examples(ast.get_docstring(node) or "")
                    if len(examples) >= FEWEST_EXAMPLES:
                        found.append([example.source.rstrip("\n") for example in examples])
    return found


def rows_of(sessions: Sequence[list[str]], model: Any, most_keys: int) -> Iterator[Row]:
    """What is proposed after each key of the sessions, in a random but fixed order."""
    keys = 0
    for sources in random.Random(1).sample(list(sessions), len(sessions)):
        names, said = ModuleType("__main__").__dict__, []
        conversation = Conversation(
            ReplOptions(), lambda said=said: said, lambda names=names: names
        )
        session = model.session("python")
        session.least_text = LEAST_TEXT
        for source in sources[:MOST_EXAMPLES]:
            if keys > most_keys:
                return
            if len(source) < LONGEST_EXAMPLE:
                keys += len(keys_of(source))
                yield from _typed(source, conversation, session, names)
            said.append(_run(source, names))


def _typed(source: str, conversation: Conversation, session: Any, names: Any) -> Iterator[Row]:
    for place in keys_of(source):
        before = source[:place]
        snapshot = conversation.snapshot(before, "") if before.strip() else None
        if snapshot is None:
            continue
        session.sync(snapshot.before)
        found = session.suggest(deadline_ms=None, threshold=ASKED)
        asked = Question(before, snapshot.before[: snapshot.start], names)
        for one in proposals(asked, found, _ranking(session))[:MOST_PROPOSALS]:
            yield Row(gate.features(one), ends_there(one.first, source[place:]))


def _ranking(session: Any) -> Any:
    return lambda candidates, typed: session.rank(candidates, None, typed=typed)


def _run(source: str, names: dict[str, Any]) -> Said:
    failure: BaseException | None = None
    output = io.StringIO()
    signal.alarm(MOST_SECONDS)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            exec(compile(source + "\n", "<example>", "single"), names)
    except BaseException as error:
        failure = error
    finally:
        signal.alarm(0)
    return Said.with_error(source, failure)


def fitted(rows: Sequence[Row]) -> dict[str, float]:
    """Weights that make what is right likeliest, by Newton's method, large ones being penalised."""
    names = sorted({name for row in rows for name in row.features})
    x = np.array([[row.features.get(name, 0.0) for name in names] for row in rows])
    y = np.array([row.is_right for row in rows], float)
    weights = np.zeros(len(names))
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (likely - y) + PENALTY * weights
        bend = (x * (likely * (1 - likely))[:, None]).T @ x + PENALTY * np.eye(len(names))
        weights -= np.linalg.solve(bend, slope)
    return dict(zip(names, weights.tolist(), strict=True))


def written(weights: dict[str, float]) -> str:
    lines = "".join(f'    "{name}": {value:.3f},\n' for name, value in sorted(weights.items()))
    return (
        '"""The weights of the gate of prompts; written by ``fitting.py`` beside its tests."""\n\n'
        f"WEIGHTS = {{\n{lines}}}\n"
    )


def _late(*_: Any) -> None:
    raise TimeoutError


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="unpacked packages")
    parser.add_argument("--keys", type=int, default=4000, help="keys to type of each package")
    given = parser.parse_args(arguments)
    sys.path.append(str(given.folder))
    signal.signal(signal.SIGALRM, _late)
    warnings.simplefilter("ignore")
    model, rows = engine.load(), []
    for package in sorted(path for path in given.folder.iterdir() if path.is_dir()):
        before = len(rows)
        rows += rows_of(examples_of(package), model, given.keys)
        print(f"{package.name}: {len(rows) - before} proposals", flush=True)
    WEIGHTS.write_text(written(fitted(rows)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
