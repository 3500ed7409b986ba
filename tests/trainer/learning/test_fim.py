"""Suffix-first examples: both sides of the caret, and nothing else, in the documented order."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.engine.tokenizer import FIM_MIDDLE, FIM_SUFFIX, Tokenizer
from codecomplete.trainer.learning.fim import SuffixFirst


@pytest.fixture
def maker(shards) -> SuffixFirst:
    return SuffixFirst(Tokenizer.load(shards / "tokenizer.json"), 64)


@pytest.fixture
def vocabulary(shards) -> Tokenizer:
    return Tokenizer.load(shards / "tokenizer.json")


def test_the_two_sides_make_the_text_again(maker, vocabulary):
    text = "def push(item):\n    self.items.append(item)\n    return 1\n"
    ids = np.array(vocabulary.encode(text), np.uint16)
    tag, suffix, middle = (
        vocabulary.special(name) for name in ("<python>", FIM_SUFFIX, FIM_MIDDLE)
    )
    for seed in range(50):
        split = maker.split(ids, tag, np.random.default_rng(seed))
        assert split.before + split.after == text
        (example,) = maker.examples([split])
        assert example[0] == tag and len(example) <= 64
        at = example.index(suffix), example.index(middle)
        assert vocabulary.decode(example[at[1] + 1 :]) == split.before
        assert split.after.startswith(vocabulary.decode(example[at[0] + 1 : at[1]]))


def test_splits_fall_inside_tokens_too(maker, vocabulary):
    ids = np.array(vocabulary.encode("return self.items.append(self.items) or None"))
    cuts = {len(maker.split(ids, 0, np.random.default_rng(seed)).before) for seed in range(200)}
    ends = {token.end for token in vocabulary.tokens(vocabulary.decode(ids.tolist()))}
    assert cuts - ends, "every split fell between tokens"


def test_only_the_longest_stretch_of_one_document_is_used(maker, vocabulary):
    end = vocabulary.special("<eos>")
    ids = [*vocabulary.encode("a = 1\n"), end, *vocabulary.encode("for name in names:\n")]
    split = maker.split(np.array(ids), 0, np.random.default_rng(0))
    assert split.before + split.after == "for name in names:\n"
