"""One open text without a widget: what counts as unsaved, which language and unit it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.buffer import Buffer, is_tsx, shown


def buffer(text: str, name: str | None, indent: str = "auto") -> Buffer:
    path = None if name is None else Path(name)
    return Buffer(replace(files.read_bytes(text.encode()), path=path), indent)


@pytest.mark.parametrize(
    ("text", "name", "indent", "unit"),
    [
        ("", "a.py", "auto", "    "),
        ("", "a.go", "auto", "\t"),
        ("", "Makefile", "auto", "\t"),
        ("", "a.py", "2", "  "),
        ("", "a.py", "tab", "\t"),
        ("if a:\n  b\n", "a.py", "tab", "  "),
    ],
)
def test_the_unit_is_the_files_else_the_settings(text, name, indent, unit):
    assert buffer(text, name, indent).unit == unit


def test_the_language_is_by_name_or_first_line():
    assert buffer("", "a.rs").language == "rust"
    assert buffer("#!/usr/bin/env python3\n", "run").language == "python"
    assert buffer("words", "notes").language is None
    for text, name in (("", ".bashrc"), ("#!/bin/sh\n", "run"), ("#!/usr/bin/env zsh", "x")):
        assert buffer(text, name).language == "shell", "the engine's name, too"
    assert is_tsx(Path("a.tsx")) and not is_tsx(Path("a.ts")) and not is_tsx(None)


def test_a_text_without_a_name_is_unsaved_unless_it_is_empty():
    named, unnamed = buffer("a", "a.py"), buffer("a", None)
    assert not named.is_modified("a") and named.is_modified("b")
    assert unnamed.is_modified("a") and not unnamed.is_modified("")


def test_work_is_put_aside_only_while_it_is_unsaved(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("a")
    opened = Buffer(files.read(path))
    opened.put_aside("ab")
    place = opened.recovery._place
    assert place.exists()
    opened.put_aside("a")
    assert not place.exists()


def test_saving_under_a_new_name_changes_the_language(tmp_path):
    opened = Buffer(files.read(tmp_path / "a.txt"))
    opened.saved(files.save(opened.file, "fn main() {}", tmp_path / "a.rs"))
    assert opened.language == "rust" and not opened.is_modified("fn main() {}")


def test_numbers_are_never_used_twice():
    assert len({buffer("", None).number for _ in range(5)}) == 5


@pytest.mark.parametrize("text", ["a\x1b[2J", "\x07", "a\nb", "\udcff", "\u202e", "\x9b"])
def test_nothing_unsafe_is_shown(text):
    drawn = shown(text)
    assert len(drawn) == len(text)
    assert all(ord(one) >= 32 and not 0x7F <= ord(one) < 0xA0 for one in drawn)
    drawn.encode("utf-8")
