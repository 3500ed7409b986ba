"""CodeMirror in a headless Chromium: an editor and a language client that others wrote."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integrations.chromium import chromium
from tests.integrations.lsp.raw import ROOT, fake
from tests.integrations.npm import installed, run

FOLDER = Path(__file__).with_name("browser")
REST = "r index in range(10):"
LINES = "ady:\n    print('first')\n    print('second')"


def driven(scenario: str, **environment: str) -> dict:
    """What a scenario of ``drive.mjs`` saw."""
    installed(FOLDER)
    given = {"CHROMIUM": chromium(), "SERVER": json.dumps(fake()), "ROOT": str(ROOT)} | environment
    done = run(FOLDER, "node", "drive.mjs", scenario, **given)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_ghost_text_is_drawn_typed_through_accepted_and_undone_in_one_step():
    seen = driven("typing")
    assert seen["errors"] == []
    assert seen["drawn"] == REST
    assert seen["along"] == REST[3:]
    assert seen["accepted"] == 'é = "😀"\nfo' + REST
    assert seen["undone"] == 'é = "😀"\nfor i'
    assert seen["lines"] == LINES
    assert seen["dismissed"] == ""
    assert seen["tab"].endswith("if rex  ") or seen["tab"].endswith("  if rex")


def test_each_of_many_requests_of_a_hurried_typist_is_answered_once():
    seen = driven("hurry")
    assert seen["errors"] == []
    assert seen["asked"] > 60
    assert seen["answered"] == seen["once"] == seen["asked"]
