"""What is believed of what was entered."""

from __future__ import annotations

import pytest

from codecomplete.integrations.prompt.said import Said, believed, earlier, left_alone


@pytest.mark.parametrize(
    ("cell", "alone"),
    [
        ("%timeit x", True), ("  %timeit x", True), ("!ls", True), ("?x", True), ("x?", True),
        ("x.y??", True), ("x = !ls", True), ("a, b = %sx ls", True), ("x % y", False),
        ("x != y", False), ("print('?')", False), ("# what?", False), ("x = y % z", False),
        ("x", False), ("", False),
    ],
)  # fmt: skip
def test_lines_that_are_no_python(cell, alone):
    assert left_alone(cell, cell) is alone


def test_a_cell_of_another_language_is_left_alone_on_every_line():
    assert left_alone("%%bash\necho", "echo")
    assert not left_alone("%%time\nx = 1", "x = 1") and left_alone("%%time\nx", "%%time")


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("x = 1\nx?\ny = 2", "x = 1\ny = 2\n"), ("%time y = f(x)", "y = f(x)\n"),
        ("%timeit -n 3 y = f(x)", "y = f(x)\n"), ("%cd /\nx = 1", "x = 1\n"),
        ("%%time\nx = 1\ny = 2", "x = 1\ny = 2\n"), ("%%bash\nls", ""), ("!ls", ""),
    ],
)  # fmt: skip
def test_the_python_parts_of_a_cell_are_kept(text, python):
    assert believed(Said(text)) == python


def fail(text: str) -> Said:
    try:
        exec(compile(text, "<cell>", "exec"), {"known": {"a": 1}, "other": 2})
    except Exception as error:
        return Said.with_error(text, error)
    return Said(text)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("totl + 1", ""),
        ("x = (", ""),
        ("known.nothing", ""),
        ("known['b']", ""),
        ("import os.pathh", ""),
        ("from os import pathh", ""),
        ("1 / 0", "1 / 0\n"),
        ("x = 1\ny = totl + x", "x = 1\n"),
        ("x = other\nx.nothing", "x = other\n"),
    ],
)
def test_what_failed_for_a_name_or_for_its_syntax_is_not_believed(text, python):
    assert believed(fail(text)) == python


def test_an_error_is_asked_for_nothing_that_it_computes():
    class Odd(NameError):
        @property
        def name(self):
            raise AssertionError("a property was run")

    with pytest.raises(AssertionError):
        Odd().name  # noqa: B018
    assert Said.with_error("x", Odd("x")).about == ""


def texts(*inputs: str) -> list[Said]:
    return [Said(text) for text in inputs]


def test_earlier_inputs_stand_in_order():
    said = texts("a = 1", "%cd x", "", "%%bash\nls", "b = 2\n\n")
    assert earlier(said, 100) == "a = 1\nb = 2\n"


def test_of_one_long_input_the_end_is_kept():
    long = "\n".join(f"line_{number} = {number}" for number in range(1000))
    kept = earlier(texts(long), 400)
    assert kept.endswith("line_999 = 999\n") and kept.startswith("line_") and len(kept) <= 400


def test_they_are_bounded_and_their_beginning_changes_seldom():
    said, beginnings = [], []
    for number in range(300):
        said.append(Said(f"x{number:03} = {number:03}"))
        text = earlier(said, 400)
        assert len(text) <= 400
        assert text.endswith(said[-1].text + "\n")
        beginnings.append(text[:10])
    assert len(set(beginnings)) < 40
