"""Keys as terminals send them."""

from __future__ import annotations

import time

import pytest

from codecomplete.integrations.edit.terminal import AltParser


def keys(sent: str) -> list[tuple[str, str | None]]:
    parser = AltParser()
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


def test_alt_with_punctuation_types_nothing():
    assert keys("\x1b]") == [("alt+right_square_bracket", None)]
    assert keys("]") == [("right_square_bracket", "]")]


def test_a_key_behind_alt_and_a_bracket_is_its_own():
    assert [name for name, _ in keys("\x1b]x")] == ["alt+right_square_bracket", "x"]
