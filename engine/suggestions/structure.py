"""What a text leaves open: brackets, strings, comments. An incremental scanner, not a parser.

Code before a caret rarely parses, and a caret may be anywhere. So a small lexer follows only what
opens and closes, from a line that looks like the beginning of a definition. It can be wrong after
code that it does not understand; so it is only used to leave something out.

Works on text only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import languages
from ..patterns import pattern

MOST_SCANNED = 8_000
"""Characters before the caret that are scanned if they were not scanned before."""

CLOSER_OF = {"(": ")", "[": "]", "{": "}"}
CLOSERS = frozenset(CLOSER_OF.values())
_HASH_LANGUAGES = frozenset({"python", "php"})
_TICK_LANGUAGES = frozenset({"javascript", "typescript", "go", "kotlin"})
SLASH_STAR = frozenset({"c", "cpp", "java", "kotlin", "go", "rust"})
"""Languages in which ``*/`` means nothing but the end of a comment."""

SEMICOLON_LANGUAGES = frozenset({"c", "cpp", "java", "javascript", "typescript", "rust", "php"})
"""Languages in which most statements end with a semicolon."""

RAW, INLINE = "'r", "`\n"
"""What a string of shell without escapes ends with, and code in a line of Markdown."""

QUOTES = frozenset({'"', "'", RAW})
PROSE = frozenset({"\n", "*/", '"""', "'''", "--]]", "--]=]", "--]==]"})
"""The ends of comments and docstrings."""

_ASIDE = pattern(r"#|//|/\*|\*/")
_RESTARTS = pattern(
    r"^(?:@|#|(?:def|class|async|import|from|public|static|func|fn|function|local)\b)", re.M
)


@dataclass(frozen=True, slots=True)
class Open:
    """What is open at a place: brackets by their closers, outermost first, and a string or comment.

    ``inside`` is the end of the string, comment or code at the place: a quote, ``*/`` or a line
    end, for instance.
    """

    closers: tuple[str, ...] = ()
    inside: str = ""
    whole: bool = True  # whether everything before the place was scanned


NOTHING_OPEN = Open()


def is_prose(open_: Open, language: str | None) -> bool:
    """Whether a place is in a comment or a docstring, or in the text of a language of prose."""
    return open_.inside in PROSE or (language in languages.PROSE and not open_.inside)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What is open at the end of a text, and the closers that nothing in it has opened."""

    open: Open
    unmatched: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Grammar:
    """How the strings and comments of a language begin, the ends of those that are special, and the
    closer that also stands alone, if there is one: ``)`` after a pattern of a shell's ``case``."""

    code: re.Pattern[str]
    ends: Mapping[str, str] = field(default_factory=dict)
    alone: str = ""

    @classmethod
    def of(cls, language: str | None) -> Grammar:
        return _GRAMMARS.get(language or "", _GRAMMARS[""])

    def scan(self, text: str, begin: Open = NOTHING_OPEN) -> Scanned:
        """Scan ``text``, which follows what ``begin`` describes."""
        closers, inside, place = list(begin.closers), begin.inside, 0
        unmatched: list[tuple[int, str]] = []
        while True:
            pattern = _INSIDE[inside] if inside else self.code
            match = pattern.search(text, place)
            if match is None:
                return Scanned(Open(tuple(closers), inside, begin.whole), tuple(unmatched))
            found, place = match.group(), match.end()
            if inside:
                if found[0] != "\\" or inside == "\n":
                    inside = ""
            elif found in CLOSER_OF:
                closers.append(CLOSER_OF[found])
            elif found in CLOSERS:
                if not _close(closers, found):
                    unmatched.append((match.start(), found))
            else:
                inside = self.ends.get(found) or _ENDS.get(found, "")


def _close(closers: list[str], found: str) -> bool:
    """Close the innermost such bracket, and all open inside it; False if none is open."""
    if found not in closers:
        return False
    while closers.pop() != found:
        pass
    return True


