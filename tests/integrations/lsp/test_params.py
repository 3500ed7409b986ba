"""Parameters are read as LSP has them; anything else is refused by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.lsp import params
from codecomplete.integrations.lsp.positions import Position
from codecomplete.integrations.lsp.rpc import InvalidParams

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "line", "character", "start", "end"]), inner)
    ),
    max_leaves=8,
)


def test_what_is_as_it_should_be_is_read():
    value = {"textDocument": {"uri": "file:///a"}, "items": [1],
             "start": {"line": 0, "character": 2}, "end": {"line": 3, "character": 0}}  # fmt: skip
    assert params.uri(value) == "file:///a"
    assert params.items(value, "items") == [1]
    assert params.range_of(value) == (Position(0, 2), Position(3, 0))
    assert params.optional(value, "textDocument", "version") is None


@pytest.mark.parametrize("wrong", [-1, True, 1.0, "1", None])
def test_a_position_counts_from_0_in_whole_numbers(wrong):
    with pytest.raises(InvalidParams, match="character of a position"):
        params.position({"line": 0, "character": wrong})


@given(JSON)
def test_nothing_raises_anything_else(value):
    for read in (params.uri, params.position, params.range_of, lambda v: params.items(v, "a")):
        try:
            read(value)
        except InvalidParams as error:
            assert str(error)
    params.optional(value, "a", "line")
