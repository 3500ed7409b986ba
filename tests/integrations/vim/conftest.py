"""Vims for tests: one that several tests type into, or one of its own."""

from __future__ import annotations

import re

import pytest

from tests.integrations.vim.editor import Editor, found

PROGRAM = found()


@pytest.fixture(scope="session")
def program() -> str:
    if PROGRAM is None:
        pytest.skip("no Vim 9.0.1378 here (apt-get install vim)")
    return PROGRAM


@pytest.fixture(scope="session")
def shared(program, tmp_path_factory):
    editor = Editor(program, tmp_path_factory.mktemp("home"))
    yield editor
    editor.close()


@pytest.fixture
def editor(shared):
    """A Vim that may be typed into, with an empty Python buffer, in normal mode."""
    shared.keys("<Esc>", "<Esc>")
    shared.ex("silent! only! | silent! %bwipeout! | messages clear")
    shared.open()
    yield shared
    said = shared.messages()
    assert "codecomplete" not in said and not re.search(r"\bE\d{3,}:", said), said


@pytest.fixture
def start(program, tmp_path):
    """Start a Vim of one's own: ``start(*arguments, mode=..., before=[...])``."""
    started: list[Editor] = []

    def make(*arguments: str, **options) -> Editor:
        home = tmp_path / str(len(started))
        home.mkdir()
        started.append(Editor(program, home, *arguments, **options))
        return started[-1]

    yield make
    for editor in started:
        editor.close()
