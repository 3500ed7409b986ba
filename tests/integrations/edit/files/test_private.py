"""Unsafe characters: one private code point each, and one visible sign."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from codecomplete.integrations.edit.files import private
from codecomplete.integrations.edit.files.private import BLOCK, BLOCKS, UNSAFE, block, unused_block

BLOCKED = block(BLOCKS[0])
SIGNS = {private.sign(one) for one in UNSAFE} | {"␊", "␍"}


def test_all_that_splits_lines_in_python_is_unsafe():
    splitters = {chr(code) for code in range(0x110000) if len(f"a{chr(code)}b".splitlines()) > 1}
    assert splitters - set("\n") <= set(UNSAFE)


def test_all_controls_and_invisible_formats_are_unsafe():
    visible_formats = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
    for code in range(0x110000):
        one = chr(code)
        hidden = unicodedata.category(one) == "Cc" or (
            unicodedata.category(one) == "Cf" and one not in visible_formats
        )
        drawn = 0x110BD <= code <= 0x110CD or 0x13430 <= code <= 0x1345F  # marks with a shape
        if hidden and not drawn and one not in "\n\t":
            assert one in UNSAFE, hex(code)


@pytest.mark.parametrize(
    "code", [0x34F, 0x115F, 0x17B4, 0x180B, 0x3164, 0xFE0F, 0xFFA0, 0xE0041, 0xE0100, 0xE01EF]
)
def test_fillers_selectors_and_tags_are_unsafe_as_well(code):
    assert chr(code) in UNSAFE


def test_each_has_one_code_point_of_its_own_inside_the_block():
    hidden = [BLOCKED.hide(one) for one in UNSAFE] + [BLOCKED.mark_lf, BLOCKED.mark_crlf]
    assert len(set(hidden)) == len(hidden) == len(UNSAFE) + 2
    assert all(BLOCKS[0] <= ord(one) < BLOCKS[0] + BLOCK for one in hidden)


def test_blocks_are_private_and_do_not_overlap():
    assert all(start % BLOCK == 0 for start in BLOCKS) and len(set(BLOCKS)) == len(BLOCKS)
    used = len(UNSAFE) + 2  # the last two code points of a plane are not characters
    for start in BLOCKS:
        assert {unicodedata.category(chr(start + at)) for at in (0, used - 1)} == {"Co"}


def test_signs_are_one_cell_wide_and_safe():
    for one in SIGNS | {chr(BLOCKS[0]), chr(BLOCKS[-1])}:
        assert cell_len(one) == wcwidth(one) == 1, hex(ord(one))
    assert not SIGNS & set(UNSAFE) and all(one.isprintable() for one in SIGNS)


@settings(max_examples=300)
@given(st.text())
def test_hiding_is_undone_by_revealing(text):
    free = block(unused_block(set(text)))
    hidden = free.hide(text)
    assert not set(hidden) & set(UNSAFE) and len(hidden) == len(text)
    assert free.reveal(hidden) == text


def test_many_different_unsafe_characters_are_hidden_as_well():
    assert BLOCKED.reveal(BLOCKED.hide(UNSAFE)) == UNSAFE
    assert not set(BLOCKED.hide(UNSAFE)) & set(UNSAFE)


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=())))
def test_what_is_drawn_is_safe_and_as_long(text):
    drawn = BLOCKED.visible(text)
    assert len(drawn) == len(text)
    assert not set(drawn) & set(UNSAFE) and not any("\ud800" <= one <= "\udfff" for one in drawn)


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=())))
def test_admitted_text_is_safe_and_can_be_written(text):
    admitted = BLOCKED.admit(text)
    assert len(admitted) == len(text) and not set(admitted) & set(UNSAFE)
    BLOCKED.reveal(admitted).encode("utf-8")


def test_the_blocks_own_code_points_mean_nothing_from_outside():
    assert BLOCKED.admit(BLOCKED.hide("\x1b") + BLOCKED.mark_lf + "\udc80") == "���"


@pytest.mark.parametrize("count", [1, 5, len(BLOCKS) - 1])
def test_a_block_is_chosen_that_the_file_does_not_use(count):
    used = {chr(start) for start in BLOCKS[:count]}
    assert unused_block(used) == BLOCKS[count]


def test_no_block_is_left_when_all_are_used():
    assert unused_block({chr(start) for start in BLOCKS}) is None
