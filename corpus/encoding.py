"""Documents to ids and back: how a document is framed, and how its text is recovered.

Knows documents and vocabularies; not packages, stages or folders.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
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

CHUNK = 256  # documents in memory at once
CHARACTERS = 0x110000  # of Unicode

T = TypeVar("T")


def load_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer that treats the spelling of a special token in a text as ordinary characters."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def check_roles(path: Path) -> None:
    """Raise ProfileError unless a tokenizer file has special tokens to separate documents."""
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
    """Encode documents back to back, each framed; the package of each index row is left at 0."""
    ids: list[NDArray[np.uint16]] = [np.zeros(0, np.uint16)]
    rows = []
    start = 0
    marks = {name: _marks(tokenizer, name) for name in LANGUAGES}
    ids_of = _encoder(tokenizer)
    for chunk in chunks(documents):
        encoded = ids_of([document.text for document in chunk])
        for document, body in zip(chunk, encoded, strict=True):
            before, after = marks[document.language]
            framed = np.concatenate([before, body, after])
            size = len(document.text.encode("utf-8"))
            rows.append((start, len(framed), LANGUAGES.index(document.language), 0, size))
            ids.append(framed)
            start += len(framed)
    return TokenPart(np.concatenate(ids), np.array(rows, dtype=INDEX))


Encoder = Callable[[list[str]], list[NDArray[np.uint16]]]


def _encoder(tokenizer: Tokenizer) -> Encoder:
    """A function that turns texts into ids as the tokenizer does, without special tokens."""
    table = _table_of_characters(tokenizer)
    if table is not None:
        return lambda texts: [table[np.frombuffer(t.encode("utf-32-le"), np.uint32)] for t in texts]

    def encoded(texts: list[str]) -> list[NDArray[np.uint16]]:
        found = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [np.array(one.ids, dtype=np.uint16) for one in found]

    return encoded


def _table_of_characters(tokenizer: Tokenizer) -> NDArray[np.uint16] | None:
    """The id of every character, if each is a token of its own; None for other vocabularies.

    The tokenizer itself finds each character with a regular expression and creates an object for
    it: half a megabyte per second.
    """
    recipe = json.loads(tokenizer.to_str())
    unknown = tokenizer.token_to_id(recipe["model"].get("unk_token") or "")
    pattern = (recipe["pre_tokenizer"] or {}).get("pattern")
    if recipe["model"]["type"] != "WordLevel" or recipe["normalizer"] or unknown is None:
        return None
    if pattern != {"Regex": r"[\s\S]"}:
        return None
    table = np.full(CHARACTERS, unknown, dtype=np.uint16)
    for token, id_ in recipe["model"]["vocab"].items():
        if len(token) == 1:
            table[ord(token)] = id_
    return table


def _marks(tokenizer: Tokenizer, language: str) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The ids around a document: ``<bos> <language>`` and ``<eos>``, or their equivalents.

    With a vocabulary without language tags, there is no tag.
    """
    begin, tag, end = (_role(tokenizer, mark) for mark in (BOS, language_tag(language), EOS))
    before = [id_ for id_ in (begin, tag) if id_ is not None]
    after = [] if end is None else [end]
    return np.array(before, dtype=np.uint16), np.array(after, dtype=np.uint16)


def texts(part: TokenPart, tokenizer: Tokenizer) -> Iterator[str]:
    """The text of every document of a part; special tokens have no text."""
    for rows in chunks(part.index):
        ids = [part.ids[row["start"] : row["start"] + row["length"]].tolist() for row in rows]
        yield from tokenizer.decode_batch(ids, skip_special_tokens=True)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in order, in lists of at most so many."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
