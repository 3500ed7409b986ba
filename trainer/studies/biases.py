"""python -m codecomplete.trainer.studies.biases: does an output bias that learns while one types
save keys?

One vector per open file is added to the logits. Each token read moves it by ``rate`` times the
gradient that makes that token likelier: its one-hot vector minus the probabilities (dynamic
evaluation of the output bias alone). The same stretches are typed without the bias, with it, and
without it at another threshold: a surer model shows more suggestions, and more wrong ones, which a
threshold achieves as well. Intervals are 95 %, from a bootstrap over files.

The engine has no such bias; ``docs/suggestions.md`` says why.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from codecomplete import engine
from codecomplete.engine import Model, Session, Suggestion
from codecomplete.engine.decoding.decoder import softmax
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED
from codecomplete.engine.state.stream import Stream

from ..evaluation.files import SourceText, held_out_files
from ..evaluation.replay import Stretch, Tally, choose_stretches, replay
from ..evaluation.report import beside, markdown
from ..evaluation.scores import prompt, rolled_logits
from ..evaluation.sources import Beside, EngineSource
from .common import begin, finish, parser_of

RESAMPLED = 4_000
MOST_BYTES = 4_000_000
"""Bytes of each language from which the files are chosen."""

Tallies = dict[Path, list[Tally]]
"""The results in each file, by variant."""


@dataclass(frozen=True)
class Variant:
    """How the bias learns; at a ``rate`` of 0, not at all.

    ``reach``: how many tokens before the place where typing begins move it; None: all.
    """

    name: str
    rate: float = 0.0
    reach: int | None = None
    raised: float = 0.0  # how far the threshold is above the model's own


def variants(rates: Sequence[float], raised: float) -> list[Variant]:
    """All variants; the first is the engine as it is."""
    learning = [
        Variant(f"{what}, rate {rate:g}", rate, reach)
        for what, reach in (("the file", None), ("a window", 512), ("what is typed", 0))
        for rate in rates
    ]
    return [Variant("none"), Variant(f"none, threshold {raised:+g}", raised=raised), *learning]


def moved(bias: np.ndarray, logits: np.ndarray, target: int, rate: float) -> np.ndarray:
    """The bias (vocabulary,) after another token: a step up the gradient of its log probability.

    ``logits`` (vocabulary,) are the model's own, before the token ``target``.
    """
    new: np.ndarray = bias - np.float32(rate) * softmax(logits + bias)
    new[target] += rate
    return new


class Reader:
    """The bias of one file, which each token moves once typing has passed it."""

    def __init__(self, model: Model, file: SourceText, variant: Variant) -> None:
        tokens = model.tokenizer.tokens(file.text)
        self._ends = [token.end for token in tokens]
        self._rows = _rows(model, file.language, [token.id for token in tokens])
        self._variant = variant
        self._read = 0
        self._first: int | None = None  # the first token that moves the bias
        self.bias = np.zeros(model.config.vocabulary_size, np.float32)

    def upto(self, settled: int) -> np.ndarray:
        """The bias after the tokens in the first ``settled`` characters, which never decrease."""
        count = bisect_right(self._ends, settled)
        if self._first is None:
            reach = self._variant.reach
            self._first = 0 if reach is None else max(0, count - reach)
        for _ in range(count - self._read):
            logits, target = next(self._rows)
            if self._read >= self._first:
                self.bias = moved(self.bias, logits, target, self._variant.rate)
            self._read += 1
        return self.bias


def _rows(model: Model, language: str, ids: list[int]) -> Iterator[tuple[np.ndarray, int]]:
    for logits, targets in rolled_logits(model, prompt(model, language), ids):
        yield from zip(logits.astype(np.float32), targets, strict=True)


class BiasedStream(Stream):
    """A stream that adds a bias to the logits that it returns."""

    bias: np.ndarray | float = 0.0

    def logits(self, length: int) -> np.ndarray:
        biased: np.ndarray = super().logits(length) + self.bias
        return biased


class BiasedSource(EngineSource):
    """The engine with a bias."""

    def __init__(self, model: Model, variant: Variant, beside: Beside | None = None) -> None:
        least = model.tuning.threshold + variant.raised
        super().__init__(model, least, variant.name, beside)
        self._variant = variant

    def open(self, file: SourceText) -> None:
        super().open(file)
        self._stream = _opened(self._session)._buffer.stream = BiasedStream(self._model.runtime)
        self._reader = Reader(self._model, file, self._variant)

    def suggest(self, before: str, after: str) -> Suggestion | None:
        if self._variant.rate:
            held = _opened(self._session).sync(before, after).held
            self._stream.bias = self._reader.upto(len(before) - len(held))
        return super().suggest(before, after)


def _opened(session: Session | None) -> Session:
    assert session is not None
    return session


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--model", type=Path, default=PACKAGED / DEFAULT)
    parser.add_argument("--languages", default="", help="such as python,c; default: all there are")
    parser.add_argument("--typed", type=int, default=20_000, help="characters of each language")
    parser.add_argument("--stretch", type=int, default=500)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.1, 0.3, 1.0])
    parser.add_argument("--raised", type=float, default=0.05, help="the higher threshold, less own")
    parser.add_argument("--project", action="store_true", help="with the package's other files")
    options = parser.parse_args(arguments)
    begin(options)
    model, tried = engine.load(options.model), variants(options.rates, options.raised)
    rows = {
        f"{language}, {name}": row
        for language, tallies in measured(model, tried, options).items()
        for name, row in compared(tallies, tried).items()
    }
    finish("biases", rows, markdown(rows), options)


def measured(
    model: Model, tried: Sequence[Variant], options: argparse.Namespace
) -> dict[str, Tallies]:
    """Measure every variant on the same stretches of each language, and of all together."""
    files = options.data / "files" / "validation"
    languages = [name for name in options.languages.split(",") if name]
    found: dict[str, Tallies] = {"all": {}}
    for language, texts in held_out_files(files, MOST_BYTES, languages).items():
        stretches = choose_stretches(texts, options.typed, options.stretch, seed=1)
        own, near = model.for_language(language), partial(beside, files)
        sources = [BiasedSource(own, v, near if options.project else None) for v in tried]
        found[language] = typed(sources, stretches)
        found["all"] |= found[language]
    return found


def typed(sources: Sequence[EngineSource], stretches: Sequence[Stretch]) -> Tallies:
    """The results of each file's stretches with each source."""
    by_file: dict[Path, list[Stretch]] = {}
    for stretch in stretches:
        by_file.setdefault(stretch.file.path, []).append(stretch)
    return {path: [replay(source, some) for source in sources] for path, some in by_file.items()}


