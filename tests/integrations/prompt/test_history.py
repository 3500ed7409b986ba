"""Earlier lines that begin as the current one."""

from __future__ import annotations

import pytest

from codecomplete.integrations.prompt.history import matches, next_after


@pytest.mark.parametrize(
    ("line", "inputs", "expected"),
    [
        ("pri", ["print(1)", "print(2)"], ["nt(2)", "nt(1)"]),
        ("pri", ["print(1)", "x", "print(1)"], ["nt(1)"]),
        ("    x", ["def f():\n    x = 1\n    x = 2"], [" = 2", " = 1"]),
        ("print(1)", ["print(1)"], []),
        ("rint", ["print(1)"], []),
        ("", ["print(1)"], []),
        ("   ", ["   x"], []),
    ],
)
def test_matches(line, inputs, expected):
    assert list(matches(line, inputs)) == expected


def test_what_followed_the_newest_input_before():
    assert next_after(["a", "b", "c", "a"]) == "b"
    assert next_after(["a", "b", "a", "c", "a"]) == "c"
    assert next_after(["a", "b"]) == next_after([]) == next_after(["a", "x\ny", "a"]) == ""
