"""Suggestions as LSP has them: items of inline completion, and of plain completion.

Positions are the client's own, so none is computed that could be wrong.
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
    """The entry of the client's menu that its user is about to take."""

    start: Position
    end: Position
    text: str


def inline(texts: list[str], position: Position, selected: Selected | None) -> Any:
    """The result of ``textDocument/inlineCompletion``.

    With an entry selected the client shows what continues that entry only, and takes its range.
    An empty list takes away what a client shows; at null some leave it there (Neovim 0.12).
    """
    start, end, begun = position, position, ""
    if selected is not None:
        start, end, begun = selected.start, selected.end, selected.text
    span = {"start": _json(start), "end": _json(end)}
    return {"items": [{"insertText": begun + text, "range": span} for text in texts]}


def completion(
    texts: list[str], position: Position, line: str, line_end: str, encoding: Encoding
) -> Any:
    """The result of ``textDocument/completion``; ``line`` is the caret's, as far as the caret.

    Incomplete, also when empty: the next key may have a suggestion where this one had none. The
    range is explicit, because clients differ in what they take for the word before the caret.
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
        "sortText": "~",  # after what a language server knows to be true
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