def compared(tallies: Tallies, tried: Sequence[Variant]) -> dict[str, dict[str, float | str]]:
    """Each variant compared with the first: keys saved, wrong suggestions per 100 characters."""
    saved = np.array([[t.characters - t.keys for t in file] for file in tallies.values()])
    wrong = np.array([[t.shown - t.accepted for t in file] for file in tallies.values()])
    size = np.array([file[0].characters for file in tallies.values()])
    return {
        variant.name: {
            "keys saved, %": round(100 * saved[:, at].sum() / size.sum(), 2),
            "more": spread(saved[:, at] - saved[:, 0], size),
            "wrong per 100": round(100 * wrong[:, at].sum() / size.sum(), 2),
            "more wrong": spread(wrong[:, at] - wrong[:, 0], size),
        }
        for at, variant in enumerate(tried)
    }


def spread(difference: np.ndarray, size: np.ndarray) -> str:
    """A difference per 100 characters, with its interval: both arrays (files,)."""
    chosen = np.random.default_rng(1).integers(0, len(size), (RESAMPLED, len(size)))
    drawn = 100 * difference[chosen].sum(axis=1) / size[chosen].sum(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{100 * difference.sum() / size.sum():+.2f} ({low:+.2f} to {high:+.2f})"


if __name__ == "__main__":
    main()
