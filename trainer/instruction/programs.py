"""The quality of a model's answers: how it predicts the true ones, and whether its own compile.

Answers are greedy, from the engine's own arithmetic on an exported model. That an answer compiles
proves little: the emptiest one always does, so it is in every table, together with the share of
answers that do something, and their similarity to the true ones.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from codecomplete.engine import Model
from codecomplete.engine.tokenizer import EOS

from ..evaluation.lines import edit_similarity
from ..evaluation.scores import rolled_logits, token_bits
from .forms import INLINE, Example, Form, Pair

MOST_ANSWERED = 96  # ids
LONGEST_COMPARED = 400  # characters of two answers whose similarity is measured
Answer = Callable[[Pair], str]
Floats = np.ndarray


def compiles(program: str) -> bool:
    """Whether Python's own compiler accepts a whole program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about invalid escapes: they do compile
        try:
            compile(program, "answer", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def does_something(code: str) -> bool:
    """Whether there is a statement beyond ``pass``, ``...`` and a bare ``return``."""
    lines = [line.strip() for line in code.split("\n")]
    return any(line and not line.startswith("#") and line not in IDLE for line in lines)


IDLE = frozenset({"pass", "...", "return", "return None"})


def trivial(pair: Pair) -> str:
    """The emptiest answer that a request can have."""
    first = next((line for line in pair.completion.split("\n") if line.strip()), "")
    return f"{first[: len(first) - len(first.lstrip())]}pass\n"


def answered(model: Model, form: Form, pair: Pair) -> str:
    """The model's own answer, of at most MOST_ANSWERED ids."""
    room = model.config.window
    most = min(MOST_ANSWERED, room // 2)
    whole, held = form.prompt(pair)
    ids = whole[-(room - most) :]
    buffers, end = model.runtime.new_buffers(), model.tokenizer.special(EOS)
    logits, found = buffers.step(ids, 0, 0), list[int]()
    while len(found) < most:
        known = logits[: model.tokenizer.size]
        chosen = int(known.argmax()) if found or not held else _beginning(model, known, held)
        if chosen == end:
            break
        found.append(chosen)
        if form.name == INLINE and _is_over(_text(model, found, held), pair):
            break
        place = len(ids) + len(found) - 1
        logits = buffers.step([chosen], place, place)
    text = _text(model, found, held)
    return inside(text, pair) if form.name == INLINE else text


def _beginning(model: Model, logits: Floats, held: str) -> int:
    """The likeliest token that begins with the held text."""
    wanted = held.encode()
    begins = np.array([text.startswith(wanted) for text in model.tokenizer.token_bytes])
    return int(np.where(begins, logits, -np.inf).argmax()) if begins.any() else int(logits.argmax())


def _text(model: Model, ids: list[int], held: str) -> str:
    return model.tokenizer.decode(ids).removeprefix(held)


def inside(text: str, pair: Pair) -> str:
    """The part of a continuation that belongs to the answer: up to a less indented line."""
    depth = _depth(pair.completion)
    kept: list[str] = []
    for line in text.split("\n"):
        if line.strip() and _depth(line) < depth:
            break
        kept.append(line)
    return "\n".join(kept).rstrip() + "\n"


def _is_over(text: str, pair: Pair) -> bool:
    """Whether a continuation has reached a line outside the answer."""
    depth = _depth(pair.completion)
    *_, last = text.split("\n")
    return "\n" in text and bool(last.strip()) and _depth(last) < depth


def _depth(text: str) -> int:
    line = next((line for line in text.split("\n") if line.strip()), "")
    return len(line) - len(line.lstrip())


@dataclass(frozen=True)
class Worth:
    """One row of the table; perplexity and bits are those of the true answers."""

    perplexity: float | None
    bits_per_byte: float | None
    passes: float
    does_something: float
    similarity: float

    def to_dict(self) -> dict[str, float | None]:
        return {
            "perplexity": self.perplexity,
            "bits per byte": self.bits_per_byte,
            "syntax pass rate": self.passes,
            "answers that do something": self.does_something,
            "edit similarity": self.similarity,
        }


def worth(
    answer: Answer, form: Form, pairs: Sequence[Pair], expected: tuple[float, float] | None = None
) -> Worth:
    """The quality of answers to pairs; ``expected``: perplexity and bits per byte, if any."""
    given = [answer(pair) for pair in pairs]
    programs = [form.program(pair, text) for pair, text in zip(pairs, given, strict=True)]
    wanted = [p.completion if form.name == INLINE else p.output for p in pairs]
    like = [
        edit_similarity(a.strip()[:LONGEST_COMPARED], b.strip()[:LONGEST_COMPARED])
        for a, b in zip(given, wanted, strict=True)
    ]
    return Worth(
        round(expected[0], 4) if expected else None,
        round(expected[1], 4) if expected else None,
        _share([compiles(program) for program in programs]),
        _share([does_something(text) for text in given]),
        _share(like),
    )


def _share(values: Sequence[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def expectation(model: Model, examples: Sequence[Example]) -> tuple[float, float]:
    """Perplexity and bits per byte of the true answers, each example read cold."""
    bits, tokens, size = 0.0, 0, 0
    texts = model.tokenizer.token_bytes
    for example in examples:
        scored = example.ids[1:]
        found = rolled_logits(model, example.ids[:1], scored)
        costs = [token_bits(logits, wanted) for logits, wanted in found]
        bits += float(np.concatenate(costs)[example.given - 1 :].sum())
        tokens += len(example.response)
        size += sum(len(texts[id_]) for id_ in example.response)
    return 2.0 ** (bits / max(1, tokens)), bits / max(1, size)
