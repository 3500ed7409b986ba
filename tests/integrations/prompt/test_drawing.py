"""Lines of ghost text between the user's own."""

from __future__ import annotations

import io

import pytest
from prompt_toolkit.application import Application
from prompt_toolkit.application.current import set_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text
from prompt_toolkit.layout import BufferControl, Layout, Window
from prompt_toolkit.layout.processors import AppendAutoSuggestion
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt.drawing import STYLE, draw, style_of
from codecomplete.integrations.prompt.ghost import Ghost


def drawn(
    text: str, caret: int, ghost: str, place: str = "", menu: bool = False, look: str = "auto"
):
    """The lines on the screen, ghost text in brackets."""
    buffer = Buffer(document=Document(text, caret))
    buffer.load_history_if_not_yet_loaded = lambda: None  # would need a running application
    control = BufferControl(buffer, input_processors=[AppendAutoSuggestion()])
    app = Application(Layout(Window(control)))
    undo = draw(app, buffer, lambda: look)
    buffer.suggestion = Ghost(Suggestion(ghost), place)
    buffer.complete_state = object() if menu else None
    content = control.create_content(80, 20)
    lines = [
        fragment_list_to_text(
            [(style, f"[{text}]" if STYLE in style and text else text) for style, text, *_ in line]
        ).rstrip()
        for line in map(content.get_line, range(content.line_count))
    ]
    undo()
    assert "create_content" not in vars(control)
    assert (content.cursor_position.y, content.cursor_position.x) == (
        buffer.document.cursor_position_row,
        buffer.document.cursor_position_col,
    )
    return lines


@pytest.mark.parametrize(
    ("text", "caret", "ghost", "expected"),
    [
        ("fo", 2, "r x:", ["fo[r x:]"]),
        ("def f", 5, "():\n    pass", ["def f[():]", "[    pass]"]),
        ("if x:\n    y", 11, "()\n    z()", ["if x:", "    y[()]", "[    z()]"]),
        ("a\nb", 1, "1\n2", ["a[1]", "[2]", "b"]),
        ("a\nb", 1, "1", ["a[1]", "b"]),
        ("a:\n", 3, "\n\tb", ["a:", "", "[    b]"]),
        ("ab", 1, "x", ["ab"]),  # not at the end of its line
    ],
)
def test_ghost_text_stands_after_the_caret_and_pushes_the_rest_down(text, caret, ghost, expected):
    assert drawn(text, caret, ghost) == expected


def test_its_place_among_the_alternatives_stands_after_it():
    assert drawn("fo", 2, "r", "2/3") == ["fo[r][  2/3]"]
    assert drawn("fo", 2, "r\n x", "2/3") == ["fo[r]", "[ x][  2/3]"]


def test_beside_a_menu_there_is_one_line_and_no_raw_line_end():
    assert drawn("fo", 2, "r\nx", menu=True) == ["fo[r]"]
    assert drawn("fo", 2, "\nx", menu=True) == ["fo"]


@pytest.mark.parametrize(
    ("look", "style"),
    [("colour", STYLE), ("dim", "dim"), ("italic", "italic"), ("underline", "underline")],
)
def test_how_it_is_told_apart_can_be_chosen(look, style):
    assert style_of(look).endswith(style)


def test_without_colours_it_is_dim_and_italic(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    depth = ColorDepth.from_env()
    output = Vt100_Output(io.StringIO(), lambda: Size(24, 80), default_color_depth=depth)
    with set_app(Application(output=output)):
        assert style_of("auto").split()[-2:] == ["dim", "italic"]
        assert style_of("colour") == STYLE


def test_a_mark_can_stand_before_it():
    assert drawn("fo", 2, "r x:", look="mark") == ["fo[|r x:]"]
