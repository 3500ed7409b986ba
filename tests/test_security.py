"""SECURITY.md names tests that exist, and tells what it says it tells."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists_and_has_tests():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert len(named) >= 15
    for path in named:
        assert "def test_" in (ROOT / path).read_text(encoding="utf-8"), path


def test_every_statement_in_a_table_names_one():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    statements = [row for row in rows if not re.match(r"\| (?:statement|what) \|", row)]
    assert len(statements) >= 15
    assert all("`tests/" in row for row in statements), statements


def test_it_says_what_is_read_kept_written_and_sent_and_how_to_report():
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert [heading.split(",")[0] for heading in headings] == [
        "Sent", "Read", "Kept", "Written", "Reporting a vulnerability",
    ]  # fmt: skip


def test_its_figures_are_those_of_the_table():
    from tests.privacy.material import PLACES, SECRETS

    assert f"{len(SECRETS)} secrets in {len(PLACES)} places" in PAGE
