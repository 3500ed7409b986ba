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
from codecomplete.engine.tokenizer import BOS, EOS, language_tag

from .documents import Document
from .shards import INDEX, TokenPart

CHUNK = 256  # documents: bounds what is held in memory at once

T = TypeVar("T")


def load_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer that takes text which spells a special token for ordinary characters."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode(documents: Iterable[Document], tokenizer: Tokenizer) -> TokenPart:
    """Documents back to back, each framed; the package of an index row is left at 0."""
    ids: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
    rows = []
    start = 0
    for chunk in chunks(documents):
        texts = [document.text for document in chunk]
        encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        for document, encoding in zip(chunk, encoded, strict=True):
            framed = _frame(tokenizer, document.language, encoding.ids)
            size = len(document.text.encode("utf-8"))
            rows.append((start, len(framed), LANGUAGES.index(document.language), 0, size))
            ids.append(np.array(framed, dtype=np.uint16))
            start += len(framed)
    return TokenPart(np.concatenate(ids), np.array(rows, dtype=INDEX))


def _frame(tokenizer: Tokenizer, language: str, tokens: list[int]) -> list[int]:
    """``<bos> <language> ... <eos>``; a vocabulary without language tags leaves the tag out."""
    marks = [tokenizer.token_to_id(mark) for mark in (BOS, language_tag(language), EOS)]
    return [id_ for id_ in (*marks[:2], *tokens, marks[2]) if id_ is not None]


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
