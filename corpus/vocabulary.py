"""The tokenizer recipes, and training one on text.

Four recipes: exactly system A's, ours (lossless, which an editor needs), system B's characters, and
one that splits like StarCoder2's, which system D uses. Each gives a ``tokenizers.Tokenizer`` that
``engine.tokenizer`` loads. Knows nothing of packages or shards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from codecomplete.engine.tokenizer import BOS, EOS, PAD, SPECIAL_TOKENS, UNK

PATTERN = r" ?[\p{L}_][\p{L}\p{M}\p{N}_]*| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}_]+|\s+(?= \S)|\s+"
"""How our recipe splits text into pieces: identifiers whole, digits by threes, runs of
punctuation, white space; one leading space belongs to the word after it.

A piece never depends on what precedes it, and on no more than two characters after it.
"""

SYSTEM_A_VOCABULARY = 8000
SYSTEM_A_SPECIALS = (PAD, UNK, BOS, EOS)
SAMPLE, LANGUAGE_SAMPLE = 90_000_000, 20_000_000
"""Bytes of training text for a tokenizer: in total, and of one language."""

STARCODER2_SPECIALS = (
    "<|endoftext|>",
    "<fim_prefix>",
    "<fim_middle>",
    "<fim_suffix>",
    "<fim_pad>",
    "<repo_name>",
    "<file_sep>",
)
"""The first of StarCoder2's special tokens; one both begins and ends a text."""

CHARACTERS = (*range(9, 11), *range(32, 127))
CHARACTER_VOCABULARY = 128


def system_a(vocabulary: int = SYSTEM_A_VOCABULARY) -> tuple[Tokenizer, trainers.BpeTrainer]:
    """System A's recipe (Code-AutoComplete-LLM): byte-level BPE after NFKC.

    NFKC rewrites some source text, so this one is not lossless; it is kept for comparison.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, _trainer(vocabulary, SYSTEM_A_SPECIALS)


def codecomplete(vocabulary: int, pattern: str = PATTERN) -> tuple[Tokenizer, trainers.BpeTrainer]:
    """Our recipe: byte-level BPE without normalisation, so decoding gives the text back exactly.

    The special tokens are ids 0 to 18, in the order of ``engine.tokenizer.SPECIAL_TOKENS``.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, _trainer(vocabulary, SPECIAL_TOKENS)


def starcoder2(vocabulary: int) -> tuple[Tokenizer, trainers.BpeTrainer]:
    """A new vocabulary that splits text like StarCoder2's: digits one by one, the rest like GPT-2.

    Lossless. StarCoder2's own ``tokenizer.json`` can be used instead: it has the same special
    tokens.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, _trainer(vocabulary, STARCODER2_SPECIALS)


def _trainer(vocabulary: int, specials: tuple[str, ...]) -> trainers.BpeTrainer:
    return trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(specials),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )


def characters() -> Tokenizer:
    """System B's vocabulary of 128: a character's id is its ASCII code.

    Tab, newline and the printable characters 32 to 126 stand for themselves. Every other
    character, a carriage return or an umlaut alike, becomes ``<unk>``: one token for one
    character, so positions in text and in tokens stay the same. Ids 0 to 3 are the special
    tokens; the ids of control characters that code does not use stay empty.
    """
    vocabulary = dict(zip(SYSTEM_A_SPECIALS, range(4), strict=True))
    vocabulary |= {chr(code): code for code in CHARACTERS}
    vocabulary |= {f"<unused{code}>": code for code in _unused()}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    # Special tokens stand for no text, so the names of the empty ids are never suggested.
    tokenizer.add_special_tokens([*SYSTEM_A_SPECIALS, *(f"<unused{code}>" for code in _unused())])
    return tokenizer


def _unused() -> list[int]:
    return [code for code in range(4, CHARACTER_VOCABULARY) if code not in CHARACTERS]


def learn(recipe: str, size: int, texts: Iterator[str]) -> Tokenizer:
    """A tokenizer by the name of its recipe; the one for characters learns nothing from texts."""
    if recipe == "characters":
        return characters()
    return train(LEARNED[recipe](size), texts)


LEARNED: dict[str, Callable[[int], tuple[Tokenizer, trainers.BpeTrainer]]] = {
    "codecomplete": codecomplete,
    "system-a": system_a,
    "starcoder2": starcoder2,
}


def sample_bytes(languages: int) -> int:
    """The bytes of each of so many languages on which a tokenizer is trained."""
    return min(LANGUAGE_SAMPLE, SAMPLE // languages)


def train(recipe: tuple[Tokenizer, trainers.BpeTrainer], texts: Iterator[str]) -> Tokenizer:
    """Train a recipe's tokenizer on texts. The same texts in the same order give the same file."""
    tokenizer, trainer = recipe
    tokenizer.train_from_iterator(texts, trainer=trainer)
    return tokenizer
