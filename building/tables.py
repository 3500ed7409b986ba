"""Writes the engine's tables for JavaScript: the patterns, lists and limits of the Python engine.

    python building/tables.py

The engine in the browser (``integrations/web/src/engine``) has its own code, but no tables of its
own: what is a secret, where a block ends or how a string begins is defined once, in Python, and
written to ``tables.mjs`` here. A test compares the file with what this script writes.

Patterns are translated from the result of Python's parser, so that ``\\w``, ``\\b`` or ``$``
mean the same in both; a pattern that JavaScript cannot express raises an error.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from codecomplete.engine import languages, tokenizer
from codecomplete.engine.decoding import candidates, cover, decoder, draft, ends, growing, infill
from codecomplete.engine.local import mixing, names, ngrams, project
from codecomplete.engine.local import text as local_text
from codecomplete.engine.modeldir import config, layout, tuning
from codecomplete.engine.patterns import Later
from codecomplete.engine.privacy import masks, secrets, shapes, values
from codecomplete.engine.state import context, edits, stream
from codecomplete.engine.suggestions import (
    caret,
    clean,
    gate,
    indentation,
    length,
    structure,
    suggestion,
    unsafe,
)

TABLES = Path(__file__).parent.parent / "integrations" / "web" / "src" / "engine" / "tables.mjs"

WORD, ASCII_WORD = r"\p{L}\p{N}_", r"a-zA-Z0-9_"
CATEGORIES = {
    op.CATEGORY_DIGIT: (r"\p{Nd}", "0-9"),
    op.CATEGORY_SPACE: (r"\p{White_Space}\u{1c}-\u{1f}", r" \t\n\r\f\v"),
    op.CATEGORY_WORD: (WORD, ASCII_WORD),
}
NEGATED = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}
SYNTAX = frozenset("^$\\.*+?()[]{}|/")
PUNCTUATION = SYNTAX | frozenset("&-!#%,:;<=>@`~")  # what may be escaped inside brackets
HEADER = """\
// Written by building/tables.py from the Python engine: its patterns, lists and limits.
// Do not edit: change the Python, and run the script again.

/** @type {Record<string, Record<string, any>>} */
export const TABLES = """


class Translation:
    """One pattern in JavaScript's syntax, for the flag ``v``."""

    def __init__(self, pattern: re.Pattern[str] | Later) -> None:
        self._ascii = bool(pattern.flags & re.ASCII)
        self._lines = bool(pattern.flags & re.MULTILINE)
        self._all = bool(pattern.flags & re.DOTALL)
        self._names = {number: name for name, number in pattern.groupindex.items()}
        self.flags = "iv" if pattern.flags & re.IGNORECASE else "v"
        self.source = self._sequence(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))

    def _sequence(self, items: Iterable[Any]) -> str:
        return "".join(self._item(kind, argument) for kind, argument in items)

    def _item(self, kind: Any, argument: Any) -> str:
        simple = {op.LITERAL: _literal, op.AT: self._place}
        if kind in simple:
            return str(simple[kind](argument))
        if kind is op.NOT_LITERAL:
            return f"[^{_in_class(argument)}]"
        if kind is op.ANY:
            return "[^]" if self._all else r"[^\n]"
        if kind is op.IN:
            return self._class(argument)
        if kind is op.BRANCH:
            return "(?:" + "|".join(self._sequence(one) for one in argument[1]) + ")"
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(kind, *argument)
        if kind is op.SUBPATTERN:
            return self._group(*argument)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            back = "<" if argument[0] < 0 else ""
            sign = "=" if kind is op.ASSERT else "!"
            return f"(?{back}{sign}{self._sequence(argument[1])})"
        if kind is op.GROUPREF:
            name = self._names.get(argument)
            return rf"\k<{name}>" if name else rf"(?:\{argument})"
        raise ValueError(f"no JavaScript for {kind}")

    def _repeat(self, kind: Any, least: int, most: int, items: Any) -> str:
        counts = {(0, op.MAXREPEAT): "*", (1, op.MAXREPEAT): "+", (0, 1): "?"}
        end = "" if most is op.MAXREPEAT else most
        count = counts.get((least, most)) or (
            f"{{{least}}}" if least == most else f"{{{least},{end}}}"
        )
        inside = self._sequence(items)
        single = len(items) == 1 and items[0][0] in (op.LITERAL, op.IN, op.ANY, op.NOT_LITERAL)
        lazy = "?" if kind is op.MIN_REPEAT else ""
        return (inside if single else f"(?:{inside})") + count + lazy

    def _group(self, number: int | None, added: int, removed: int, items: Any) -> str:
        if added or removed:
            raise ValueError("no JavaScript for flags of a part")
        inside = self._sequence(items)
        if number is None:
            return f"(?:{inside})"
        name = self._names.get(number)
        return f"(?<{name}>{inside})" if name else f"({inside})"

    def _class(self, items: Any) -> str:
        negated = items[0][0] is op.NEGATE
        parts = "".join(self._class_item(kind, what) for kind, what in items[negated:])
        return f"[{'^' if negated else ''}{parts}]"

    def _class_item(self, kind: Any, what: Any) -> str:
        if kind is op.LITERAL:
            return _in_class(what)
        if kind is op.RANGE:
            return f"{_in_class(what[0])}-{_in_class(what[1])}"
        if kind is not op.CATEGORY:
            raise ValueError(f"no JavaScript for {kind} in brackets")
        if what in NEGATED:
            return f"[^{CATEGORIES[NEGATED[what]][self._ascii]}]"
        return CATEGORIES[what][self._ascii]

    def _place(self, where: Any) -> str:
        word = f"[{ASCII_WORD if self._ascii else WORD}]"
        edge = rf"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"
        inner = rf"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"
        return {
            op.AT_BEGINNING: r"(?<=\n|^)" if self._lines else "^",
            op.AT_BEGINNING_STRING: "^",
            op.AT_BOUNDARY: edge,
            op.AT_NON_BOUNDARY: inner,
            op.AT_END: r"(?=\n|$)" if self._lines else r"(?=\n?$)",
            op.AT_END_STRING: "$",
        }[where]


