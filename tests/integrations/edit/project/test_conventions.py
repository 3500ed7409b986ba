"""A new file is indented as its project's .editorconfig says."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import pytest

from codecomplete.engine import Indentation
from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.buffer import TABS, Buffer
from codecomplete.integrations.edit.project.conventions import MOST_BYTES, NAME, indentation

TWO = "[*]\nindent_style = space\nindent_size = 2\n"


def buffer(path: Path, text: str = "", indent: str = "auto") -> Buffer:
    return Buffer(replace(files.read_bytes(text.encode()), path=path), indent)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        (TWO, Indentation(width=2)),
        ("[*]\nindent_style = tab\n", Indentation(tabs=True, width=8)),
        ("[*]\nindent_style = tab\ntab_width = 4\n", Indentation(tabs=True, width=4)),
        ("[*.py]\nindent_size = 3\n", Indentation(width=3)),
        ("[*.js]\nindent_size = 3\n", None),
        ("[*]\nindent_size = 400\n", None),
        ("[*]\nindent_size = many\n", None),
        ("[*]\ncharset = utf-8\n", None),
    ],
)
def test_what_is_said_of_a_file(tmp_path, said, unit):
    (tmp_path / NAME).write_text(f"root = true\n{said}")
    assert indentation(tmp_path / "new.py") == unit


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the library's
def test_what_is_no_such_file_says_nothing(tmp_path):
    (tmp_path / NAME).write_text("no section at all\n\0")
    assert indentation(tmp_path / "new.py") is None
    gc.collect()


def test_a_nearer_file_and_a_later_section_win(tmp_path):
    (tmp_path / NAME).write_text(f"root = true\n{TWO}")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / NAME).write_text("[*]\nindent_size = 8\n[new.*]\nindent_size = 6\n")
    assert indentation(inner / "new.py") == Indentation(width=6)
    assert indentation(inner / "other.py") == Indentation(width=8)
    assert indentation(tmp_path / "new.py") == Indentation(width=2)


def test_what_cannot_be_read_says_nothing(tmp_path):
    for number, make in enumerate([
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to(path),
        lambda path: path.write_bytes(b"[*]\nindent_size = \xff\n"),
        lambda path: path.write_text(TWO + " " * MOST_BYTES),
    ]):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder / NAME)
        assert indentation(folder / "new.py") is None, number


def test_a_text_keeps_its_own_unit_and_the_project_wins_over_the_setting(tmp_path):
    (tmp_path / NAME).write_text(f"root = true\n{TWO}")
    assert buffer(tmp_path / "new.py").unit == "  "
    assert buffer(tmp_path / "new.py", indent="8").unit == "  "
    assert buffer(tmp_path / "old.py", "if x:\n\ty\n").unit == "\t"
    assert buffer(tmp_path / "Makefile").indentation == TABS, "which nothing else works in"
