"""Objectives other than predicting every next token, from the same text.

    lines         the rest of each line from a random caret on; the text before is only read
    identifiers   names and types; everything else is only read
    docstrings    a function first, then the comment that describes it
    calls         imports first, then the calls into them, in their order
    repair        a few lines with a fault first, then the same without it

Ids that are only read are given as their complement (``compute.row_loss``). Each objective turns
some ids of one document into others that fit a row; if it finds nothing to do, the row stays as it
is. Knows a vocabulary and ids, not where rows come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from codecomplete.engine.tokenizer import EOS, FILE_SEPARATOR, Tokenizer

LINES, IDENTIFIERS, DOCSTRINGS = "lines", "identifiers", "docstrings"
CALLS, REPAIR = "calls", "repair"
REPAIRED_LINES = 3
Ids = np.ndarray
Parts = tuple[str, str]  # text to read, text to predict

_DOCUMENTED = re.compile(
    r'^(?P<head>[ \t]*def [^\n]*:\n)(?P<what>[ \t]*(?:"""(?:(?!""").)+""")\n)'
    r"(?P<body>(?:[ \t]+\S[^\n]*\n|\n)+)"
    r"|^(?P<comment>[ \t]*/\*\*(?:(?!\*/).)+\*/\n)(?P<code>(?:[^\n]*\S[^\n]*\n){2,20})",
    re.M | re.S,
)
_IMPORT = re.compile(
    r"^(?:import [\w., ]+|from [\w.]+ import [\w, ()]+|import [\w.]+;)[ \t]*$", re.M
)
_IMPORTED = re.compile(r"\w+")
_CALL = re.compile(r"\b(\w+)((?:\.\w+)+)\(")
_PIECE = re.compile(r"\w+|[^\w\s]")


class Objective:
    """One of ``recipe.OBJECTIVES``, in one vocabulary."""

    def __init__(self, name: str, vocabulary: Tokenizer) -> None:
        self.name, self._vocabulary = name, vocabulary
        texts = vocabulary.token_bytes
        self._special = np.array(sorted(vocabulary.special_ids))
        self._ends_line = np.array([b"\n" in text for text in texts])
        stripped = [text.strip() for text in texts]
        self._is_word = np.array([t[:1].isalpha() or t[:1] == b"_" for t in stripped])
        self._separator = vocabulary.special(FILE_SEPARATOR)
        self._end = vocabulary.special(EOS)

    def row(self, row: Ids, random: np.random.Generator) -> Ids:
        """A row of as many ids, int64, some of them as their complement."""
        whole = row.astype(np.int64)
        if self.name == LINES:
            return self._only(whole, self._after_carets(whole, random))
        if self.name == IDENTIFIERS:
            return self._only(whole, self._is_word[whole])
        made = np.array(list(self._examples(whole, random)), dtype=np.int64)[: len(whole)]
        return np.concatenate([made, whole[len(made) :]])

    def _only(self, ids: Ids, wanted: Ids) -> Ids:
        """The ids with everything but the wanted complemented; special tokens are only read."""
        wanted = wanted & ~np.isin(ids, self._special)
        return np.where(wanted, ids, ~ids) if wanted[1:].any() else ids

    def _after_carets(self, ids: Ids, random: np.random.Generator) -> Ids:
        """Which ids follow a random caret in each line."""
        line_of = np.concatenate([[0], np.cumsum(self._ends_line[ids])[:-1]])
        lengths = np.bincount(line_of)
        carets = (random.random(len(lengths)) * lengths).astype(np.int64)
        within = np.arange(len(ids)) - np.concatenate([[0], np.cumsum(lengths)[:-1]])[line_of]
        after: Ids = within >= carets[line_of]
        return after

    def _examples(self, ids: Ids, random: np.random.Generator) -> Iterator[int]:
        """The ids of examples, one after another; empty if the text gives none."""
        marks = [int(id_) for id_ in ids[:2] if id_ in self._special]
        text = self._vocabulary.decode(ids.tolist())
        for read, target in MAKERS[self.name](text, random):
            before, after = self._vocabulary.encode_all([read, target])
            separator = [] if self._separator is None else [self._separator]
            end = [] if self._end is None else [self._end]
            yield from (~id_ for id_ in [*marks, *before, *separator])
            yield from [*after, *end]


def documented(text: str, random: np.random.Generator) -> Iterator[Parts]:
    for match in _DOCUMENTED.finditer(text):
        if match["head"]:
            yield match["head"] + match["body"], match["what"]
        else:
            yield match["code"], match["comment"]


def calls(text: str, random: np.random.Generator) -> Iterator[Parts]:
    imports = [match.group() for match in _IMPORT.finditer(text)]
    names = {name for line in imports for name in _IMPORTED.findall(line)}
    found = [m[1] + m[2] for m in _CALL.finditer(text) if m[1] in names]
    if imports and found:
        yield "\n".join(imports) + "\n", "\n".join(dict.fromkeys(found)) + "\n"


def repaired(text: str, random: np.random.Generator) -> Iterator[Parts]:
    lines = text.split("\n")[1:-1]  # the first and last are cut
    for start in range(0, len(lines) - REPAIRED_LINES + 1, REPAIRED_LINES):
        right = "\n".join(lines[start : start + REPAIRED_LINES]) + "\n"
        wrong = _broken(right, random)
        if wrong is not None:
            yield wrong, right


def _broken(text: str, random: np.random.Generator) -> str | None:
    """A text with one piece left out, doubled, or put in place of another."""
    pieces = list(_PIECE.finditer(text))
    if len(pieces) < 4:
        return None
    one, other = (pieces[at] for at in random.choice(len(pieces), 2, replace=False))
    instead = ("", 2 * one.group(), other.group())[int(random.integers(3))]
    changed = text[: one.start()] + instead + text[one.end() :]
    return changed if changed != text else None


MAKERS: dict[str, Callable[[str, np.random.Generator], Iterator[Parts]]] = {
    DOCSTRINGS: documented,
    CALLS: calls,
    REPAIR: repaired,
}
