"""Suggestions in LSP's form: items of inline completion, and of plain completion.

Positions are the client's own; only the beginning of a word before the caret is computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .positions import Encoding, Position

LONGEST_LABEL = 60
TEXT_KIND, PLAIN_TEXT, AS_IS = 1, 1, 1
"""CompletionItemKind.Text, InsertTextFormat.PlainText, InsertTextMode.asIs"""

_WORD = re.compile(r"\w*\Z")


@dataclass(frozen=True, slots=True)
class Selected:
    """The entry that is selected in the client's completion menu."""

    start: Position
    end: Position
    text: str


def inline(texts: list[str], position: Position, selected: Selected | None) -> Any:
    """The result of ``textDocument/inlineCompletion``.

    With an entry selected, the client shows only what continues that entry, and uses its range. An
    empty list removes what a client shows; after null some keep it (Neovim 0.12).
    """
    start, end, begun = position, position, ""
    if selected is not None:
        start, end, begun = selected.start, selected.end, selected.text
    span = {"start": _json(start), "end": _json(end)}
    return {"items": [{"insertText": begun + text, "range": span} for text in texts]}


def completion(
    texts: list[str], position: Position, line: str, line_end: str, encoding: Encoding
) -> Any:
    """The result of ``textDocument/completion``; ``line`` is the caret's line up to the caret.

    Always incomplete, even if empty: after the next key there may be a suggestion. The range is
    explicit, because clients differ in which word they find before the caret.
    """
    word = _WORD.search(line[-1000:])
    typed = word.group() if word is not None else ""
    start = Position(position.line, position.character - encoding.units(typed))
    span = {"start": _json(start), "end": _json(position)}
    items = [_item(typed, text, span, line_end) for text in texts]
    return {"isIncomplete": True, "items": items}


def _item(typed: str, text: str, span: dict[str, Any], line_end: str) -> dict[str, Any]:
    whole = typed + text
    item = {
        "label": _label(whole),
        "kind": TEXT_KIND,
        "detail": "codecomplete",
        "sortText": "~",  # after the items of other language servers
        "insertTextFormat": PLAIN_TEXT,
        "insertTextMode": AS_IS,
        "textEdit": {"range": span, "newText": whole.replace("\n", line_end)},
    }
    if typed:
        item["filterText"] = typed
    if "\n" in whole.strip("\n"):
        item["documentation"] = whole
    return item


def _label(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"


def _json(position: Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
