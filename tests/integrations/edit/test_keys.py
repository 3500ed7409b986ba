"""Keys as terminals send them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events

from codecomplete.integrations.edit.keys import KeyParser


def keys(sent: str) -> list[tuple[str, str | None]]:
    parser = KeyParser()
    found = list(parser.feed(sent))
    time.sleep(0.12)  # after Esc the parser waits for what may follow
    found += parser.tick()
    return [(event.key, event.character) for event in found if hasattr(event, "key")]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b]", "alt+right_square_bracket"),
        ("\x1b[", "alt+left_square_bracket"),
        ("\x1b[93;3u", "alt+right_square_bracket"),
        ("\x1b[91;3u", "alt+left_square_bracket"),
        ("\x1bs", "alt+s"),
        ("\x1f", "ctrl+underscore"),
        ("\x1b[1;5C", "ctrl+right"),
        ("\x1b[Z", "shift+tab"),
        ("\x1b", "escape"),
        ("\x00", "ctrl+@"),
    ],
)
def test_keys_have_their_names(sent, key):
    assert [name for name, _ in keys(sent)] == [key]


def test_alt_and_a_key_type_nothing():
    assert keys("\x1br") == [("alt+r", None)]
    assert keys("\x1bR") == [("alt+shift+r", None)]
    assert keys("\x1b]") == [("alt+right_square_bracket", None)]
    assert keys("]") == [("right_square_bracket", "]")]


@pytest.mark.parametrize(("sent", "names"), [
    ("\x1bn\x1bn", ["alt+n", "alt+n"]),
    ("\x1ba\x1b[A", ["alt+a", "up"]),
    ("\x1b[\x1b[", ["alt+left_square_bracket"] * 2),
    ("\x1b]\x1b]x", ["alt+right_square_bracket"] * 2 + ["x"]),
    ("x\x1bry^", ["x", "alt+r", "y", "circumflex_accent"]),
    ("\x1b[98;5Ga", ["a"]),
    ("\x1b[?77;1c\x1b[5 ta", ["a"]),
    ("\x1b[[Aa", ["f1", "a"]),
])  # fmt: skip
def test_alt_is_alt_whatever_follows_and_an_unknown_sequence_types_nothing(sent, names):
    assert [name for name, _ in keys(sent)] == names
    parts = KeyParser()
    found = [event for one in sent for event in parts.feed(one)]
    time.sleep(0.12)
    assert [event.key for event in (*found, *parts.tick())] == names


def test_a_key_after_alt_and_a_bracket_is_its_own():
    assert [name for name, _ in keys("\x1b]x")] == ["alt+right_square_bracket", "x"]


def test_a_line_feed_is_enter_however_the_terminal_names_it():
    assert keys("\n") == keys("\r") == keys("\x1b[106;5u") == [("enter", "\r")]


def pasted(*parts: str) -> list[str]:
    """What arrives as pastes and as keys, in order, of what comes in these parts."""
    parser, found = KeyParser(), []
    for part in parts:
        for event in parser.feed(part):
            if isinstance(event, events.Paste):
                found.append(f"paste {event.text}")
            elif isinstance(event, events.Key):
                found.append(event.key)
    return found


EVIL = "a\x1bb\x1b[31mred\x1b[0m\x00\x1b\x1b[20c\r\n\x07é"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_what_is_pasted_arrives_as_it_is_in_whatever_parts_it_comes(size):
    sent = f"x\x1b[200~{EVIL}\x1b[201~y\x1b[200~\x1b[201~z"
    parts = [sent[at : at + size] for at in range(0, len(sent), size)]
    assert pasted(*parts) == ["x", f"paste {EVIL}", "y", "paste ", "z"]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60), st.lists(st.integers(1, 9), max_size=30))
def test_any_text_is_pasted_as_it_is(text, sizes):
    if "\x1b[201~" in text:  # which no terminal pastes
        return
    sent, parts, at = f"\x1b[200~{text}\x1b[201~", [], 0
    for size in sizes:
        parts.append(sent[at : at + size])
        at += size
    assert pasted(*[part for part in parts if part], sent[at:]) == [f"paste {text}"]


def test_a_paste_without_an_end_is_passed_on_after_a_while(monkeypatch):
    parser = KeyParser()
    assert list(parser.feed("\x1b[200~half of")) == []
    monkeypatch.setattr("codecomplete.integrations.edit.keys.PATIENCE", 0.0)
    assert [event.text for event in parser.tick()] == ["half of"]
    assert [event.text for event in parser.feed(" it\x1b[201~")] == [" it"]
