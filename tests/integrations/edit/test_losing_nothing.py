"""Ways to lose text, tried with the bytes that a terminal sends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.integrations.edit.test_pseudo_terminal import (
    GUARD_SECONDS,
    is_put_aside,
    offered,
    started,
    unknown,
)
from tests.integrations.terminal import ESCAPE, Terminal
from tests.patience import work_of

pytestmark = pytest.mark.slow

SAVE, QUIT, OPEN, NEW, GO_TO, UNDO = "\x13", "\x11", "\x0f", "\x0e", "\x07", "\x1a"
PALETTE, SAVE_AS, CLEAR = "\x10", "\x1b[24~", "\x15"
PATIENT = 0.15


def typed(terminal, *parts: str) -> None:
    """Each part, and then a moment for what it does; only what is modified is saved."""
    for part in parts:
        if part == SAVE:
            terminal.wait(lambda: "modified" in terminal.text())
        terminal.send(part)
        terminal.settle(PATIENT)


def said(terminal, words: str) -> bool:
    """Whether the screen says this, on however many rows."""
    return words in " ".join(re.sub("[│▌▊▎]", " ", terminal.text()).split())


def answered(terminal, question: str, key: str) -> None:
    """Wait for a question, and for as long as it takes no answer."""
    terminal.wait(lambda: said(terminal, question))
    time.sleep(GUARD_SECONDS)
    typed(terminal, key)


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    return path


@pytest.mark.parametrize(("command", "question"), [
    (SAVE_AS, "under which name"), (OPEN, "Open which"), (GO_TO, "Go to line"),
])  # fmt: skip
def test_escape_is_no_answer(tmp_path, file, command, question):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ", command)
        terminal.wait(lambda: question in terminal.text())
        typed(terminal, ESCAPE)
        terminal.wait(lambda: question not in terminal.text())
        assert "modified" in terminal.text()
    assert file.read_text() == "one\ntwo\n"


def test_reloading_a_file_that_was_removed_keeps_the_only_copy(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ")
        file.unlink()
        typed(terminal, SAVE)
        terminal.wait(lambda: said(terminal, "was removed by another program"))
        assert "Reload" not in terminal.text()
        time.sleep(GUARD_SECONDS)
        typed(terminal, "r", ESCAPE)  # as it was offered once
        assert "mine one" in terminal.text() and "modified" in terminal.text()
        typed(terminal, PALETTE, "reload\r")
        answered(terminal, "brings your changes back", "r")
        terminal.wait(lambda: said(terminal, "no longer exists"))
        assert "mine one" in terminal.text() and not file.exists()
        answered_again(terminal)
    assert file.read_text() == "mine one\ntwo\n"


def answered_again(terminal) -> None:
    typed(terminal, SAVE)
    answered(terminal, "was removed by", "w")
    terminal.wait(lambda: "modified" not in terminal.text())


def test_a_clean_text_whose_file_is_removed_is_not_left_without_a_question(tmp_path, file):
    with started(tmp_path, file) as terminal:
        file.unlink()
        typed(terminal, QUIT)
        terminal.wait(lambda: "only here" in terminal.text())
        answered(terminal, "only here", "s")
        answered(terminal, "was removed by", "w")
        terminal.ended()
    assert file.read_text() == "one\ntwo\n"


def test_a_reload_can_be_undone_and_is_kept(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ")
        file.write_text("theirs\ntwo\n")
        typed(terminal, SAVE)
        answered(terminal, "changed by another", "d")
        terminal.wait(lambda: "-theirs" in terminal.text() and "+mine one" in terminal.text())
        typed(terminal, ESCAPE)
        answered(terminal, "changed by another", "r")
        terminal.wait(lambda: "theirs" in terminal.lines()[0])
        typed(terminal, UNDO)
        terminal.wait(lambda: "mine one" in terminal.text() and "modified" in terminal.text())
        typed(terminal, "\x19")
        terminal.wait(lambda: "theirs" in terminal.text())
        typed(terminal, "\x1bu")
        terminal.wait(lambda: said(terminal, "before a reload"))
        terminal.wait(lambda: "+mine one" in terminal.text())


def test_what_another_program_wrote_is_kept_when_it_is_overwritten(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ")
        file.write_text("theirs\n")
        typed(terminal, SAVE)
        answered(terminal, "changed by another", "o")
        terminal.wait(lambda: "modified" not in terminal.text())
        typed(terminal, "\x1bu")
        terminal.wait(lambda: said(terminal, "by another program"))
        typed(terminal, "\r")
        terminal.wait(lambda: "modified" in terminal.text())
        assert "theirs" in terminal.lines()[0]
    assert file.read_text() == "mine one\ntwo\n"


def test_a_clean_text_follows_its_file_and_a_changed_one_says_so(tmp_path, file):
    with started(tmp_path, file) as terminal:
        file.write_text("theirs\ntwo\n")
        terminal.wait(lambda: "theirs" in terminal.lines()[0])
        typed(terminal, UNDO)
        terminal.wait(lambda: "one" in terminal.lines()[0])
        typed(terminal, "\x19", "mine ")
        terminal.wait(lambda: "mine" in terminal.lines()[0])
        file.write_text("theirs again\n")
        terminal.wait(lambda: said(terminal, "both here and by another program"))
        assert "mine" in terminal.lines()[0]


def test_the_folder_it_was_started_in_is_removed_while_one_types(tmp_path):
    """Terminal starts the editor in ``tmp_path``, so the path is relative to what is removed."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n")
    with started(tmp_path, "a.py", folder=folder) as terminal:
        typed(terminal, "for ")
        shutil.rmtree(folder)
        typed(terminal, "name in names ")
        terminal.wait(lambda: "for name in names" in terminal.text())
        typed(terminal, SAVE)
        folder.mkdir()
        typed(terminal, OPEN, CLEAR, "b.txt\r", "new", SAVE)
        terminal.wait(lambda: (folder / "b.txt").exists())
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.ended()
        assert terminal.child.exitstatus == 128 + signal.SIGTERM
    assert offered(tmp_path, folder / "a.py").startswith("for name in names")


