"""Documents to ids and back: how a document is framed, and how its text is had again.

Knows documents and vocabularies; not packages, stages or folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.tokenizer import BOS, EOS, SPELLINGS, language_tag

from .documents import Document
from .errors import ProfileError
from .shards import INDEX, TokenPart

CHUNK = 256  # documents: bounds what is held in memory at once

T = TypeVar("T")


def load_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer that takes text which spells a special token for ordinary characters."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def check_roles(path: Path) -> None:
    """ProfileError unless documents can be told apart in the vocabulary of a tokenizer file."""
    try:
        tokenizer = load_tokenizer(path)
    except Exception as error:  # the library raises bare exceptions
        raise ProfileError(f"{path}: not a tokenizer that can be loaded: {error}") from error
    for role, purpose in ((BOS, "begins"), (EOS, "ends")):
        if _role(tokenizer, role) is None:
            raise ProfileError(
                f"{path}: no special token {purpose} a document (expected one of "
                f"{', '.join(SPELLINGS[role])}; found {_added(tokenizer)}), so documents would be "
                "glued together; add one to the vocabulary, or choose another"
            )


def _added(tokenizer: Tokenizer) -> str:
    names = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") if names else "none"


def _role(tokenizer: Tokenizer, role: str) -> int | None:
    added = {token.content: id_ for id_, token in tokenizer.get_added_tokens_decoder().items()}
    ids = (added.get(spelling) for spelling in SPELLINGS.get(role, (role,)))
    return next((id_ for id_ in ids if id_ is not None), None)


def encode(documents: Iterable[Document], tokenizer: Tokenizer) -> TokenPart:
    """Documents back to back, each framed; the package of an index row is left at 0."""
    ids: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
    rows = []
    start = 0
    marks = {name: _marks(tokenizer, name) for name in LANGUAGES}
    for chunk in chunks(documents):
        texts = [document.text for document in chunk]
        encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        for document, encoding in zip(chunk, encoded, strict=True):
            before, after = marks[document.language]
            framed = [*before, *encoding.ids, *after]
            size = len(document.text.encode("utf-8"))
            rows.append((start, len(framed), LANGUAGES.index(document.language), 0, size))
            ids.append(np.array(framed, dtype=np.uint16))
            start += len(framed)
    return TokenPart(np.concatenate(ids), np.array(rows, dtype=INDEX))


def _marks(tokenizer: Tokenizer, language: str) -> tuple[list[int], list[int]]:
    """The ids around a document: ``<bos> <language>`` and ``<eos>``, or what stands for them.

    A vocabulary without language tags leaves the tag out.
    """
    begin, tag, end = (_role(tokenizer, mark) for mark in (BOS, language_tag(language), EOS))
    before = [id_ for id_ in (begin, tag) if id_ is not None]
    return before, [] if end is None else [end]


def texts(part: TokenPart, tokenizer: Tokenizer) -> Iterator[str]:
    """The text of every document of a part: special tokens stand for no text."""
    for rows in chunks(part.index):
        ids = [part.ids[row["start"] : row["start"] + row["length"]].tolist() for row in rows]
        yield from tokenizer.decode_batch(ids, skip_special_tokens=True)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in turn, so many at a time."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
