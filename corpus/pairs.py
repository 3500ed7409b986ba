"""Pairs of a request in a comment and the code that answers it, from source files.

There are two kinds: a function below its documentation, and a few lines below a comment. Each pair
has the keys of Alpaca's JSON lines, so that tools for those can read it, and also the form that it
has in an editor, where the request is a comment or docstring, and the answer the text below it.

Pure functions on texts. ``pairsets`` decides where texts come from and drops duplicates.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

from codecomplete.engine.languages import LINE_COMMENTS, PROSE

FUNCTION, BLOCK = "function", "block"
SHORTEST_REQUEST, LONGEST_REQUEST = 15, 400  # characters
FEWEST_LINES, MOST_LINES = 2, 30  # of an answer

_NO_REQUEST = re.compile(
    r"(?i)todo|fixme|xxx|noqa|type:|pylint|copyright|licen[cs]e|@generated|https?://|^!/|^[-=*#/\s]+$"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A request and its answer. ``prompt`` and ``completion`` are its form in an editor."""

    instruction: str
    input: str  # further input: a function's signature
    output: str  # a whole program
    prompt: str
    completion: str
    language: str
    kind: str
    package: str = ""
    licence: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def pairs_of(text: str, language: str) -> Iterator[Pair]:
    """The pairs of a source file, in order; prose has none."""
    if language in PROSE:
        return
    if language == "python":
        yield from _documented_python(text)
    else:
        yield from _documented_functions(text, language)
    yield from _commented_blocks(text, language)


def _request(text: str) -> str | None:
    """The first paragraph of a comment, as one line; None if it makes no request."""
    lines = takewhile(str.strip, textwrap.dedent(text).strip().split("\n"))
    found = " ".join(" ".join(lines).split())
    fits = SHORTEST_REQUEST <= len(found) <= LONGEST_REQUEST and " " in found
    return found if fits and not _NO_REQUEST.search(found) else None


def _is_answer(code: str) -> bool:
    lines = [line for line in code.split("\n") if line.strip()]
    return FEWEST_LINES <= len(lines) <= MOST_LINES


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# Python: functions with docstrings ---------------------------------------------------------------


def _documented_python(text: str) -> Iterator[Pair]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in other people's strings
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    lines = text.split("\n")
    for node in ast.walk(tree):
        pair = _python_pair(node, lines) if isinstance(node, _FUNCTIONS) else None
        if pair is not None:
            yield pair


def _python_pair(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Pair | None:
    documentation, rest = ast.get_docstring(node, clean=True), node.body[1:]
    request = _request(documentation) if documentation else None
    if request is None or not rest or rest[0].lineno <= (node.body[0].end_lineno or 0):
        return None
    end, first = rest[-1].end_lineno or 0, node.body[0]
    signature = _dedented(lines[node.lineno - 1 : first.lineno - 1])
    head = _dedented(lines[node.lineno - 1 : first.end_lineno])
    whole = _dedented(lines[node.lineno - 1 : end])
    body = whole[len(head) :]
    answer = f"{signature}{body}"
    if not signature or not whole.startswith(head) or not _is_answer(body):
        return None
    if not _compiles(answer):
        return None
    return Pair(request, signature.strip(), answer, head, body, "python", FUNCTION)


def _dedented(lines: list[str]) -> str:
    """Lines without the indentation of the first; empty if one is indented less."""
    indentation = re.match(r"[ \t]*", lines[0])[0] if lines else ""  # type: ignore[index]
    if any(line.strip() and not line.startswith(indentation) for line in lines):
        return ""
    return "".join(line[len(indentation) :] + "\n" for line in lines)


# Other languages: functions below a documentation comment ----------------------------------------

_DOCUMENTED = re.compile(
    r"^(?P<indent>[ \t]*)/\*\*?(?P<comment>(?:(?!\*/).)*?)\*/[ \t]*\n"
    r"(?P<head>(?:(?P=indent)[^\n{};]*\n){0,2}(?P=indent)[^\n{};]*\)[^\n{};]*\{)[ \t]*\n",
    re.M | re.S,
)
_CONTROL = re.compile(r"(?:if|else|for|while|switch|do|try|catch|synchronized)\b|\}")
_TAG = re.compile(r"^\s*[@\\]\w+", re.M)


def _documented_functions(text: str, language: str) -> Iterator[Pair]:
    for match in _DOCUMENTED.finditer(text):
        comment = re.sub(r"^[ \t]*\*[ \t]?", "", match["comment"], flags=re.M)
        request = _request(_TAG.split(comment, maxsplit=1)[0])
        end = _closing(text, match.end("head") - 1)
        if request is None or end is None:
            continue
        begin, head_end = match.start("head"), match.end()
        whole = _dedented(text[match.start() : end].split("\n"))
        answer = _dedented(text[begin:end].split("\n"))
        prompt = _dedented(text[match.start() : head_end].rstrip("\n").split("\n"))
        if whole and answer and prompt and whole.startswith(prompt):
            body = whole[len(prompt) :]
            if _is_answer(body):
                signature = " ".join(match["head"].split())
                kind = BLOCK if _CONTROL.match(signature) else FUNCTION
                yield Pair(request, signature, answer, prompt, body, language, kind)


_SKIPPED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[{}]', re.S)


def _closing(text: str, opening: int) -> int | None:
    """The position after the bracket that closes the one at ``opening``."""
    depth = 0
    for match in _SKIPPED.finditer(text, opening, opening + 200 * MOST_LINES):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0 and match.group() == "}":
            return match.end()
    return None


# Any language: lines below a comment -------------------------------------------------------------


def _commented_blocks(text: str, language: str) -> Iterator[Pair]:
    """Comments on their own lines, each with the lines up to a blank or less indented one."""
    mark = LINE_COMMENTS[language]
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        comment = list(takewhile(lambda line: line.strip().startswith(mark), lines[at:]))
        if not comment:
            at += 1
            continue
        block = _block(lines[at + len(comment) :], lines[at])
        if (pair := _block_pair(comment, block, language, mark)) is not None:
            yield pair
        at += len(comment) + len(block)


def _block(lines: list[str], first: str) -> list[str]:
    """The lines that belong to a comment whose first line is ``first``."""
    depth = len(first) - len(first.lstrip())

    def belongs(line: str) -> bool:
        return bool(line.strip()) and len(line) - len(line.lstrip()) >= depth

    return list(takewhile(belongs, lines))


def _block_pair(comment: list[str], block: list[str], language: str, mark: str) -> Pair | None:
    request = _request("\n".join(line.strip().lstrip(mark).strip() for line in comment))
    whole = _dedented([*comment, *block])
    prompt = _dedented(comment)
    if request is None or not whole.startswith(prompt) or not prompt:
        return None
    code = whole[len(prompt) :]
    if not _is_answer(code) or (language == "python" and not _compiles(code)):
        return None
    if language != "python" and code.count("{") != code.count("}"):
        return None
    return Pair(request, "", code, prompt, code, language, BLOCK)


def _compiles(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(code, "pair", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
