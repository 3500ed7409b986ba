"""Colours of code and of signs beside it, dark and light. All else follows Textual's theme."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style

DARK = {
    "attribute": "#d7ba7d", "boolean": "#569cd6", "comment": "italic #7f9f6f",
    "conditional": "#c586c0", "include": "#c586c0",
    "constant": "#4fc1ff", "constant.builtin": "#569cd6", "constructor": "#4ec9b0",
    "embedded": "#d4d4d4", "escape": "#d7ba7d", "function": "#dcdcaa", "heading": "bold #569cd6",
    "keyword": "#c586c0", "label": "#c8c8c8", "link": "underline #4fc1ff", "module": "#4ec9b0",
    "number": "#b5cea8", "property": "#9cdcfe", "punctuation.special": "#d7ba7d",
    "string": "#ce9178", "string.escape": "#d7ba7d", "string.special": "#d16969",
    "string.special.key": "#9cdcfe", "tag": "#569cd6", "text.literal": "#ce9178",
    "text.quote": "italic #7f9f6f", "type": "#4ec9b0", "variable.builtin": "#569cd6",
    "variable.parameter": "#9cdcfe",
}  # fmt: skip
LIGHT = {
    "attribute": "#7f5f00", "boolean": "#0000c0", "comment": "italic #4b7340",
    "conditional": "#9b008f", "include": "#9b008f",
    "constant": "#0055a4", "constant.builtin": "#0000c0", "constructor": "#1f6f80",
    "embedded": "#202020", "escape": "#a04000", "function": "#6b5200", "heading": "bold #0000c0",
    "keyword": "#9b008f", "label": "#303030", "link": "underline #0055a4", "module": "#1f6f80",
    "number": "#0b6e44", "property": "#001080", "punctuation.special": "#a04000",
    "string": "#a31515", "string.escape": "#a04000", "string.special": "#811f3f",
    "string.special.key": "#001080", "tag": "#800000", "text.literal": "#a31515",
    "text.quote": "italic #4b7340", "type": "#1f6f80", "variable.builtin": "#0000c0",
    "variable.parameter": "#001080",
}  # fmt: skip


@lru_cache(maxsize=256)
def style(kind: str, dark: bool) -> Style | None:
    """The style of a highlight such as "string.escape", or of the longest prefix that has one."""
    colours = DARK if dark else LIGHT
    while kind not in colours and "." in kind:
        kind = kind.rpartition(".")[0]
    return Style.parse(colours[kind]) if kind in colours else None


GUTTER = {  # dark, light
    "added": ("#73c991", "#2f7d32"), "changed": ("#6caee0", "#1a5fb4"),
    "removed": ("#f14c4c", "#b00020"), "error": ("bold #f14c4c", "bold #b00020"),
    "warning": ("bold #e2c08d", "bold #8a5a00"), "note": ("#6caee0", "#1a5fb4"),
}  # fmt: skip


@lru_cache(maxsize=32)
def gutter(kind: str, dark: bool) -> Style:
    """The style of a sign beside the line."""
    return Style.parse(GUTTER[kind][not dark])


@lru_cache(maxsize=32)
def wrong(kind: str, dark: bool) -> Style:
    """The style of text with a diagnostic: underlined, in its own colours."""
    return Style(underline=True)


@lru_cache(maxsize=2)
def found(dark: bool) -> Style:
    """The style of a match, except the one the user is at."""
    return Style.parse("on #5c4a12" if dark else "on #ffe9a6")