def test_text_without_a_name_is_offered_again_and_everything_is_listed(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ", NEW, "a thought")
        terminal.wait(lambda: "a thought" in terminal.text())
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.ended()
    with started(tmp_path) as terminal:
        answered(terminal, "begins with “a thought”", "l")
        terminal.wait(lambda: said(terminal, "earlier sessions (2)"))
        typed(terminal, "\x1bu")
        terminal.wait(lambda: "Delete discards it" in terminal.text())
        assert "a.txt" in terminal.text() and "unnamed" in terminal.text()
        typed(terminal, "\x1b[B")
        typed(terminal, "\x1b[A")
        typed(terminal, "\x1b[B" if "a.txt" in terminal.lines()[3] else "", "\r")
        terminal.wait(lambda: "a thought" in terminal.lines()[2] or "a thought" in terminal.text())
        terminal.wait(lambda: "modified" in terminal.text())
        os.kill(terminal.child.pid, signal.SIGKILL)  # just after it was taken up
        terminal.ended()
    with started(tmp_path) as terminal:
        answered(terminal, "begins with “a thought”", "r")
        terminal.wait(lambda: "a thought" in terminal.text() and "modified" in terminal.text())


def test_what_was_not_saved_stays_put_aside_until_every_question_of_leaving_is_answered(tmp_path):
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    with started(tmp_path, one, two) as terminal:
        typed(terminal, "first", "\x1b[6;5~", "second")
        terminal.wait(lambda: all(is_put_aside(tmp_path, one) for one in ("first", "second")))
        typed(terminal, QUIT)
        answered(terminal, "unsaved changes", "d")
        answered(terminal, "unsaved changes", "c")
        os.kill(terminal.child.pid, signal.SIGKILL)
        terminal.ended()
    assert offered(tmp_path, one) == "first" and offered(tmp_path, two) == "second"


@pytest.mark.parametrize("wrap", ["", "\x1bz"], ids=["", "wrapped"])
def test_undo_of_a_paste_that_brought_the_scrollbar_up(tmp_path, file, wrap):
    lines = "\n".join(f"line {count} " + "long " * 19 for count in range(10))
    file.write_text(lines)
    with started(tmp_path, file) as terminal:
        typed(terminal, wrap, GO_TO, "99\r", "\x1b[F")
        typed(terminal, "\x1b[200~" + "new\n" * 8 + "\x1b[201~", UNDO)
        typed(terminal, "\x1b[200~" + "new\n" * 80 + "\x1b[201~", UNDO, "\x1b[6~", "end", SAVE)
        terminal.wait(lambda: file.read_text() == lines + "end")
        terminal.settle()
        assert "That failed" not in terminal.text()


@pytest.mark.parametrize("command", [OPEN, SAVE_AS])
def test_no_name_ends_the_editor(tmp_path, file, command):
    with started(tmp_path, file) as terminal:
        typed(terminal, "mine ")
        for name in ("~nouser/x", "a\x00b", "x" * 300, "~"):
            typed(terminal, command)
            terminal.wait(lambda: "which" in terminal.text())
            typed(terminal, CLEAR, name + "\r")
            time.sleep(GUARD_SECONDS)
            terminal.settle()
            assert "That failed" not in terminal.text()
            typed(terminal, ESCAPE)
            if "mine" not in terminal.text():  # it was opened, as the name of a new file
                typed(terminal, "\x1b[5;5~")
            terminal.wait(lambda: "mine" in terminal.text())
        typed(terminal, "on ")
        terminal.wait(lambda: "on " in terminal.lines()[0] or "on " in terminal.lines()[2])
        assert terminal.child.isalive() and unknown(terminal.raw) == ""
        assert "That failed" not in terminal.text()


LINES = ("²", "٣", "1:²", "9" * 5000, "-1", "1e3", "2:1", " 2 ")


def test_no_line_ends_the_editor(tmp_path, file):
    with started(tmp_path, file, rows=60) as terminal:  # notices, one for each line, cover no text
        for count, line in enumerate(LINES):
            terminal.send(GO_TO)
            terminal.wait(lambda: "Go to line" in terminal.text())
            terminal.send(f"\x1b[200~{line}\x1b[201~\r")
            terminal.wait(lambda: "Go to line" not in terminal.text())
            typed(terminal, f"mine{count}")
            terminal.wait(lambda count=count: f"mine{count}" in terminal.text())
        assert terminal.child.isalive() and "That failed" not in terminal.text()


def test_another_line_end_or_encoding_is_a_change(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, PALETTE, "ends: CRLF", "\r")
        terminal.wait(lambda: "modified" in terminal.text())
        typed(terminal, QUIT)
        answered(terminal, "unsaved changes", "c")
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.ended()
    assert file.read_bytes() == b"one\ntwo\n"
    with started(tmp_path, file) as terminal:
        answered(terminal, "unsaved work", "r")
        terminal.wait(lambda: "CRLF" in terminal.text() and "modified" in terminal.text())
        typed(terminal, SAVE)
        terminal.wait(lambda: file.read_bytes() == b"one\r\ntwo\r\n")
        typed(terminal, QUIT)
        terminal.ended()


def test_a_paste_keeps_every_character_in_its_order_and_ctrl_j_is_enter(tmp_path, file):
    evil = "a\x1bb\x1b[31mred\x1b[0m\x00c"
    with started(tmp_path, file) as terminal:
        typed(terminal, f"\x1b[200~{evil}\x1b[201~", "\n", SAVE)
        terminal.wait(lambda: file.read_bytes() == evil.encode() + b"\none\ntwo\n")
        assert unknown(terminal.raw) == ""


def test_a_paste_right_after_ctrl_f_goes_where_the_keys_go(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x06\x1b[200~two\x1b[201~\r", ESCAPE, "x", SAVE)
        terminal.wait(lambda: file.read_text() == "one\nx\n")


def test_a_byte_that_is_no_utf8_ends_nothing(tmp_path, file):
    with started(tmp_path, file) as terminal:
        terminal.child.send(b"\xff\xe9\x80")
        terminal.child.send(b"\x1b[999999999999999999;5u")
        terminal.settle(PATIENT)
        typed(terminal, "kept", SAVE)
        terminal.wait(lambda: "kept" in file.read_text())
    assert file.read_text().endswith("one\ntwo\n")


def test_alt_and_a_letter_reach_the_find_bar_in_a_terminal_without_kittys_keys(tmp_path, file):
    file.write_text("a.c abc aXc")
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x12", "a.c", "\x1br")  # a regular expression
        terminal.wait(lambda: "of 3" in terminal.text())
        typed(terminal, "\x1bc")  # capitals matter
        terminal.wait(lambda: "Aa" in terminal.text())
        typed(terminal, "\x1bw")  # whole words
        terminal.wait(lambda: "W" in terminal.lines()[-4])
        typed(terminal, "\t", "new", "\x1ba")  # replace all
        terminal.wait(lambda: "3 replaced" in terminal.text())
        typed(terminal, ESCAPE, SAVE)
        terminal.wait(lambda: file.read_text() == "new new new")


def test_alt_and_a_letter_type_nothing_into_a_question(tmp_path, file):
    with started(tmp_path, file) as terminal:
        for command in (OPEN, SAVE_AS, GO_TO):
            typed(terminal, command, CLEAR, "\x1bq", "\x1bk")
            words = {line.strip(" │┃▎▌") for line in terminal.lines()}
            assert not words & {"q", "k", "qk"}
            typed(terminal, ESCAPE)
            terminal.wait(lambda: "which" not in terminal.text())


def test_the_caret_stays_in_sight_in_a_smaller_window(tmp_path, file):
    file.write_text("".join(f"line {count}\n" for count in range(15)) + "the end")
    with started(tmp_path, file) as terminal:
        typed(terminal, GO_TO, "16\r")
        terminal.wait(lambda: "the end" in terminal.text() and "Ln 16" in terminal.text())
        terminal.resize(8, 60)
        terminal.wait(lambda: "the end" in terminal.text() and "Ln 16" in terminal.text())


def test_a_notice_covers_neither_the_status_nor_the_keys(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x1f")  # comment, where there are no comments
        terminal.wait(lambda: said(terminal, "There are no comments in plain text"))
        assert "Ln 1" in terminal.lines()[-2] and "^Q" in terminal.lines()[-1]


def test_files_are_opened_although_one_of_the_names_is_a_folder(tmp_path, file):
    with started(tmp_path, "+/two", file, tmp_path) as terminal:
        terminal.wait(lambda: "Open a file of" in terminal.text())
        typed(terminal, ESCAPE)
        terminal.wait(lambda: "Ln 2" in terminal.text())


@pytest.mark.parametrize(("words", "place"), [
    (("+2:1", "a.txt"), "Ln 2, Col 1"),
    (("+/wo", "a.txt"), "Ln 2, Col 2"),
    (("+2", "a.txt"), "Ln 2"),
])  # fmt: skip
def test_a_place_to_go_to_is_no_name(tmp_path, file, words, place):
    with started(tmp_path, *words) as terminal:
        terminal.wait(lambda: place in terminal.text() and "a.txt" in terminal.text())
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("+")) == []


def test_a_circle_of_links_and_settings_without_a_folder_end_in_one_line(tmp_path):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "file").write_text("")
    module = ("-m", "codecomplete.integrations.edit")
    cases = (
        (("one",), {}, 1, "too many"),
        (("--write-settings",), {"XDG_CONFIG_HOME": f"{tmp_path}/file/sub"}, 1, "not"),
        (("--write-settings",), {"XDG_CONFIG_HOME": f"{tmp_path}/new/sub"}, 0, "edit.toml"),
    )
    for words, more, code, said_of_it in cases:
        terminal = Terminal(tmp_path, *module, *words, more=more)
        terminal.ended()
        lines = terminal.raw.decode().strip().splitlines()
        assert len(lines) == 1 and said_of_it in lines[0].lower(), terminal.text()
        assert terminal.child.exitstatus == code and unknown(terminal.raw) == ""


def test_what_is_marked_in_the_find_bar_are_all_matches_and_the_current_one_is_another(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("".join(f"line {count}\n" for count in range(60)) + "last one\nlast two\n")
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x06last")
        terminal.wait(lambda: "1 of 2" in terminal.text() and "last two" in terminal.text())
        rows = [row for row, line in enumerate(terminal.lines()) if "last" in line][:2]
        terminal.wait(lambda: marked_apart(terminal, *rows))


def marked_apart(terminal, *rows: int) -> bool:
    first, second = (terminal.screen.buffer[row][4].bg for row in rows)
    return first != second and "default" not in (first, second)


def test_a_suggestion_of_several_lines_is_seen_whole_and_taken_whole(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("\nbelow = 1\n")
    with started(tmp_path, file) as terminal:
        typed(terminal, "if rea")
        terminal.wait(lambda: "print('second')" in terminal.text())
        shown = ["if ready:", "    print('first')", "    print('second')", "below = 1"]
        terminal.wait(lambda: [line[3:].rstrip() for line in terminal.lines()[:4]] == shown)
        typed(terminal, "\t", SAVE)
        wanted = "if ready:\n    print('first')\n    print('second')\nbelow = 1\n"
        terminal.wait(lambda: file.read_text() == wanted)


@pytest.mark.parametrize("size", [100_000, 900_000, 1_500_000])
def test_one_long_line_is_typed_into_in_sight_and_at_once(tmp_path, size):
    """It was 1 s for 0.1 MB, and nothing was seen at the end."""
    file = tmp_path / "a.js"
    file.write_text("var a=[" + "{x:1,y:'s'}," * (size // 12) + "];")
    with started(tmp_path, file) as terminal:
        for end in ("", "\x1b[F"):
            typed(terminal, end)
            before = work_of(terminal.child.pid)
            terminal.send("qwertyuiop")
            terminal.wait(lambda: "qwertyuiop" in terminal.text())
            assert work_of(terminal.child.pid) - before < 5.0
        terminal.wait(lambda: "no colours" in terminal.text())


@pytest.mark.parametrize("paste", [False, True])
def test_what_is_typed_right_after_a_command_is_for_its_question(tmp_path, file, paste):
    """All in one go, as a fast typist's keys come over a slow line."""
    words = "\x1b[200~12\x1b[201~" if paste else "12"
    with started(tmp_path, file) as terminal:
        for command in (OPEN, SAVE_AS, PALETTE, "\x06", GO_TO):
            terminal.send(f"mine {command}{words}")
            terminal.wait(lambda: "12" in terminal.text())
            typed(terminal, ESCAPE, ESCAPE)
            terminal.wait(lambda: "12" not in terminal.lines()[0])
        typed(terminal, SAVE)
        terminal.wait(lambda: file.read_text() == "mine " * 5 + "one\ntwo\n")
