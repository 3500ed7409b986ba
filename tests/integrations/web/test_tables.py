"""The JavaScript of the engine: its tables are those of Python, its types are checked."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.integrations.npm import run
from tests.integrations.web import browser

sys.path.insert(0, str(browser.ROOT / "building"))
import tables


def test_the_tables_are_what_the_python_engine_has():
    assert tables.TABLES.read_text(encoding="utf-8") == tables.module(), (
        "run: python building/tables.py"
    )


def test_types_are_checked():
    browser.packages()
    done = run(browser.WEB, "npm", "run", "--silent", "check")
    assert done.returncode == 0, done.stdout


PATTERNS = (
    r"\bif\b|\d+$",
    r"[^\W\d]\w*$",
    r"(?<=[a-z])(?=[A-Z])",
    r"\s*(?:\w+|[^\w\s]+)",
    r"a.c\Z",
    r"[^a-c\]^-]+",
    r"""("|')(?:\\.|(?!\1)[^\\])*\1""",
    r"(?P<quote>['\"])x(?P=quote)",
    r"x{2,3}?y",
    r"\S+\n$",
    r"(?:\$[({]|[&}])+",
)
TEXTS = (
    "if naïve_2 == 'x'\n",
    "fooBar año42\n",
    'a = "b\\"c" + \'x\'',
    "abc\nab]^-c",
    "xxxy $({&}",
    "naïveté",
    "٣٤ ½ x²",
    "e\u0301 \u00a0\u2028y\x1fz",
    "\U0001f600if\U0001f600",
    "",
    "a\nc",
)
SEARCH = """
const [patterns, texts] = JSON.parse(process.argv[1]);
const found = patterns.map(({ re, flags }) => texts.map((text) =>
  [...text.matchAll(new RegExp(re, flags + 'g'))].map((match) => match[0])));
console.log(JSON.stringify(found));
"""


def test_a_translated_pattern_finds_what_it_finds_in_python():
    browser.packages()
    patterns = [re.compile(source) for source in PATTERNS]
    given = json.dumps([[tables.translated(one) for one in patterns], TEXTS])
    done = subprocess.run(["node", "-e", SEARCH, given], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = [
        [[match.group() for match in pattern.finditer(text)] for text in TEXTS]
        for pattern in patterns
    ]
    assert json.loads(done.stdout) == expected


@pytest.mark.parametrize("source", ["(?i:a)b", "(a)(?(1)b|c)"])
def test_what_javascript_cannot_say_is_an_error_and_no_other_pattern(source):
    with pytest.raises(ValueError, match="no JavaScript"):
        tables.translated(re.compile(source))
