"""Whether a file still parses with a suggestion in it, in place of the rest of the caret's line,
and whether it could, if somebody typed on.

Python by ``ast``; other languages by tree-sitter, where an inserted suggestion must add no ERROR
or MISSING node to those the true file has. Only files that parse themselves are counted. A
suggestion of a word or two seldom leaves a file that parses; what no text after it can repair is
wrong however it is taken. That is told for Python, by the place where its parser gives up.
"""

from __future__ import annotations

import ast
import importlib
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from parso.grammar import load_grammar
from parso.parser import ParserSyntaxError
from parso.utils import split_lines

from .lines import Answer

_OPEN_STRING = re.compile(
    r"""(?ix) [rbuft]{0,2} (?:
        (?P<three>\'\'\'|\"\"\") (?!.*(?P=three)) (?s:.*)
        | (?P<one>['"]) (?:\\. | (?!(?P=one))[^\\\n])* \\?
    ) $"""
)

GRAMMARS = {
    "c": "tree_sitter_c",
    "java": "tree_sitter_java",
    "cpp": "tree_sitter_cpp",
    "go": "tree_sitter_go",
    "javascript": "tree_sitter_javascript",
    "rust": "tree_sitter_rust",
}


def parse_measures(answers: Sequence[Answer]) -> dict[str, float | int | None]:
    """The share of suggestions after which the file parses; None where no parser is installed."""
    shown = [answer for answer in answers if answer.text]
    checked = [result for answer in shown if (result := still_parses(answer)) is not None]
    open_ended = [result for answer in shown if (result := can_go_on(answer)) is not None]
    return {
        "parse_checked": len(checked),
        "parses": _share(checked),
        "can_go_on": _share(open_ended),
    }


def _share(results: Sequence[bool]) -> float | None:
    return round(sum(results) / len(results), 4) if results else None


def can_go_on(answer: Answer) -> bool | None:
    """Whether some text could follow the suggestion and make Python of it all; None in other
    languages, and where the text before the caret is none already."""
    caret = answer.caret
    if caret.language != "python" or not may_become_python(caret.before):
        return None
    return may_become_python(caret.before + answer.text)


def may_become_python(text: str) -> bool:
    """Whether a text is the beginning of some Python module, by parso's grammar.

    An error at the end of the text, or a string that is still open there, can be mended.

    >>> may_become_python("def f(a, b"), may_become_python("def f a")
    (True, False)
    """
    try:
        load_grammar().parse(text, error_recovery=False)
    except ParserSyntaxError as error:
        rest = _from(text, error.error_leaf.start_pos)
        return not rest.strip() or bool(_OPEN_STRING.match(rest))
    return True


def _from(text: str, place: tuple[int, int]) -> str:
    line, column = place
    lines = split_lines(text, keepends=True)
    return "".join(lines[line - 1 :])[column:]


def still_parses(answer: Answer) -> bool | None:
    """None where the true file has no parser or does not parse as Python."""
    caret = answer.caret
    true = faults(caret.language, caret.before + caret.rest + caret.below)
    if true is None or (caret.language == "python" and true):
        return None
    found = faults(caret.language, caret.before + answer.text + caret.below)
    return found is not None and found <= true


def faults(language: str, text: str) -> int | None:
    """How many places of a text are not of the language; None without a parser for it."""
    if language == "python":
        return _python_faults(text)
    parser = _parser(language)
    return None if parser is None else _tree_faults(parser, text)


def _python_faults(text: str) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about invalid escapes: they do parse
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return 1
    return 0


@lru_cache
def _parser(language: str) -> Any:
    """A tree-sitter parser, or None where it or the grammar is not installed."""
    try:
        tree_sitter = importlib.import_module("tree_sitter")
        grammar = importlib.import_module(GRAMMARS[language])
    except (ImportError, KeyError):
        return None
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def _tree_faults(parser: Any, text: str) -> int:
    stack = [parser.parse(text.encode()).root_node]
    count = 0
    while stack:
        node = stack.pop()
        if not node.has_error:
            continue
        count += node.is_error or node.is_missing
        stack += node.children
    return count