_ENDS = {"#": "\n", "//": "\n", "/*": "*/", '"""': '"""', "'''": "'''", '"': '"', "'": "'"}
_ENDS |= {"`": "`", "$'": "'", "--": "\n", "```": "```", "~~~": "~~~"}
_LEVELS = ("", "=", "==")  # of Lua's long brackets
_ENDS |= {f"{mark}[{level}[": f"{mark}]{level}]" for mark in ("", "--") for level in _LEVELS}
_INSIDE = {
    "\n": pattern(r"\n"),
    "*/": pattern(r"\*/"),
    '"""': pattern(r'\\[\s\S]|"""'),
    "'''": pattern(r"\\[\s\S]|'''"),
    "`": pattern(r"\\[\s\S]|`"),
    '"': pattern(r'\\[\s\S]|["\n]'),
    "'": pattern(r"\\[\s\S]|['\n]"),
    RAW: pattern(r"['\n]"),
    INLINE: pattern(r"[`\n]"),
    # Not what has the name of a language after it: that begins code, and an end was missed.
    **{fence: pattern(fence + r"(?![\w{])") for fence in ("```", "~~~")},
    **{f"{mark}]{level}]": pattern(rf"\]{level}\]") for mark in ("", "--") for level in _LEVELS},
}
_BRACKETS = r"[()\[\]{}]"
_C = r"//|/\*|"
_PLAIN_CHAR = r"'(?:\\.[^']{0,8}|[^\\'\n])'|"  # a whole character, so that a lifetime is not one


_SHELL = r"\\[\s\S]|(?<![^\s;&|()])#|\$'|'|\"|[(){}]"
"""A hash begins a comment only where a word begins. Strings count as ended with their line: many go
on, but so does the text of here documents, which is full of apostrophes. Square brackets are words
or parts of patterns, and are not followed."""

_LUA = r"--\[={0,2}\[|--|\[={0,2}\[|\"|'|"
_MARKDOWN = r"```|~~~|`"
_OWN = {
    "shell": Grammar(pattern(_SHELL), {"'": RAW}, alone=")"),
    "lua": Grammar(pattern(_LUA + _BRACKETS)),
    "markdown": Grammar(pattern(_MARKDOWN), {"`": INLINE}),  # brackets and quotes of prose are free
}


def _grammar(language: str) -> Grammar:
    if language == "python":
        return Grammar(pattern(r"#|\"\"\"|'''|\"|'|" + _BRACKETS))
    if language in ("rust", "go", "c", "cpp"):
        ticks = "`|" if language == "go" else ""
        return Grammar(pattern(_C + _PLAIN_CHAR + ticks + '"|' + _BRACKETS))
    hash_ = "#|" if language in _HASH_LANGUAGES else ""
    ticks = "`|" if language in _TICK_LANGUAGES else ""
    triple = '"""|' if language in ("kotlin", "java") else ""
    return Grammar(pattern(_C + hash_ + triple + ticks + "\"|'|" + _BRACKETS))


_NAMES = ("python", "c", "java", "cpp", "go", "javascript", "typescript", "rust", "php", "kotlin")
_GRAMMARS = {name: _grammar(name) for name in _NAMES} | _OWN
_GRAMMARS[""] = Grammar(pattern('"|' + _BRACKETS))


