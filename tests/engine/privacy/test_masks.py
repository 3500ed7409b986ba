"""Secrets are replaced in their own length, the same however the text came about, at a cost that
does not grow with the file."""

from __future__ import annotations

import random

import pytest

from codecomplete.engine.buffer import MORE_CHARACTERS
from codecomplete.engine.privacy.masks import PLACEHOLDER, Mask, masked, replaced
from codecomplete.engine.privacy.secrets import find

NEAR = 4_096 + MORE_CHARACTERS
SECRET = 'password = "Tr0ub4dor&3"\n'
CODE = "def step(value):\n    token = value.next_token()\n    return token\n\n\n"
PEM = "-----BEGIN PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEAy8Dbv8prpJ4vL1xk0ZcG\n" * 20


def all_of(text: str) -> str:
    """What a mask that has seen nothing else makes of a text."""
    return Mask().apply(text, len(text) + 1).text


def near_end(text: str) -> str:
    return text[-NEAR:]


@pytest.mark.parametrize(
    "text", ["", "\n", SECRET, CODE * 9 + SECRET + CODE, PEM, "é" * 9 + SECRET]
)
def test_the_length_and_the_line_ends_stay(text):
    found = all_of(text)
    assert len(found) == len(text)
    assert [i for i, c in enumerate(found) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]


def test_what_separates_the_parts_of_a_secret_stays():
    assert replaced("a-b_c.d:e/f", [(0, 11)]) == "x-x_x.x:x/x"


def test_text_without_secrets_is_not_even_copied():
    text = CODE * 50
    assert Mask().apply(text, NEAR).text is text


def test_it_depends_on_the_text_alone():
    """Typing, deleting, pasting, jumping about: a mask with any past agrees with a new one."""
    luck = random.Random(7)
    pieces = [
        SECRET, CODE, PEM, "-----END PRIVATE KEY-----\n", 'key = "ghp_', "sk-ant-", "x", "\n", "\\",
        'token = "a8f3kq92jd8s7sk2"', "export API_KEY=", "postgres://a:b", "'", '"',
    ]  # fmt: skip
    mask, text = Mask(), ""
    for _ in range(700):
        act = luck.random()
        if act < 0.6:
            text += luck.choice(pieces)
        elif act < 0.8:
            text = text[: max(0, len(text) - luck.randrange(30))]
        else:
            place = luck.randrange(len(text) + 1)
            text = text[:place] + luck.choice(pieces) + text[place:]
        text = text[-30_000:]
        assert near_end(mask.apply(text, NEAR).text) == near_end(Mask().apply(text, NEAR).text)


def test_a_finished_text_is_masked_as_find_says():
    text = CODE * 3 + SECRET + CODE + 'url = "https://ada:l0velace9@host/"\n'
    assert all_of(text) == masked(text) == replaced(text, find(text))


def test_a_password_is_hidden_from_its_first_letter():
    mask, line = Mask(), 'password = "Tr0ub4dor&3'
    for length in range(13, len(line) + 1):
        found = mask.apply(CODE + line[:length], NEAR)
        assert found.text.endswith("x" * (length - 12)) and found.reaches(1), line[:length]


def test_a_placeholder_is_seen_again_once_it_is_one():
    assert all_of('password = "changem').endswith("xxxxxxx")
    assert all_of('password = "changeme"').endswith('"changeme"')


def test_after_the_closing_quote_the_caret_is_out_of_it():
    assert not Mask().apply('password = "Tr0ub4dor&3"', NEAR).reaches(1)
    assert Mask().apply('password = "Tr0ub4dor&3', NEAR).reaches(1)


@pytest.mark.parametrize("lines", [100, 100_000])
def test_a_key_costs_one_line_whatever_the_length_of_the_file(lines):
    text = CODE * (lines // 5)
    mask = Mask()
    mask.apply(text, NEAR)
    looked_at = mask.looked_at
    typed = '    api_key = "a8f3kq92jd8s7sk2"  # not to be shown'
    for length in range(1, len(typed) + 1):
        mask.apply(text + typed[:length], NEAR)
    assert mask.looked_at - looked_at == len(typed)


def test_a_new_line_costs_two_and_a_jump_those_around_it():
    text = CODE * 2_000
    mask = Mask()
    mask.apply(text, NEAR)
    looked_at = mask.looked_at
    mask.apply(text + "import os\n", NEAR)
    assert mask.looked_at - looked_at == 2
    looked_at = mask.looked_at
    mask.apply(text[: len(text) // 2], NEAR)
    assert mask.looked_at - looked_at < 2 * NEAR / 10


@pytest.mark.parametrize("place", [1_000, 1_599, 1_999, 2_001, 50_000, 199_000])
def test_in_a_line_of_any_length_secrets_are_hidden(place):
    line = "value, " * (place // 7) + 'password = "Tr0ub4dor&3"' + ", value" * 3_000
    for text in (line, f"{CODE}{line}\n{CODE}", line[: place + 40]):
        assert "ub4dor" not in Mask().apply(text, len(text)).text
    mask = Mask()
    for length in (place + 5, place + 60, place + 61):
        mask.apply(line[:length], NEAR)
        assert "ub4dor" not in mask.apply(line[:length], NEAR).text[-NEAR:]


def test_a_key_in_a_block_is_hidden_from_inside_and_far_below_its_head():
    mask = Mask()
    text = CODE * 100 + PEM
    for length in range(len(CODE * 100) + 40, len(text), 37):
        assert "Dbv8prpJ4vL1" not in mask.apply(text[:length], NEAR).text


def test_the_placeholder_is_known_as_one():
    assert PLACEHOLDER.search(all_of(SECRET))
