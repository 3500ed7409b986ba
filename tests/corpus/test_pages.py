"""Figures go between the marks of a page, and nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.corpus.errors import OutputError
from codecomplete.corpus.pages import write_between

BEGIN, END = "<!-- a: begin -->", "<!-- a: end -->"


def test_only_what_stands_between_the_marks_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"x <!-- b: begin -->\n{BEGIN}\nold\n{END}\nend ä\n", encoding="utf-8")
    write_between(page, "a", "new\n")
    wanted = f"x <!-- b: begin -->\n{BEGIN}\nnew\n{END}\nend ä\n"
    assert page.read_text(encoding="utf-8") == wanted
    write_between(page, "a", "new\n")
    assert page.read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize("text", ["nothing", BEGIN, END, f"{END}\n{BEGIN}\n"])
def test_a_page_without_its_marks_is_left_alone(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(OutputError, match=r"page\.md: expected <!-- a: begin -->"):
        write_between(page, "a", "new\n")
    assert page.read_text() == text


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"page\.md: cannot be read"):
        write_between(tmp_path / "page.md", "a", "new\n")