@dataclass
class Structure:
    """What is open at the caret of one buffer; scans only new text, and never far back."""

    language: str | None = None
    _begin: int = 0  # of the scanned lines, in the buffer
    _known: str = field(default="", repr=False)  # the scanned lines, nearest the caret
    _at_end: Open = NOTHING_OPEN

    def at(self, before: str) -> Open:
        """What the text before the caret leaves open."""
        grammar = Grammar.of(self.language)
        line = before.rfind("\n") + 1
        known = self._begin + len(self._known)
        is_same = before[self._begin : known] == self._known
        if not is_same or not known <= line <= known + MOST_SCANNED:
            self._begin = known = max(0, line - MOST_SCANNED)
            self._known, self._at_end = "", Open(whole=not known)
        if line > known:
            self._go_on(before[known:line], grammar)
        return grammar.scan(before[line:], self._at_end).open

    def _go_on(self, lines: str, grammar: Grammar) -> None:
        shown = lines if self._known or not self._begin else _from_a_beginning(lines)
        self._at_end = grammar.scan(shown, self._at_end).open
        self._known += lines
        surplus = max(0, len(self._known) - 2 * MOST_SCANNED)
        self._begin, self._known = self._begin + surplus, self._known[surplus:]


def _from_a_beginning(lines: str) -> str:
    """The text from the first line on that is probably neither in a string nor in a bracket."""
    found = _RESTARTS.search(lines)
    return lines[found.start() :] if found else lines


def left_open(text: str, open_: Open, after: str, language: str | None) -> bool:
    """Whether a suggestion that ends its line leaves a bracket or a string open that nothing below
    closes. False if the text below does not show that.

    >>> left_open("f(a, b", Open(), "\\nx = 1\\n", "python")
    True
    """
    if not open_.whole or len(after) > MOST_SCANNED or not after.strip():
        return False
    grammar = Grammar.of(language)
    found = grammar.scan(text, open_).open
    if found.inside in QUOTES:
        return True
    below = grammar.scan("\n" + after, Open((), found.inside))
    closing = [closer for _, closer in below.unmatched if closer != grammar.alone]
    return [closer for closer in reversed(found.closers) if closer != grammar.alone] != closing


def ends_statement(line: str, following: str, open_: Open, language: str | None) -> bool:
    """Whether a line of code ends a statement, so that the next one, which begins with the
    character ``following``, is not indented more. False if that is not certain.

    >>> [ends_statement(line, "y", Open(), "python") for line in ("x = 1", "if x:")]
    [True, False]
    """
    last = line.rstrip()[-1:]
    if open_.inside or not last or _ASIDE.search(line):
        return False
    if language == "python":
        return not open_.closers and (last.isalnum() or last in "_)]}\"'")
    if language not in SEMICOLON_LANGUAGES or open_.closers[-1:] not in ((), ("}",)):
        return False
    return last == ";" or (last == "}" and (following.isalpha() or following == "_"))


def needless(text: str, open_: Open, after: str, language: str | None) -> int:
    """The place in a suggestion of the first needless end of a bracket or comment: nothing has
    opened it, or the rest of the line already closes it. The length of ``text`` if there is none.

    >>> needless("a, b):", Open((")",)), ")", "python")
    4
    """
    grammar = Grammar.of(language)
    closing = _closing(text, open_, grammar)
    standing = grammar.scan(after.partition("\n")[0]).unmatched
    allowed, end = list(open_.closers), _comment_end(text, open_, language)
    for _, closer in standing:
        _close(allowed, closer)
    for place, closer in closing:
        if not allowed and closer == "}" and not open_.whole:
            continue  # its block began above the scanned text
        if closer == grammar.alone and closer not in open_.closers:
            continue
        if not allowed or allowed[-1] != closer:
            return min(place, end)
        allowed.pop()
    return end


def _comment_end(text: str, open_: Open, language: str | None) -> int:
    """The place of the end of a comment that nothing has begun; otherwise the length of
    ``text``."""
    at = text.find("*/") if language in SLASH_STAR else -1
    while at >= 0:
        inside = Grammar.of(language).scan(text[:at], open_).open.inside
        if not inside and text[at - 1 : at] != "/":
            return at
        at = text.find("*/", at + 2)
    return len(text)


def _closing(text: str, open_: Open, grammar: Grammar) -> tuple[tuple[int, str], ...]:
    """The closers in a text whose openers are before it."""
    return grammar.scan(text, Open((), open_.inside)).unmatched
