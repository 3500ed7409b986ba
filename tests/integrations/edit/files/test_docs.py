"""docs/files.md says what the code says."""

from __future__ import annotations

import re

import pytest

from benchmarks.files import KINDS, content
from codecomplete.integrations.edit.files import read_bytes, state

from .reference import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")


def test_its_tables_are_those_of_the_code():
    assert page(TEXT) == TEXT, "run python -m tests.integrations.edit.files.reference"


def test_the_page_is_whole():
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE) == [
        "Opening", "Characters that are not shown as themselves", "Line ends", "Saving",
        "Unsaved work", "Undo after closing", "What is left on the disk", "Measured",
    ]  # fmt: skip
    assert all(f"| {kind} |" in TEXT for kind in KINDS), "run what the section Measured says"


def test_the_state_folder_is_the_documented_one():
    assert f"$XDG_STATE_HOME/{state.APPLICATION}`" in TEXT


@pytest.mark.parametrize("path", re.findall(r"`(tests/[^`]+)`", TEXT))
def test_the_tests_it_names_exist(path):
    assert (PAGE.parents[1] / path).is_file()


@pytest.mark.parametrize(
    ("kind", "encoding", "mixed", "binary"),
    [
        ("ASCII, LF", "utf-8", False, False),
        ("UTF-8, mostly Chinese", "utf-8", False, False),
        ("Latin-1, one accent a line", "latin-1", False, False),
        ("UTF-16", "utf-16-le", False, False),
        ("mixed line ends, one in ten", "utf-8", True, False),
        ("binary", "latin-1", True, True),
    ],
)
def test_what_is_measured_is_what_it_is_called(kind, encoding, mixed, binary):
    file = read_bytes(content(kind, 100_000))
    assert (file.encoding, file.mixed, file.looks_binary) == (encoding, mixed, binary)
