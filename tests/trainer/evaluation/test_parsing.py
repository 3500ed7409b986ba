"""Whether a file still parses with a suggestion in it."""

from __future__ import annotations

import importlib.util

import pytest

from codecomplete.trainer.evaluation.carets import Caret
from codecomplete.trainer.evaluation.lines import Answer
from codecomplete.trainer.evaluation.parsing import (
    faults,
    may_become_python,
    parse_measures,
    still_parses,
)

PYTHON = "import os\n\ndef f(a):\n    return os.path.join(a, 'b')\n\nprint(f('x'))\n"
C = "int main(void) {\n    int a = 1;\n    return a;\n}\n"


def answer(source: str, rest: str, suggestion: str, language: str) -> Answer:
    before, _, below = source.partition(rest)
    return Answer(Caret(language, before, rest, below), suggestion)


@pytest.mark.parametrize("suggestion, parses", [("sum(a)", True), ("sum(a", False)])
def test_python(suggestion, parses):
    given = answer(PYTHON, "os.path.join(a, 'b')", suggestion, "python")
    assert still_parses(given) is parses


@pytest.mark.skipif(
    importlib.util.find_spec("tree_sitter_c") is None, reason="no grammar for C installed"
)
@pytest.mark.parametrize("suggestion, parses", [("= 2 + 3;", True), ("= (2 + ;", False)])
def test_c(suggestion, parses):
    assert still_parses(answer(C, "= 1;", suggestion, "c")) is parses


def test_files_that_do_not_parse_are_not_counted():
    broken = answer("print 'a'\nx = 1\n", "1", "2", "python")
    assert parse_measures([broken]) == {
        "parse_checked": 0,
        "parses": None,
        "can_go_on": None,
    }


def test_warnings_about_escapes_are_no_faults():
    assert faults("python", "x = '\\d'\n") == 0


def test_languages_without_a_parser():
    assert faults("kotlin", "fun main() {}") is None


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("", True),
        ("def f(a, b", True),
        ("if x:\n    ", True),
        ("if x:\n    y = [", True),
        ("from a.b", True),
        ("print('half a", True),
        ('"""A docstring', True),
        ('x = f"{name', True),
        ("@name", True),
        ("else", False),
        ("def f a", False),
        ("f(a))", False),
        ("x = (a]", False),
        ("  y = 1\n z", False),
        ("if x:\n    y\nexcept", False),
        ("print('a' b", False),
    ],
)
def test_a_text_may_become_python_or_not(text, may):
    assert may_become_python(text) is may
