"""Draws ghost text of several lines after the caret, and pushes the text below it down.

prompt_toolkit itself draws a suggestion on the last line only, with ``^J`` for its line ends. Knows
no keys, and not where the text comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.controls import BufferControl, UIContent
from prompt_toolkit.output import ColorDepth

from .ghost import visible

STYLE = "class:auto-suggestion"
TAB = "    "
MARK = "|"  # before ghost text, if the option "look" says so
_STYLES = {
    "dim": f"{STYLE} fg:default dim",
    "italic": f"{STYLE} fg:default italic",
    "underline": f"{STYLE} fg:default underline",
}
_WITHOUT_COLOURS = f"{STYLE} dim italic"


def draw(
    app: Application[Any], buffer: Buffer, look: Callable[[], str] = lambda: "auto"
) -> Callable[[], None]:
    """Draw the ghost text of ``buffer`` wherever ``app`` shows it; returns what undoes that.

    ``look`` returns how ghost text differs from what is typed.
    """
    found = {
        id(window.content): window.content
        for window in app.layout.find_all_windows()
        if isinstance(window.content, BufferControl) and window.content.buffer is buffer
    }
    undoing = [_wrap(control, look) for control in found.values()]

    def undo() -> None:
        for unwrap in undoing:
            unwrap()

    return undo


def _wrap(control: BufferControl, look: Callable[[], str]) -> Callable[[], None]:
    before = vars(control).get("create_content")
    create = control.create_content

    def create_content(width: int, height: int, preview_search: bool = False) -> UIContent:
        content = create(width, height, preview_search)
        if get_app().is_done or control.buffer.suggestion is None:
            return content
        return with_ghost(content, control.buffer, visible(control.buffer), look())

    def unwrap() -> None:
        del vars(control)["create_content"]
        if before is not None:
            vars(control)["create_content"] = before

    vars(control)["create_content"] = create_content  # hides the method
    return unwrap


def style_of(look: str) -> str:
    """The style of ghost text for a ``look``, on the terminal of the running application."""
    if look == "auto" and get_app().color_depth == ColorDepth.DEPTH_1_BIT:
        return _WITHOUT_COLOURS
    return _STYLES.get(look, STYLE)


def with_ghost(content: UIContent, buffer: Buffer, text: str, look: str = "auto") -> UIContent:
    """``content`` with ``text`` after the caret; its further lines become lines of their own."""
    if look == "mark" and text:
        text = MARK + text
    first, *rest = text.replace("\t", TAB).split("\n")
    row = buffer.document.cursor_position_row
    place = getattr(buffer.suggestion, "place", "")
    style = style_of(look)

    def get_line(index: int) -> StyleAndTextTuples:
        if index < row:
            return content.get_line(index)
        if index == row:
            return _after(content.get_line(index), _ghost(first, "" if rest else place, style))
        if index <= row + len(rest):
            last = index == row + len(rest)
            return _ghost(rest[index - row - 1], place if last else "", style)
        return content.get_line(index - len(rest))

    return UIContent(
        get_line=get_line,
        line_count=content.line_count + len(rest),
        cursor_position=content.cursor_position,
        menu_position=content.menu_position,
        show_cursor=content.show_cursor,
    )


def _after(line: StyleAndTextTuples, ghost: StyleAndTextTuples) -> StyleAndTextTuples:
    """The caret's line with ghost text at its end, in place of the library's own.

    A line ends with a blank cell for the caret.
    """
    kept = [fragment for fragment in line if fragment[0] != STYLE]
    caret = kept[-1:] if kept and kept[-1][1] == " " else []
    return (kept[:-1] if caret else kept) + ghost + caret


def _ghost(text: str, place: str, style: str) -> StyleAndTextTuples:
    return [(style, text), (f"{style} italic", f"  {place}")] if place else [(style, text)]
