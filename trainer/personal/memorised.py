"""Finds long passages of the user's own text that a model has memorised.

A run is a passage of a learned file in which every token is the model's first choice: exactly what
it would write by itself after the text before. Only runs count that the initial model would not
write, and that contain enough words to be the user's own text. Secrets were removed before
training, and are removed here as well. Knows models and texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from codecomplete.engine import Model

from ..evaluation.scores import score
from .reading import OwnFile

FEWEST_TOKENS, FEWEST_WORDS = 24, 8


@dataclass(frozen=True)
class Run:
    """A passage of a file that a model writes by itself."""

    file: str
    line: int
    tokens: int
    text: str


def runs(
    model: Model, before: Model, files: Iterable[OwnFile], fewest: int = FEWEST_TOKENS
) -> Iterator[Run]:
    """The runs of a model that are longer than those of the model ``before``, in file order."""
    for file in files:
        own, others = _right(model, file), _right(before, file)
        ids = model.tokenizer.encode(file.text)
        for begin, end in _stretches(own):
            if end - begin >= fewest and not others[begin:end].all():
                text = model.tokenizer.decode(ids[begin:end])
                if _words(model, ids[begin:end]) >= FEWEST_WORDS:
                    line = 1 + model.tokenizer.decode(ids[:begin]).count("\n")
                    yield Run(f"{file.project}/{file.path}", line, end - begin, text)


def _right(model: Model, file: OwnFile) -> np.ndarray:
    """For each token, whether it is the model's first choice."""
    return score(model, file.text, file.language).ranks == 1


def _stretches(right: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], right.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _words(model: Model, ids: list[int]) -> int:
    texts = (model.tokenizer.token_bytes[id_].strip() for id_ in ids)
    return sum(text[:1].isalpha() for text in texts)


def shown(run: Run) -> str:
    """A run for a terminal, without control characters that could have effects there."""
    safe = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}"
                   for c in run.text)  # fmt: skip
    body = "\n".join(f"    {line}" for line in safe.strip("\n").split("\n"))
    return f"{run.file}:{run.line}  {run.tokens} tokens\n{body}"
