"""Bytes in, bytes out, through the real widget, document and undo history."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.buffer import Buffer
from codecomplete.integrations.edit.editor import Editor
from codecomplete.integrations.edit.settings import EditOptions
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.fake import FakeModel

BYTES = st.one_of(
    st.binary(max_size=80),
    st.text(
        "ab \t\n\r\x0b\x0c\x1b\x1c\x85\u2028\ufeff\u202e\U0010f800é", max_size=60
    ).map(lambda text: text.encode("utf-8")),
    st.text("ab\n\r\x0cé", max_size=40).map(lambda text: text.encode("utf-16")),
)  # fmt: skip


def unmounted(data: bytes) -> Editor:
    """The real widget without an application around it."""
    options = EditOptions(enabled=False)
    suggester = Suggester(options, load=lambda options: FakeModel())
    suggester.enable(False)
    return Editor(Buffer(files.read_bytes(data)), suggester, options)


def written(editor: Editor) -> bytes:
    return editor.buffer.file.encode(editor.text)


@settings(deadline=None, max_examples=150)
@given(BYTES)
def test_any_bytes_go_through_the_widget_unchanged(data):
    editor = unmounted(data)
    assert written(editor) == data
    assert "\n".join(editor.document.lines) == editor.text


@settings(deadline=None, max_examples=150)
@given(BYTES, st.data())
def test_an_edit_changes_only_its_own_bytes_and_undo_gives_them_back(data, draw):
    editor = unmounted(data)
    text = editor.text
    first = draw.draw(st.integers(0, len(text)))
    last = draw.draw(st.integers(first, min(len(text), first + 3)))
    inserted = draw.draw(st.text("x(\n", max_size=3))
    document = editor.document
    start, end = map(document.get_location_from_index, (first, last))
    editor.replace(inserted, start, end)
    assert editor.text == text[:first] + inserted + text[last:]
    editor.undo()
    assert editor.text == text and written(editor) == data


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(), max_size=40), st.binary(max_size=20))
def test_nothing_unsafe_is_drawn(text, data):
    editor = unmounted(data)
    editor.replace(editor.buffer.file.inward(text), (0, 0), (0, 0))
    for line in editor.document.lines:
        drawn = editor.buffer.file.visible(line)
        assert len(drawn) == len(line)
        assert not any((ord(one) < 32 and one != "\t") or 0x7F <= ord(one) < 0xA0 for one in drawn)
        assert not any(0xD800 <= ord(one) < 0xE000 for one in drawn)
