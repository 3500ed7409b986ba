"""Values of options are checked where they are set."""

from __future__ import annotations

from dataclasses import fields

import pytest

from codecomplete.integrations.prompt.options import ReplOptions, problem_with


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("threshold", 9.5, "from 0 to 1, or None"), ("max_tokens", -5, "a whole number from 1"),
        ("max_tokens", "abc", "a whole number"), ("max_tokens", 1.5, "a whole number"),
        ("deadline_ms", True, "a number"), ("history", "maybe", "'first', 'last', 'off'"),
        ("accept_line_key", "s-tabb", "'s-tab'"), ("never_key", 3, "keys"),
        ("look", "blink", "'dim'"),
        ("tab", "yes", "True or False"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused_in_one_line_that_says_what_is(name, value, says):
    with pytest.raises(ValueError) as refused:
        ReplOptions(**{name: value})
    message = str(refused.value)
    assert says in message and name in message and repr(value) in message and "\n" not in message


def test_defaults_and_ordinary_values_are_allowed():
    for option in fields(ReplOptions):
        assert problem_with(option.name, option.default) == ""
    ReplOptions(threshold=0, accept_line_key="escape l", never_key="", look="mark", deadline_ms=5)
