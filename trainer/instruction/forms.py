"""The forms in which a model gets a request and its answer.

*inline*: as in an editor, where the request is a comment or a docstring and the answer the text
below it. Nothing is added, so suggestions in every host benefit.

*marks*: two special tokens around the request, ``<repo_ctx> REQUEST <file_sep> ANSWER <eos>``.

*alpaca*: the template of Stanford's Alpaca, which system D uses; the answer ends with ``<eos>``.

Knows a vocabulary and pairs; not rows, models or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codecomplete.engine.languages import LINE_COMMENTS
from codecomplete.engine.tokenizer import (
    BOS,
    EOS,
    FILE_SEPARATOR,
    REPOSITORY_CONTEXT,
    Tokenizer,
    language_tag,
)

from ..errors import ConfigError

INLINE, MARKS, ALPACA = "inline", "marks", "alpaca"
FORMS = (INLINE, MARKS, ALPACA)
_INTRODUCTION = (
    "Below is an instruction that describes a task{}. Write a response that appropriately "
    "completes the request."
)
_WITH_INPUT = ", paired with an input that provides further context"


@dataclass(frozen=True)
class Pair:
    """A request and its answer; ``prompt`` and ``completion`` are its form in an editor."""

    instruction: str
    input: str
    output: str
    prompt: str
    completion: str
    language: str

    @classmethod
    def read(cls, row: Mapping[str, Any], language: str) -> Pair:
        """A pair from Alpaca's JSON, with or without the keys that ``python -m corpus pairs``
        adds."""
        instruction, given = str(row["instruction"]), str(row.get("input") or "")
        output, language = str(row["output"]), str(row.get("language") or language)
        prompt = row.get("prompt") or _as_comment(f"{instruction}\n{given}", language)
        completion = row.get("completion") or f"{output.rstrip()}\n"
        return cls(instruction, given, output, str(prompt), str(completion), language)


def _as_comment(text: str, language: str) -> str:
    mark = LINE_COMMENTS.get(language, "//")
    before = f"{mark} " if mark else ""
    return "".join(f"{before}{line}\n" for line in text.strip().split("\n") if line.strip())


@dataclass(frozen=True)
class Example:
    """A pair in ids: the first ``given`` ids are only read, the others are to be predicted."""

    ids: list[int]
    given: int

    @property
    def response(self) -> list[int]:
        return self.ids[self.given :]


@dataclass(frozen=True)
class Form:
    """One of FORMS in one vocabulary."""

    name: str
    vocabulary: Tokenizer

    def __post_init__(self) -> None:
        """Raise ConfigError if the vocabulary lacks a token that the form needs."""
        needed = {INLINE: (), MARKS: (REPOSITORY_CONTEXT, FILE_SEPARATOR, EOS), ALPACA: (EOS,)}
        missing = [mark for mark in needed[self.name] if self.vocabulary.special(mark) is None]
        if missing:
            raise ConfigError(
                f"--form {self.name}: the vocabulary lacks {', '.join(missing)}; choose another "
                f"of {', '.join(FORMS)}"
            )

    def prompt(self, pair: Pair) -> tuple[list[int], str]:
        """The ids after which a model answers, and the text with which its answer must begin.

        In an editor, the line break before the answer and the answer's indentation are one piece,
        so the model must predict a token that begins with that line break, as in the engine.
        """
        if self.name == INLINE:
            tokens, held = self.vocabulary.split_held(pair.prompt)
            return [*self._begin(pair), *(token.id for token in tokens)], held
        return [*self._begin(pair), *self._request(pair)], ""

    def example(self, pair: Pair) -> Example:
        """The pair in the form in which it is learned."""
        begin = self._begin(pair)
        if self.name == INLINE:
            inside, given = self._split(pair.prompt, pair.completion)
            return Example([*begin, *inside], len(begin) + given)
        request = [*begin, *self._request(pair)]
        end = [id_ for id_ in [self.vocabulary.special(EOS)] if id_ is not None]
        return Example([*request, *self.vocabulary.encode(pair.output), *end], len(request))

    def program(self, pair: Pair, answer: str) -> str:
        """The whole program of a request and an answer."""
        return pair.prompt + answer if self.name == INLINE else answer

    def _begin(self, pair: Pair) -> list[int]:
        names = (BOS, language_tag(pair.language))
        return [id_ for name in names if (id_ := self.vocabulary.special(name)) is not None]

    def _request(self, pair: Pair) -> list[int]:
        if self.name == ALPACA:
            return self.vocabulary.encode(alpaca(pair))
        first, last = (self.vocabulary.special(m) for m in (REPOSITORY_CONTEXT, FILE_SEPARATOR))
        text = f"{pair.instruction}\n{pair.input}".rstrip()
        return [id_ for id_ in (first, *self.vocabulary.encode(text), last) if id_ is not None]

    def _split(self, prompt: str, completion: str) -> tuple[list[int], int]:
        """Both sides as one text, cut into tokens as the engine cuts it; a token that reaches into
        the completion belongs to it."""
        tokens = self.vocabulary.tokens(prompt + completion)
        given = sum(token.end <= len(prompt) for token in tokens)
        return [token.id for token in tokens], given


def alpaca(pair: Pair) -> str:
    """Alpaca's template up to the beginning of the answer."""
    introduction = _INTRODUCTION.format(_WITH_INPUT if pair.input else "")
    given = f"### Input:\n{pair.input}\n\n" if pair.input else ""
    return f"{introduction}\n\n### Instruction:\n{pair.instruction}\n\n{given}### Response:\n"
