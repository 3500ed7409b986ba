"""Beside plugins that other people have: the real ones, where they are."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.plugins import find
from tests.integrations.nvim.test_crossing import CELLS

CELL = "for index in range(10):"


def source(name: str) -> list[str]:
    """Commands that load a plugin."""
    folder = find(name, old=False)
    scripts = sorted(folder.glob("plugin/**/*.vim"))
    return [f"set runtimepath^={folder}", *(f"source {script}" for script in scripts)]


@pytest.mark.parametrize("trigger", ["<Tab>", "<C-l>"], ids=["Tab", "another key"])
@pytest.mark.parametrize("snippets", ["own", "vim-snippets"])
def test_ultisnips_expands_and_jumps_before_ghost_text_where_it_has_the_key(
    start, tmp_path, trigger, snippets
):
    folder = tmp_path / "UltiSnips"
    folder.mkdir()
    (folder / "python.snippets").write_text('snippet for "" b\nA($1, $2)\nendsnippet\n')
    if snippets == "vim-snippets":
        folder = find("vim-snippets", old=False) / "UltiSnips"
    editor = start(
        before=[
            f"let g:UltiSnipsExpandTrigger = '{trigger}'",
            f"let g:UltiSnipsJumpForwardTrigger = '{trigger}'",
            f"let g:UltiSnipsSnippetDirectories = ['{folder}']",
            f"set runtimepath^={folder.parent}",
            *source("ultisnips"),
        ]
    )
    if not editor.expr("has('python3')"):
        pytest.skip("UltiSnips needs a Vim with +python3")
    editor.open()
    editor.keys("i", *"for")
    editor.sees(CELL[3:])
    editor.accept()
    if trigger == "<C-l>":
        editor.has(CELL)
    elif snippets == "own":
        editor.has("A(, )")
        editor.keys("x", "<Tab>", "y")
        editor.has("A(x, y)")
    else:
        editor.wait(lambda: editor.buffer().startswith("for ") and " in " in editor.buffer())
        assert editor.buffer() != CELL


@pytest.mark.parametrize(("filetype", "typed", "line"), CELLS, ids=[cell[2] for cell in CELLS])
def test_brackets_that_auto_pairs_has_closed_are_gone_over(start, filetype, typed, line):
    editor = start(mode="cells", before=source("auto-pairs"))
    editor.open("", filetype)
    editor.ex("setlocal indentexpr= nocindent noautoindent")
    editor.keys("i", *typed)
    editor.wait(lambda: editor.lines()[0].startswith(line))
    assert editor.buffer() != typed, "it has closed what was opened"
    editor.accept()
    editor.wait(lambda: editor.buffer().startswith(line))
    left = editor.buffer()[len(line) :]
    assert not left or line.endswith("{"), "nothing is doubled"


def test_what_is_shown_may_be_typed_through_brackets_that_auto_pairs_closes(start):
    editor = start(mode="cells", before=source("auto-pairs"))
    editor.open()
    editor.keys("i", *"for n in range(10):")
    editor.has("for n in range(10):")
