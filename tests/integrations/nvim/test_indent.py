"""Suggested lines get the buffer's own indentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.nvim.indent import Indent, fitted

SPACES_4, SPACES_2 = Indent(True, 4, 8), Indent(True, 2, 8)
TABS_4, TABS_8 = Indent(False, 4, 4), Indent(False, 8, 8)


@pytest.mark.parametrize(
    ("text", "line", "indent", "expected"),
    [
        ("range(3):", "for i in ", SPACES_4, "range(3):"),
        (":\n    pass", "if x", SPACES_4, ":\n    pass"),
        (":\n    pass", "if x", SPACES_2, ":\n  pass"),
        (":\n    pass", "if x", TABS_8, ":\n\tpass"),
        (":\n    pass", "if x", TABS_4, ":\n\tpass"),
        (" {\n\treturn;\n}", "if (x)", SPACES_2, " {\n  return;\n}"),
        (" {\n\treturn;\n\t}", "\tif (x)", TABS_8, " {\n\treturn;\n\t}"),
        (
            ":\n        if y:\n            z",
            "    if x",
            SPACES_4,
            ":\n        if y:\n            z",
        ),
        (":\n    if y:\n        z", "if x", SPACES_2, ":\n  if y:\n    z"),
        ("a,\n      b)", "call(", SPACES_4, "a,\n      b)"),  # aligned, not indented
        ("a,\n     b)", "call(", TABS_4, "a,\n\t b)"),
        ("    pass", "    ", SPACES_4, "    pass"),
        ("    pass", "\t", TABS_4, "\tpass"),
        ("return x\n    y", "    ", TABS_4, "return x\n\ty"),
        ("\n\n    x", "if y:", SPACES_4, "\n\n    x"),
    ],
)
def test_white_space_is_the_buffers(text, line, indent, expected):
    assert fitted(text, line, indent) == expected


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["x", "", "y z"])), min_size=1),
    st.sampled_from(["", "if x:", "    a", "\ta", "  "]),
    st.sampled_from([SPACES_4, SPACES_2, TABS_4, TABS_8]),
)
def test_only_leading_white_space_is_changed(lines, line, indent):
    text = "\n".join(" " * depth + word for depth, word in lines)
    found = fitted(text, line, indent)
    assert [part.strip() for part in found.split("\n")] == [
        part.strip() for part in text.split("\n")
    ]
