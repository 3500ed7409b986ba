"""Whatever is done to a buffer, the engine reads its text: every answer is a digest of what it
read, and is compared with the buffer of a real Vim."""

from __future__ import annotations

import os
import random

import pytest

from codecomplete.integrations.nvim.mirror import Mirror
from tests.integrations.nvim.fake_models import digest
from tests.integrations.vim.editor import Editor

STEPS = int(os.environ.get("SYNC_STEPS", "40"))
WORDS = ["x", "größe", "日本", "👍", "", "    y", "\tz", "def f():", "a" * 300]
EDITS = [
    "append(line('.'), ['one', 'größe'])", "setline('.', '日本')", "append(0, ['top', '👍'])",
    "deletebufline('%', line('.'), line('.') + 2)",
    *(f"execute('silent! {command}')" for command in (
        "undo", "redo", "earlier 3", "move 0", "join", "sort", "%delete", "%s/x/yé/ge",
        "normal! ddp", "normal! yyP", "write | silent! edit!",
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def editor(program, tmp_path_factory):
    editor = Editor(program, tmp_path_factory.mktemp("sync"), mode="digest")
    editor.ex("set hidden")
    yield editor
    editor.close()


def agrees(editor) -> None:
    """Ask at the end of the caret's line, and compare."""
    editor.keys("A", "q")
    row, column = editor.expr("[line('.'), col('.')]")
    mirror = Mirror()
    mirror.replace(0, 0, editor.expr("getline(1, '$')"))
    expected = digest(*mirror.around(row - 1, column - 1))
    editor.wait(lambda: editor.ghost().replace("\n", "") == expected)  # where it wraps
    editor.keys("<Esc>")


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_edits_the_engine_reads_the_buffer(editor, tmp_path, seed):
    editor.open("\n".join(WORDS[:-1]), name=str(tmp_path / f"fuzz{seed}.py"))
    editor.ex("setlocal noautoindent indentexpr= formatoptions=")
    agrees(editor)
    chance = random.Random(seed)
    done: list[str] = []
    for _ in range(STEPS):
        editor.expr(f"cursor({chance.randrange(1, 9)}, 1)")
        done.append(chance.choice(EDITS))
        editor.expr(done[-1])
        if chance.random() < 0.5:
            try:
                agrees(editor)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, after {done}") from error
    agrees(editor)


def test_a_letter_costs_one_line_in_a_long_file(editor):
    editor.open("\n".join(f"line = {number}" for number in range(20_000)))
    agrees(editor)
    editor.expr("cursor(10000, 1)")
    editor.keys("A", "a")
    editor.wait(editor.ghost)
    edit = editor.expr("[setline('.', getline('.') .. 'b'), codecomplete#mirror#Edit()][1]")
    assert [edit["first"], edit["last"], edit["whole"]] == [9999, 10000, False]
    assert edit["lines"] == ["line = 9999ab"]
    editor.keys("<Esc>")
    editor.ex("call codecomplete#mirror#Resend()")
