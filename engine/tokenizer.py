"""Text to token ids and back, and where a token stream may be cut.

A *piece* is what the tokenizer's pre-tokenizer splits text into before any merging: a word, a
run of punctuation, a run of white space. Tokens never cross pieces, so a piece that further typing
cannot change is *stable*: its tokens are final. Everything after the last stable piece is *held*
(see ``Tokenizer.split_held``).

Knows nothing about models, windows or files other than ``tokenizer.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import tokenizers

from .errors import ModelDirectoryError
from .languages import TAGGED

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
FIM_PREFIX, FIM_MIDDLE, FIM_SUFFIX = "<fim_prefix>", "<fim_middle>", "<fim_suffix>"
FILE_SEPARATOR, REPOSITORY_CONTEXT = "<file_sep>", "<repo_ctx>"


def language_tag(language: str) -> str:
    """The special token that announces a language, such as ``<python>``."""
    return f"<{language}>"


SPECIAL_TOKENS: tuple[str, ...] = (
    PAD,
    UNK,
    BOS,
    EOS,
    FIM_PREFIX,
    FIM_MIDDLE,
    FIM_SUFFIX,
    FILE_SEPARATOR,
    REPOSITORY_CONTEXT,
    *map(language_tag, TAGGED),
)
"""Special tokens of our own vocabularies; their position in this tuple is their id."""

SPELLINGS: dict[str, tuple[str, ...]] = {
    BOS: (BOS, "<s>", "<|begin_of_text|>", "<|endoftext|>"),
    EOS: (EOS, "</s>", "<|end_of_text|>", "<|endoftext|>"),
    FIM_PREFIX: (FIM_PREFIX, "<|fim_prefix|>", "<PRE>"),
    FIM_MIDDLE: (FIM_MIDDLE, "<|fim_middle|>", "<MID>"),
    FIM_SUFFIX: (FIM_SUFFIX, "<|fim_suffix|>", "<SUF>"),
    FILE_SEPARATOR: (FILE_SEPARATOR, "<|file_sep|>"),
    PAD: (PAD, "<|pad|>", "<pad_token>", "[PAD]"),
    UNK: (UNK, "[UNK]"),
}
"""How vocabularies that others have made spell the special tokens; the first that is there counts.

Many have one token that both begins and ends a text, such as StarCoder2's."""

SETTLING_CHARACTERS = 2
"""A piece is stable once this many characters follow it unchanged.

The split patterns look at most one space and one more character ahead, to decide whether the
last space of a run belongs to the run or to the word after it.
"""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text: its id, where its text ends, and whether a piece ends with it."""

    id: int
    end: int  # characters from the start of the encoded text
    ends_piece: bool


class Tokenizer:
    """A ``tokenizer.json`` of the Hugging Face ``tokenizers`` library, used without surprises.

    Text that spells a special token, such as a source file that contains ``<bos>``, is encoded as
    ordinary characters.
    """

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        self._inner = inner
        self._inner.encode_special_tokens = True
        self._specials = {
            added.content: id_ for id_, added in inner.get_added_tokens_decoder().items()
        }
        self.size: int = inner.get_vocab_size(with_added_tokens=True)

    @classmethod
    def load(cls, path: str | Path) -> Tokenizer:
        """Read ``tokenizer.json``; ModelDirectoryError if it is missing or not one."""
        path = Path(path)
        try:
            return cls(tokenizers.Tokenizer.from_buffer(path.read_bytes()))
        except OSError as error:
            raise ModelDirectoryError(f"{path}: cannot be read: {error.strerror}") from error
        except Exception as error:  # the library raises bare Exception for a file it cannot parse
            raise ModelDirectoryError(f"{path}: not a tokenizer file: {error}") from error

    def special(self, name: str) -> int | None:
        """The id of the token that has this role, or None where this vocabulary has none."""
        ids = (self._specials.get(spelling) for spelling in SPELLINGS.get(name, (name,)))
        return next((id_ for id_ in ids if id_ is not None), None)

    @cached_property
    def special_ids(self) -> frozenset[int]:
        return frozenset(self._specials.values())

    def encode(self, text: str) -> list[int]:
        """The ids of a text; no special token is added.

        Characters that a vocabulary of single characters does not have are skipped: no model was
        ever shown what stands for them.
        """
        ids: list[int] = self._inner.encode(_encodable(text), add_special_tokens=False).ids
        return ids if self._skipped is None else [id_ for id_ in ids if id_ != self._skipped]

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each of several texts; the library spreads the work over cores."""
        encodable = [_encodable(text) for text in texts]
        encodings = self._inner.encode_batch(encodable, add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text, with where each ends and where pieces end."""
        encoding = self._inner.encode(_encodable(text), add_special_tokens=False)
        words = encoding.word_ids
        following = [*words[1:], None][: len(words)]
        return [
            Token(id_, end, word != after)
            for id_, (_, end), word, after in zip(
                encoding.ids, encoding.offsets, words, following, strict=True
            )
            if id_ != self._skipped
        ]

    def decode(self, ids: list[int]) -> str:
        """The text of some ids; bytes that are not UTF-8 become U+FFFD, special tokens vanish."""
        return b"".join(self.token_bytes[id_] for id_ in ids).decode("utf-8", errors="replace")

    @cached_property
    def token_bytes(self) -> list[bytes]:
        """The bytes each id stands for, by id; empty for special tokens."""
        table = _byte_table() if self.is_byte_level else None
        string = self._inner.id_to_token
        return [
            b"" if id_ in self.special_ids else _bytes_of(string(id_) or "", table)
            for id_ in range(self.size)
        ]

    @cached_property
    def is_byte_level(self) -> bool:
        """Whether tokens are pieces of bytes that can merge, rather than single characters."""
        return isinstance(self._inner.decoder, tokenizers.decoders.ByteLevel)

    @cached_property
    def _skipped(self) -> int | None:
        return None if self.is_byte_level else self.special(UNK)

    def split_held(self, text: str) -> tuple[list[Token], str]:
        """The final tokens of a text, and its held tail.

        The tail is the last piece: the word being typed, or the white space the caret stands in.
        Whatever is typed next, the tokens before it stay as they are. A tokenizer without merges
        has no tail.
        """
        tokens = self.tokens(text)
        if not self.is_byte_level or not tokens:
            return tokens, ""
        last = len(tokens) - 1
        while last and not tokens[last - 1].ends_piece:
            last -= 1
        return tokens[:last], text[tokens[last - 1].end if last else 0 :]


def _encodable(text: str) -> str:
    """The text with lone surrogates, which have no UTF-8, replaced one for one."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _bytes_of(string: str, table: dict[str, int] | None) -> bytes:
    if table is None:
        return string.encode("utf-8")
    return bytes(map(table.__getitem__, string))


def _byte_table() -> dict[str, int]:
    """The printable stand-ins that byte-level vocabularies use for bytes (GPT-2's table)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(0x100 + index): byte for index, byte in enumerate(others)}
