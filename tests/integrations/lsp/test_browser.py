"""CodeMirror in a headless Chromium: an editor and a language client that others wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integrations.chromium import chromium
from tests.integrations.lsp.raw import ROOT, fake
from tests.integrations.npm import installed, run

FOLDER = Path(__file__).with_name("browser")
REST = "r index in range(10):"
LINES = "ady:\n    print('first')\n    print('second')"


def driven(*scenarios: str, **environment: str) -> dict:
    """What each scenario of ``drive.mjs`` saw, all in one browser."""
    installed(FOLDER)
    given = {"CHROMIUM": chromium(), "SERVER": json.dumps(fake()), "ROOT": str(ROOT)} | environment
    done = run(FOLDER, "node", "drive.mjs", *scenarios, **given)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def all_seen() -> dict:
    return driven("typing", "hurry")


def of(scenario: str, all_seen: dict) -> dict:
    """What one of them saw, if it ran to its end without an error of the page."""
    seen: dict = all_seen[scenario]
    assert "failed" not in seen, seen["failed"]
    assert seen["errors"] == []
    return seen


def test_ghost_text_is_drawn_typed_through_accepted_and_undone_in_one_step(all_seen):
    seen = of("typing", all_seen)
    assert seen["drawn"] == REST
    assert seen["along"] == REST[3:]
    assert seen["accepted"] == 'é = "😀"\nfo' + REST
    assert seen["undone"] == 'é = "😀"\nfor i'
    assert seen["lines"] == LINES
    assert seen["dismissed"] == ""
    assert seen["tab"].endswith("if rex  ") or seen["tab"].endswith("  if rex")


def test_each_of_many_requests_of_a_hurried_typist_is_answered_once(all_seen):
    seen = of("hurry", all_seen)
    assert seen["asked"] > 60
    assert seen["answered"] == seen["once"] == seen["asked"]
