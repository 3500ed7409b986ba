"""Pairs of brackets and quotes, as text."""

from __future__ import annotations

import pytest

from codecomplete.integrations.edit.text.pairing import (
    Keystroke,
    Pairing,
    brings_closer,
    pairs_here,
    swallowed,
)


@pytest.mark.parametrize(
    ("character", "before", "after", "language", "paired"),
    [
        ("(", "f", "", "c", True),
        ("(", "f", "x", "c", False),
        ("(", "f", " x", "c", True),
        ("(", "f", ")", "c", True),
        ('"', "x = ", "", "c", True),
        ('"', 'x = "a', "", "c", False),
        ('"', 'x = "a" + ', "", "c", True),
        ("'", "don", "", "c", False),
        ("'", "x: &", "", "rust", False),
        ("'", "x = ", "", "python", True),
        ("'", "", "", None, False),
        ("x", "", "", "c", False),
    ],
)
def test_what_gets_a_partner(character, before, after, language, paired):
    assert pairs_here(character, before, after, language) is paired


@pytest.mark.parametrize(
    ("text", "brought"),
    [
        ("(a, b):", True),
        ("(a, (b)", False),
        ("(a", False),
        ("(')'", False),
        ("(')')", True),
        ("[i] = (", True),
        ('"a" + ', True),
        ('"a', False),
        ('"""A docstring.', True),
        ("(", False),
    ],
)
def test_which_texts_close_what_they_open(text, brought):
    assert brings_closer(text) is brought


def test_a_closer_of_ours_is_moved_over_once():
    pairing = Pairing()
    assert pairing.typed("(", 0, "f", "") == Keystroke("(", ")")
    assert pairing.typed("x", 0, "f(", ")") == Keystroke("x")
    assert pairing.typed(")", 0, "f(x", ")") == Keystroke(over=1)
    assert pairing.typed(")", 0, "f(x", ")") == Keystroke(")")


def test_a_closer_that_the_caret_has_passed_is_the_users():
    pairing = Pairing()
    pairing.typed("(", 0, "f", "")
    pairing.moved(0, "")
    assert pairing.typed(")", 0, "f(", ")") == Keystroke(")")


def test_a_closer_in_another_row_is_the_users():
    pairing = Pairing()
    pairing.typed("(", 0, "f", "")
    assert pairing.typed(")", 1, "f(", ")") == Keystroke(")")


def test_only_an_empty_pair_of_ours_is_deleted_together():
    pairing = Pairing()
    assert not pairing.deletes_both(0, "f(", ")")
    pairing.typed("(", 0, "f", "")
    assert pairing.deletes_both(0, "f(", ")")
    assert not pairing.deletes_both(0, "f(x", ")")


@pytest.mark.parametrize(
    ("text", "after", "count"),
    [
        ("a, b):", ")", 1),
        ("len(a)", ")", 0),
        ("len(a))", ")", 1),
        ("x)]", ")]", 2),
        ("x)]", ")", 1),
        ("x]", ")", 0),
        ("')'", ")", 0),
        ("a)", "", 0),
        ("a)\n    return b)", ")", 1),
    ],
)
def test_closers_that_a_suggestion_brings_are_counted(text, after, count):
    assert swallowed(text, after) == count
