"""Jedi's answers, in a process of its own that leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from codecomplete.integrations.shared.naming.child import answer
from codecomplete.integrations.shared.naming.client import MODULE
from codecomplete.integrations.shared.naming.places import place_at
from tests.patience import PATIENCE


def asked(before: str, after: str = "", root: str | None = None) -> str:
    place = place_at(before)
    offset = len(place.stem)
    return json.dumps(
        {"code": place.stem + after, "offset": offset, "path": None, "root": root,
         "kind": place.kind.value}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "some", "none"),
    [
        ("import os\nos.pa", {"path", "sep", "listdir"}, {"__doc__", "print"}),
        ("import json\njson.dumps({}, in", {"indent=", "sort_keys="}, {"json", "int"}),
        ("from os import pa", {"path"}, {"import"}),
        ("import js", {"json"}, set()),
        ("class A:\n    def f(self):\n        self._x = 1\n    def g(self):\n        self.",
         {"_x", "f"}, {"__init__"}),
    ],
)  # fmt: skip
def test_the_names_at_a_place(before, some, none):
    found = set(answer(asked(before))["names"])
    assert some <= found and not none & found


def test_in_a_comment_and_in_a_string_there_are_none():
    assert answer(asked("import os\n# os.")) == {"names": []}
    assert answer(asked('import os\nx = "os.'))["names"] == []


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"code": "x.", "offset": 99}'])
def test_what_is_no_question_has_no_names(line):
    assert answer(line)["names"] == []


def test_the_process_leaves_no_file_and_runs_nothing_of_the_project(tmp_path):
    ran = tmp_path / "ran"
    (tmp_path / "noisy.py").write_text(f"print('hello')\nopen({str(ran)!r}, 'w')\nvalue = 1\n")
    home = tmp_path / "home"
    home.mkdir()
    lines = [asked("import keyword\nkeyword."), asked("import noisy\nnoisy.", root=str(tmp_path))]
    env = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", MODULE], input="\n".join(lines) + "\n", env=env,
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    first, second = map(json.loads, done.stdout.splitlines())
    assert "iskeyword" in first["names"] and second["names"] == ["value"]
    assert list(home.rglob("*")) == [] and not ran.exists()
