"""Removes what must not be inserted from a model's text: the last step before it is offered.

Works on text only.
"""

from __future__ import annotations

import re
import unicodedata

from ..privacy.masks import PLACEHOLDER
from ..privacy.secrets import find

CLOSERS = frozenset(")]}>\"'`;,:")
BRACKETS = {"(": ")", "[": "]", "{": "}"}
LONGEST_OVERLAP = 64


def clean(text: str, after: str, line: str = "") -> str:
    """``text`` without deceptive characters, secrets, and what already follows the caret.

    ``line`` is the text before the caret on its line.
    """
    shown = before_closed(before_secrets(before_placeholders(visible(text)), line), after)
    return trim_overlap(shown, after.partition("\n")[0]).rstrip()


def before_secrets(text: str, line: str) -> str:
    """``text`` up to the first secret in it, whole or cut off.

    >>> before_secrets('"AKIAIOSFODNN7EXAMPLE")', "key = ")
    '"'
    """
    for begin, end in find(line + text, cut_off=True):
        if end > len(line):
            return text[: max(0, begin - len(line))]
    return text


def before_placeholders(text: str) -> str:
    """``text`` up to a placeholder that the model sees in place of secrets."""
    match = PLACEHOLDER.search(text)
    return text[: match.start()] if match else text


def before_closed(text: str, after: str) -> str:
    """``text`` up to a line that closes what the next line after the caret already closes.

    >>> before_closed("return 1;\\n}", "\\n}\\n")
    'return 1;'
    """
    rest, _, below = after.partition("\n")
    closing = next((line for line in below.split("\n") if line.strip()), "")
    indent, closer = _indent(closing), closing.strip()[:1]
    if rest.strip() or closer not in BRACKETS.values() or not closer:
        return text
    depth, end = 0, 0
    for number, line in enumerate(text.split("\n")):
        begins = number and line.strip()[:1] == closer and _indent(line) == indent
        if begins and depth <= 0:
            return text[: end - 1]
        depth += _opened(line)
        end += len(line) + 1
    return text


def _indent(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


_STRING = re.compile(r"""("|')(?:\\.|(?!\1)[^\\])*\1""")


def _opened(line: str) -> int:
    """How many more brackets a line opens than it closes, not counting those in strings."""
    code = _STRING.sub("", line)
    return sum(code.count(one) for one in BRACKETS) - sum(map(code.count, BRACKETS.values()))


def visible(text: str) -> str:
    """``text`` up to the first character that could deceive a terminal or a reader.

    These are control characters other than tab and newline, bidirectional and zero-width controls,
    and U+FFFD, which stands for bytes that are not text.
    """
    for index, character in enumerate(text):
        if character in "\t\n":
            continue
        if character == "\ufffd" or unicodedata.category(character) in (
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Cn",
        ):
            return text[:index]
    return text


def trim_overlap(text: str, after: str) -> str:
    """``text`` without an end that repeats the beginning of the rest of the line.

    >>> trim_overlap("name)", ")")
    'name'
    """
    rest = after.strip()
    if not rest:
        return text
    for length in range(min(len(text), len(rest), LONGEST_OVERLAP), 0, -1):
        overlap = rest[:length]
        if text.endswith(overlap) and (length > 1 or overlap in CLOSERS):
            return text[:-length]
    return text
