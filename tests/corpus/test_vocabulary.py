"""The tokenizer recipes: lossless, cuttable at pieces, and explicit about what they cannot say."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codecomplete.corpus import vocabulary
from codecomplete.engine.tokenizer import SETTLING_CHARACTERS, SPECIAL_TOKENS, Tokenizer

TEXT = '''def area_of(width_2, height):\n    """Grösse ① ﬁ … of a\tbox."""\n
    return  width_2 * 12345.678e-9  # done!!\n\n\nclass A {\r\n\tint x = 0xFF;\n}\n'''

SOURCE_TEXT = st.text(
    st.one_of(
        st.sampled_from([*" \n\t_aZ09.;()'\"", "\u0301", "é", "日", "\u00a0", "\u2028", "𝔸"]),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=40,
)


@cache
def ours() -> Tokenizer:
    return Tokenizer(vocabulary.train(vocabulary.codecomplete(400), iter([TEXT] * 3)))


@cache
def system_a() -> Tokenizer:
    return Tokenizer(vocabulary.train(vocabulary.system_a(400), iter([TEXT] * 3)))


def pieces(text: str) -> list[str]:
    """The pieces of a text, by the ends of its tokens."""
    ends = [token.end for token in ours().tokens(text) if token.ends_piece]
    return [text[start:end] for start, end in itertools.pairwise([0, *ends])]


@cache
def starcoder2() -> Tokenizer:
    return Tokenizer(vocabulary.train(vocabulary.starcoder2(400), iter([TEXT] * 3)))


@given(SOURCE_TEXT)
@example("<|endoftext|>x 12")
def test_starcoder2s_way_gives_every_text_back(text: str) -> None:
    assert starcoder2().decode(starcoder2().encode(text)) == text


def test_starcoder2s_way_takes_digits_one_by_one_and_has_one_token_for_both_ends() -> None:
    tokenizer = starcoder2()
    assert [tokenizer.token_bytes[id_] for id_ in tokenizer.encode("x 12345")][-5:] == [
        b"1", b"2", b"3", b"4", b"5",
    ]  # fmt: skip
    assert tokenizer.special("<bos>") == tokenizer.special("<eos>") == 0
    assert tokenizer.special("<fim_middle>") == 2


@given(SOURCE_TEXT)
@example("<bos>x<python>")
@example(" \u0301_\u0301")
def test_ours_gives_every_text_back(text: str) -> None:
    assert ours().decode(ours().encode(text)) == text


@settings(deadline=None)
@given(SOURCE_TEXT)
@example("a  \n  b")
def test_a_text_cut_between_pieces_keeps_its_tokens(text: str) -> None:
    tokens = ours().tokens(text)
    for at, token in enumerate(tokens):
        if token.ends_piece:
            rest = [after.id for after in tokens[at + 1 :]]
            assert ours().encode(text[token.end :]) == rest


@settings(deadline=None)
@given(SOURCE_TEXT, SOURCE_TEXT)
@example("x \u00a0", " y")
@example("1", "\u0301")
def test_appended_text_changes_only_pieces_at_the_end(text: str, more: str) -> None:
    settled = len(text) - SETTLING_CHARACTERS
    ends = [token.end for token in ours().tokens(text) if token.ends_piece]
    later = {token.end for token in ours().tokens(text + more) if token.ends_piece}
    assert {end for end in ends if end <= settled} <= later


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return self.x", ["return", " self", ".", "x"]),
        ("snake_case_2 = 1", ["snake_case_2", " =", " ", "1"]),
        ("    if x:\n", ["   ", " if", " x", ":", "\n"]),
        ("12345", ["123", "45"]),
        ("a\u0301 !\u0301 1\u0301", ["a\u0301", " !\u0301", " 1", "\u0301"]),
        ("x = foo(a,b)", ["x", " =", " foo", "(", "a", ",", "b", ")"]),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    if text == "snake_case_2 = 1":
        expected = ["snake_case_2", " =", " 1"]
    assert pieces(text) == expected


def test_special_tokens_stand_first_in_their_order() -> None:
    assert [ours().special(token) for token in SPECIAL_TOKENS] == list(range(len(SPECIAL_TOKENS)))


def test_system_a_has_its_four_specials_and_normalises() -> None:
    tokenizer = system_a()
    assert [tokenizer.special(name) for name in ("<pad>", "<unk>", "<bos>", "<eos>")] == [
        0,
        1,
        2,
        3,
    ]
    assert tokenizer.decode(tokenizer.encode("ﬁ…  x")) == "fi...  x"


def test_training_twice_gives_the_same_tokenizer() -> None:
    once, twice = (
        vocabulary.train(vocabulary.codecomplete(400), iter([TEXT] * 3)).to_str() for _ in "ab"
    )
    assert once == twice


@given(SOURCE_TEXT)
def test_a_character_is_one_token_and_unknown_ones_are_skipped(text: str) -> None:
    inner = vocabulary.characters()
    tokenizer = Tokenizer(inner)
    known = {chr(code) for code in vocabulary.CHARACTERS}
    expected = [(ord(char), end) for end, char in enumerate(text, 1) if char in known]
    assert [(token.id, token.end) for token in tokenizer.tokens(text)] == expected
    assert tokenizer.encode(text) == [id_ for id_, _ in expected]
    assert inner.encode(text).ids == [ord(char) if char in known else 1 for char in text]


def test_the_character_vocabulary_has_128_ids_and_decodes_code() -> None:
    tokenizer = Tokenizer(vocabulary.characters())
    assert tokenizer.size == vocabulary.CHARACTER_VOCABULARY
    assert tokenizer.decode(tokenizer.encode("int  x;\t// ok\n")) == "int  x;\t// ok\n"


def test_the_names_of_ids_that_no_character_has_are_no_text_to_suggest() -> None:
    tokenizer = Tokenizer(vocabulary.characters())
    silent = [code for code, text in enumerate(tokenizer.token_bytes) if not text]
    assert silent == [code for code in range(128) if code not in vocabulary.CHARACTERS]
    assert tokenizer.decode(tokenizer.encode("<unused4>")) == "<unused4>"
