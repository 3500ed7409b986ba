"""What can be undone after a file was closed, and what is never written down for that."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.document._document import Selection
from textual.document._edit import Edit

from codecomplete.integrations.edit import undoing
from codecomplete.integrations.edit.undoing import Unreadable, holds_secrets, packed, unpacked
from codecomplete.integrations.edit.view.document import CodeDocument
from tests.integrations.edit.test_losing_nothing import QUIT, SAVE, UNDO, typed
from tests.integrations.edit.test_pseudo_terminal import started

KEY = "AKIAIOSFODNN7EXAMPLE"
REDO = "\x19"


class Area:
    """As much of a text area as an edit needs."""

    def __init__(self, text: str) -> None:
        self.document, self.selection = CodeDocument(text), Selection((0, 0), (0, 0))

    def do(self, text, start, end) -> Edit:
        edit = Edit(text, start, end, False)
        edit.do(self)
        return edit


@st.composite
def histories(draw):
    area = Area(draw(st.text("ab\n", max_size=20)))
    before = area.document.text
    steps = []
    for _ in range(draw(st.integers(1, 6))):
        step = []
        for _ in range(draw(st.integers(1, 3))):
            places = []
            for _ in range(2):
                row = draw(st.integers(0, area.document.line_count - 1))
                places.append((row, draw(st.integers(0, len(area.document.get_line(row))))))
            step.append(area.do(draw(st.text("xy\n", max_size=4)), *sorted(places)))
        steps.append(step)
    return before, area, steps


@settings(deadline=None)
@given(histories())
def test_steps_that_were_kept_lead_back_to_where_they_began(history):
    before, area, steps = history
    for step in reversed(unpacked(packed(area.document.text, steps))):
        for edit in reversed(step):
            edit.undo(area)
    assert area.document.text == before


def test_only_the_newest_steps_are_kept(monkeypatch):
    monkeypatch.setattr(undoing, "MOST_STEPS", 2)
    area = Area("")
    steps = [[area.do(letter, (0, 0), (0, 0))] for letter in "abc"]
    assert [step[0].text for step in unpacked(packed("cba", steps))] == ["b", "c"]


def test_a_secret_that_was_typed_and_deleted_letter_by_letter_keeps_everything_away():
    area = Area("key = \n")
    typing = [[area.do(letter, (0, 6 + i), (0, 6 + i))] for i, letter in enumerate(f'"{KEY}"')]
    assert holds_secrets(area.document.text, typing)
    length = len(KEY) + 2
    deleting = [[area.do("", (0, 5 + i), (0, 6 + i))] for i in range(length, 0, -1)]
    assert area.document.text == "key = \n"
    assert not holds_secrets("key = \n", []) and packed("key = \n", typing + deleting) == b""


def test_what_takes_too_long_to_look_through_is_not_kept(monkeypatch):
    monkeypatch.setattr(undoing, "MOST_SECONDS", -1.0)
    area = Area("a")
    assert packed("ba", [[area.do("b", (0, 0), (0, 0))]]) == b""


@pytest.mark.parametrize("data", [
    b"", b"[]", b"[2, []]", b'[1, [[["a", [0, 0], [0, 0], false, "", [0], null]]]]', b"\xff",
    b'[1, [[["a", [0, -1], [0, 0], false, "", [0, 1], null]]]]', b"[1, [[1]]]", b"[1, 5]",
])  # fmt: skip
def test_bytes_that_are_no_steps_are_refused(data):
    with pytest.raises(Unreadable):
        unpacked(data)


# The editor, with the bytes of a terminal


@pytest.fixture
def more(tmp_path) -> dict[str, str]:
    """The tests' folder is a temporary one; another is, for the editor."""
    (tmp_path / "passing").mkdir()
    return {"TMPDIR": str(tmp_path / "passing")}


def records(tmp_path) -> list[Path]:
    return list(tmp_path.rglob("*.undo"))


def session(tmp_path, file, more, *keys: str, ends: bool = True) -> list[str]:
    """The first two rows after some keys."""
    with started(tmp_path, file, more=more) as terminal:
        typed(terminal, *keys)
        lines = terminal.lines()[:2]
        if ends:
            terminal.send(QUIT)
            terminal.ended()
        return lines


def test_undo_goes_on_where_it_was_when_the_file_is_opened_again(tmp_path, more):
    file = tmp_path / "a.txt"
    file.write_text("one\ntwo\n")
    session(tmp_path, file, more, "first ", "\x1b[B", "second ", SAVE)
    assert file.read_text() == "first one\ntwosecond \n"
    assert len(records(tmp_path)) == 1
    assert oct(records(tmp_path)[0].stat().st_mode & 0o777) == oct(0o600)
    json.loads(records(tmp_path)[0].read_bytes().partition(b"\n")[0])  # no pickle
    now = session(tmp_path, file, more, UNDO * 12, ends=False)
    assert now[0].endswith("one") and "first" not in now[0] and now[1].endswith("two")


def test_a_signal_and_a_new_name_keep_it_too(tmp_path, more):
    file, other = tmp_path / "a.txt", tmp_path / "b.txt"
    file.write_text("one\n")
    with started(tmp_path, file, more=more) as terminal:
        typed(terminal, "x", "\x1b[24~", "\x15" + str(other) + "\r")
        terminal.wait(other.exists)
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.ended()
    assert session(tmp_path, other, more, UNDO, ends=False)[0].endswith(" one")


def test_a_file_that_was_changed_since_has_no_old_steps(tmp_path, more):
    file = tmp_path / "a.txt"
    file.write_text("one\n")
    session(tmp_path, file, more, "x", SAVE)
    file.write_text("other\n")
    assert session(tmp_path, file, more, UNDO, ends=False)[0].endswith(" other")


def test_what_is_undone_in_a_kept_history_can_be_redone(tmp_path, more):
    file = tmp_path / "a.txt"
    file.write_text("one\n")
    session(tmp_path, file, more, "x", SAVE)
    assert session(tmp_path, file, more, UNDO, REDO, ends=False)[0].endswith(" xone")


@pytest.mark.parametrize("case", ["private file", "secret typed", "temporary", "switched off"])
def test_nothing_is_kept_where_it_would_reach_farther_than_the_file(tmp_path, more, case):
    file = tmp_path / (".env" if case == "private file" else "a.txt")
    file.write_text("one\n")
    if case == "temporary":
        more = {}
    if case == "switched off":
        (tmp_path / "codecomplete").mkdir()
        (tmp_path / "codecomplete/edit.toml").write_text("keep_undo = false\n")
    keys = [f'key = "{KEY}"', "\x7f" * (len(KEY) + 8)] if case == "secret typed" else []
    session(tmp_path, file, more, *keys, "x", SAVE)
    assert "x" in file.read_text() and KEY not in file.read_text()
    assert records(tmp_path) == []
    assert not any(
        KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
