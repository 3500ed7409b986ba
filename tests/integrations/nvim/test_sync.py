"""Whatever is done to a buffer, the engine reads its text: every answer is a digest of what it
read, and is compared with the buffer of a real Neovim."""

from __future__ import annotations

import os
import random

import pytest

STEPS = int(os.environ.get("SYNC_STEPS", "60"))
WORDS = ["x", "größe", "日本", "👍", "", "    y", "\tz", "def f():", "a" * 300]


COUNT = """
local process = require('codecomplete.process')
local receive = process.receive
_G.resyncs = 0
process.receive = function(verb, message)
  if verb == 'resync' then _G.resyncs = _G.resyncs + 1 end
  return receive(verb, message)
end
"""


@pytest.fixture(scope="module")
def editor(program, tmp_path_factory):
    from tests.integrations.nvim.editor import Editor

    editor = Editor(program, tmp_path_factory.mktemp("sync"), mode="digest")
    editor.nvim.command("set hidden")
    editor.lua(COUNT)
    yield editor
    editor.close()


def agrees(editor) -> None:
    """Ask at the end of the caret's line, and compare."""
    editor.keys("A", "q")
    editor.sees(editor.digest())
    editor.keys("<Esc>")


def resyncs(editor) -> int:
    return editor.lua("return _G.resyncs")


def some_edit(editor, chance: random.Random) -> str:
    """One thing that a user or a plugin may do; returns what it was."""
    count = editor.nvim.api.buf_line_count(0)
    row = chance.randrange(count) + 1
    word = chance.choice(WORDS)
    kind = chance.choice(
        ["line", "type", "delete", "undo", "redo", "move", "join", "substitute", "api", "below",
         "everything", "file", "normal", "sort"]
    )  # fmt: skip
    editor.nvim.command(f"{row}")
    if kind == "line":
        editor.nvim.funcs.append(row, [word, word[:1]])
    elif kind == "type":
        editor.keys("o", *word[:5], "<CR>", "x", "<BS>", "<Esc>")
    elif kind == "delete":
        editor.nvim.command(f"{row},{min(count, row + chance.randrange(4))}delete")
    elif kind == "undo":
        editor.nvim.command("silent! undo")
    elif kind == "redo":
        editor.nvim.command("silent! redo")
    elif kind == "move":
        editor.nvim.command(
            f"{row}move {chance.randrange(count + 1)}" if count > 1 else "normal! x"
        )
    elif kind == "join":
        editor.nvim.command("join")
    elif kind == "substitute":
        editor.nvim.command("silent! %substitute/x/yé/ge")
    elif kind == "api":
        last = min(count, row + chance.randrange(3))
        editor.nvim.api.buf_set_lines(0, row - 1, last, True, [word] * chance.randrange(4))
    elif kind == "below":
        editor.keys("yyp", "P")
    elif kind == "everything":
        editor.nvim.command("%delete")
    elif kind == "file":
        editor.nvim.command("silent write! | silent edit!")
    elif kind == "normal":
        editor.keys("ddp", "J", ">>", "g~~")
    elif kind == "sort":
        editor.nvim.command("sort")
    return kind


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_edits_the_engine_reads_the_buffer(editor, tmp_path, seed):
    editor.begin_test()
    editor.open("\n".join(WORDS), name=str(tmp_path / f"fuzz{seed}.py"))
    editor.nvim.command("setlocal noautoindent indentexpr= formatoptions=")
    agrees(editor)
    editor.lua("_G.resyncs = 0")
    chance = random.Random(seed)
    done: list[str] = []
    for _ in range(STEPS):
        done.append(some_edit(editor, chance))
        if chance.random() < 0.5:
            try:
                agrees(editor)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, after {done}") from error
    agrees(editor)
    assert resyncs(editor) == 0, "and the whole text was sent once only"
    editor.end_test()


def test_a_letter_costs_one_line_in_a_long_file(editor):
    editor.begin_test()
    editor.open("\n".join(f"line = {number}" for number in range(20_000)))
    agrees(editor)
    editor.watch_messages()
    editor.nvim.command("10000")
    editor.keys("A", "a", "b", "c", "<Esc>")
    edits = [message.get("edit") for verb, message in editor.sent() if verb == "suggest"]
    assert [len(edit["lines"]) for edit in edits if edit] == [1, 1, 1]
    editor.end_test()


def test_many_edits_between_two_questions_are_one_range(editor):
    editor.begin_test()
    editor.open("\n".join("x = 1" for _ in range(2000)))
    agrees(editor)
    editor.nvim.command("silent %substitute/x/y/")
    editor.nvim.command("1delete")
    agrees(editor)
    editor.end_test()


def test_a_python_half_that_lost_the_text_gets_it_again(editor):
    editor.begin_test()
    editor.open("some\ntext")
    agrees(editor)
    buffer = editor.nvim.current.buffer.number
    editor.lua("require('codecomplete.process').send('forget', { buffer = ... })", buffer)
    agrees(editor)
    editor.end_test()


def test_dos_files_and_files_without_a_last_line_end(editor, tmp_path):
    editor.begin_test()
    path = tmp_path / "dos.py"
    path.write_bytes(b"one\r\ntwo\r\nthree")
    editor.nvim.command(f"edit {path}")
    assert editor.nvim.eval("&fileformat") == "dos"
    agrees(editor)
    editor.keys("ggO", "first", "<Esc>")
    agrees(editor)
    editor.end_test()


def test_bytes_that_are_no_text_are_survived(editor, tmp_path):
    editor.begin_test()
    editor.lua("_G.resyncs = 0")
    path = tmp_path / "bytes.py"
    path.write_bytes(b"name = '\xff\xfe'\nnul = '\x00'\nlast\n")
    editor.nvim.command(f"edit ++enc=utf-8 ++bad=keep {path}")
    editor.keys("G", "A", "q")
    editor.wait(editor.ghost)
    editor.keys("<Esc>", "ggA", "q")
    editor.wait(editor.ghost)
    assert resyncs(editor) == 0
    editor.keys("<Esc>")
    editor.end_test()


def test_many_new_buffers_need_no_second_sending(editor):
    """Neovim does not always know the size of a new buffer."""
    editor.begin_test()
    editor.lua("_G.resyncs = 0")
    for _ in range(30):
        editor.open()
        editor.keys("i", "x", "<Esc>")
    agrees(editor)
    assert resyncs(editor) == 0
    editor.end_test()