def _literal(code: int) -> str:
    return _escaped(code, SYNTAX)


def _in_class(code: int) -> str:
    return _escaped(code, PUNCTUATION)


def _escaped(code: int, special: frozenset[str]) -> str:
    character = chr(code)
    if character in special:
        return "\\" + character
    return character if 32 <= code < 127 else f"\\u{{{code:x}}}"


def translated(value: Any) -> Any:
    """A value for JSON; patterns become ``{"re": SOURCE, "flags": FLAGS}``."""
    if isinstance(value, re.Pattern | Later):
        made = Translation(value)
        return {"re": made.source, "flags": made.flags}
    if isinstance(value, dict):
        return {_key(key): translated(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [translated(one) for one in value]
    return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def constants(module: Any, names: str) -> dict[str, Any]:
    """Some constants of a module, by their names in JavaScript."""
    return {name.lstrip("_"): getattr(module, name) for name in names.split()}


def tables() -> dict[str, Any]:
    """All tables, by the module they come from."""
    found = {
        "config": constants(config, "SLIDING BLOCK ROTARY LEARNED RMS LAYER RELU2 SWIGLU CHOICES"),
        "layout": constants(layout, "TABLE_BITS BITS BLOCKS MOST_WINDOW MOST_SIZE MOST_STATE"),
        "tuning": constants(tuning, "DEFAULT_THRESHOLD"),
        "tokenizer": constants(tokenizer, "SPELLINGS SETTLING_CHARACTERS BOS EOS"),
        "languages": constants(languages, "EXTENSIONS"),
        "context": constants(context, "CHARACTERS_PER_TOKEN"),
        "edits": constants(edits, "PROBE_CHARACTERS"),
        "stream": constants(stream, "REMEMBERED_LOGITS MOST_FORESEEN"),
        "decoder": constants(
            decoder, "LEAST_PROBABILITY LEAST_LINE MOST_SEEN LEAST_MEASURABLE"
        ),
        "cover": {"TYPING": {
            name: getattr(cover.TYPING, name)
            for name in ("completions", "expansions", "least_share")
        }},
        "draft": constants(draft, "LEAST_ORDER MOST_DRAFTED"),
        "growing": constants(
            growing, "BEGINNINGS BRANCHES MOST_GROWN SPREAD DETOUR LEAST_BRANCH LEAST_END LOST"
        ),
        "infill": constants(infill, "MOST_TOKENS MOST_JUDGED SPARE GOAL_SHARE"),
        "candidates": constants(candidates, "MOST_STEPS UNREAD"),
        "ends": constants(ends, "MOST_BLOCK_LINES _OPENS_BLOCK _WORDS _NEXT_LINE _UNFINISHED"),
        "ngrams": constants(ngrams, "LONGEST MOST_PLACES"),
        "mixing": constants(mixing, "SOURCES MATCH_FACTS TOKEN_FACTS MOST_HIDDEN"),
        "names": constants(names, "NAME LONGEST_NAME"),
        "local": constants(
            local_text,
            "WINDOW FILE PROJECT MOST_CHARACTERS BEFORE_SHARE CHUNK_LINES MOST_LINES_OF_A_KEY OPEN"
            " _LINES",
        ),
        "project": constants(project, "MOST_TOKENS"),
        "caret": constants(
            caret, "LONGEST_LINE INDENTED_TEXT NEAR LINES_BELOW _NAME_END _CLOSED"
        ),
        "clean": constants(clean, "CLOSERS BRACKETS LONGEST_OVERLAP _STRING"),
        "indentation": constants(indentation, "LINES_LOOKED_AT NARROWEST WIDEST UNITS _ASIDE"),
        "structure": {
            **constants(
                structure,
                "MOST_SCANNED CLOSER_OF CLOSERS SLASH_STAR SEMICOLON_LANGUAGES QUOTES PROSE _ASIDE"
                " _RESTARTS _ENDS _INSIDE",
            ),
            "GRAMMARS": {name: grammar.code for name, grammar in structure._GRAMMARS.items()},
            "OWN_ENDS": {
                name: grammar.ends for name, grammar in structure._GRAMMARS.items() if grammar.ends
            },
            "ALONE": {
                name: grammar.alone
                for name, grammar in structure._GRAMMARS.items()
                if grammar.alone
            },
        },
        "length": constants(length, "TAKING GLANCE LEAST_LOG"),
        "suggestion": constants(suggestion, "SHORTEST _HUMP _WORD"),
        "unsafe": constants(unsafe, "LOOKED_AT _PATTERNS"),
        "gate": constants(
            gate, "KINDS FEATURES RISING HOPED FLOOR LEAST_MISS TYPICAL LEAST_SHARE _NAME_END"
        ),
        "masks": constants(masks, "LONGEST_HEAD _HIDDEN PLACEHOLDER"),
        "secrets": _secrets(),
        "values": constants(
            values,
            "STRONG MEDIUM WEAK LONGEST_EXAMPLE SHORTEST LEAST_ENTROPY _WORDS _CODE _NAMED _LETTERS"
            " _LABEL _ALPHABET _SYMBOLS _CHANGES _ORDINARY",
        ),
        "shapes": {"whole": shapes.whole(), "cut_off": shapes.cut_off(), "HINTS": shapes.HINTS},
    }  # fmt: skip
    return {name: translated(table) for name, table in found.items()}


def _secrets() -> dict[str, Any]:
    compiled = re.compile
    return {
        **constants(
            secrets,
            "LONGEST_LINE PIECE LONGEST_BLOCK _HEADS _LINE_END _MATERIAL _STEM _LEVELS _SHORT"
            " _STEM_HINTS _NAME_AFTER LONGEST_NAME _OTHER _PLAIN _CALL_HINTS _TO_NEXT"
            " MOST_ARGUMENTS _USER _PLACE _CALLED SHORTEST_LONG _LONG LONGEST_LEAD",
        ),
        "CALL": compiled(secrets._CALL, re.IGNORECASE),
        "ARGUMENT": compiled(secrets._ARGUMENT),
        "OPEN_NAME": compiled(secrets._OPEN_NAME),
        "NAME_ALONE": compiled(secrets._NAME_ALONE),
        "GIVINGS": [_giving(giving) for giving in secrets._GIVINGS],
        "RULES": [_rule(rule) for rule in secrets._RULES],
        "LONG_RULES": [_rule(rule) for rule in secrets._LONG_RULES],
    }


def _giving(giving: Any) -> dict[str, Any]:
    flags = ("bare", "only_upper", "only_strong", "listed", "surely")
    return {
        "before": re.compile(giving.before, re.IGNORECASE),
        "after": re.compile(giving.after),
        **{name: getattr(giving, name) for name in flags},
    }


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "hints": rule.hints,
        "pattern": rule.pattern,
        "groups": sorted(rule.pattern.groupindex),
        "judge": rule.judge.__name__,
        "early": rule.early.__name__,
    }


def module() -> str:
    """The text of ``tables.mjs``."""
    rows = [
        f"  {json.dumps(name)}: {json.dumps(table, ensure_ascii=False)},"
        for name, table in tables().items()
    ]
    return HEADER + "{\n" + "\n".join(rows) + "\n};\n"


def main() -> int:
    TABLES.write_text(module(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
