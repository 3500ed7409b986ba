"""Tokens and pieces: lossless, and cut where typing cannot reach."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.errors import ModelDirectoryError
from codecomplete.engine.tokenizer import SETTLING_CHARACTERS, SPECIAL_TOKENS, Tokenizer
from tests.tiny import SOURCE

CODE = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("abz_09 \t\n.,()=+'\"é̈日\r\x00")), st.characters(codec="utf-8")
    ),
    max_size=40,
)


@given(text=CODE)
def test_decoding_gives_the_text_back(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(text=CODE, more=CODE)
def test_pieces_that_settled_stay_whatever_is_typed(tokenizer, text, more):
    settled = [t for t in tokenizer.tokens(text) if t.end + SETTLING_CHARACTERS <= len(text)]
    while settled and not settled[-1].ends_piece:
        settled.pop()
    assert tokenizer.tokens(text + more)[: len(settled)] == settled


@given(text=CODE, more=CODE)
def test_tokens_before_the_held_tail_stay_whatever_is_typed(tokenizer, text, more):
    final, held = tokenizer.split_held(text)
    assert text.endswith(held)
    assert [t.id for t in tokenizer.tokens(text + more)[: len(final)]] == [t.id for t in final]


@given(text=CODE)
def test_a_text_can_be_cut_at_any_piece(tokenizer, text):
    tokens = tokenizer.tokens(text)
    for index, token in enumerate(tokens):
        if token.ends_piece:
            assert tokenizer.encode(text[token.end :]) == [t.id for t in tokens[index + 1 :]]


@pytest.mark.parametrize("name", SPECIAL_TOKENS)
def test_spelling_a_special_token_does_not_make_one(tokenizer, name):
    assert tokenizer.special(name) == SPECIAL_TOKENS.index(name)
    assert tokenizer.special(name) not in tokenizer.encode(f"x = '{name}'")


def test_lone_surrogates_are_replaced_one_for_one(tokenizer):
    assert tokenizer.tokens("a\udc80b")[-1].end == 3


def test_identifiers_are_held_whole(tokenizer):
    assert tokenizer.split_held(SOURCE + "value = some_na")[1] == " some_na"


def test_white_space_is_held_whole(tokenizer):
    assert tokenizer.split_held("if x:\n        ")[1] == "\n        "


def test_a_file_that_is_no_tokenizer_is_named(tmp_path):
    path = tmp_path / "tokenizer.json"
    with pytest.raises(ModelDirectoryError, match="cannot be read"):
        Tokenizer.load(path)
    path.write_text(json.dumps({"hello": 1}))
    with pytest.raises(ModelDirectoryError, match="not a tokenizer file"):
        Tokenizer.load(path)
