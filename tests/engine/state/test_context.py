"""Entries and the text they stand for: whatever is edited, together they are the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.engine.state.context import Change, Context
from tests.tiny import SOURCE

MOST = 32


def carry_out(context: Context, text: str) -> Change:
    change = context.change(text, MOST) or context.fresh(text, MOST)
    context.apply(change, text)
    return change


def read_back(context: Context) -> str:
    """The text of the entries, by their tokens."""
    return context.tokenizer.decode([entry.id for entry in context.entries])


def check(context: Context, change: Change, text: str) -> None:
    end = context.entries[-1].end
    assert read_back(context) + change.held == text[context.start :]
    assert text[context.start : context.start + end] == read_back(context)
    assert context.known == text[context.start :]


EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 12), st.text("abc _.(\n", max_size=6)),
    max_size=6,
)


@settings(max_examples=60)
@given(edits=EDITS, language=st.sampled_from([None, "python"]))
def test_after_any_edits_entries_and_held_text_make_the_text(tokenizer, edits, language):
    context, text = Context(tokenizer, language), SOURCE[:60]
    check(context, carry_out(context, text), text)
    for place, gone, new in edits:
        place = min(place, len(text))
        text = (text[:place] + new + text[place + gone :]) or "x"
        check(context, carry_out(context, text), text)


def test_a_letter_inside_a_word_changes_no_entry(tokenizer):
    context = Context(tokenizer, "python")
    carry_out(context, "def area(radi")
    before = list(context.entries)
    change = carry_out(context, "def area(radiu")
    assert (change.tokens, change.fresh) == ([], False) and context.entries == before


def test_a_fresh_start_is_bounded_and_begins_with_the_language(tokenizer):
    context = Context(tokenizer, "python")
    change = context.fresh(SOURCE, MOST)
    assert len(change.tokens) <= MOST and not context.pinned
    assert change.tokens[0].id == tokenizer.special("<python>")


def test_a_short_file_is_pinned_to_its_beginning(tokenizer):
    context = Context(tokenizer, "python")
    change = context.fresh("x = 1\n", MOST)
    assert context.pinned and change.tokens[0].id == tokenizer.special("<bos>")


@pytest.mark.parametrize("count", [1, 5])
def test_what_leaves_the_window_leaves_the_known_text(tokenizer, count):
    context = Context(tokenizer, None)
    text = SOURCE[:80]
    change = carry_out(context, text)
    context.drop(1 + count)
    assert not context.pinned
    check(context, change, text)
