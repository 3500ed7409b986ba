"""A pattern behaves as if it had been compiled, and is compiled by its first use alone."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from codecomplete.engine.decoding import ends
from codecomplete.engine.local import names, text
from codecomplete.engine.patterns import Later, pattern
from codecomplete.engine.privacy import masks, never, private, secrets, values

SCRIPT = """
import re
from codecomplete.engine.privacy import secrets
compiled = []
compile_ = re.compile
re.compile = lambda source, flags=0: compiled.append(source) or compile_(source, flags)
secrets.find("def add(first, second):\\n    return first + second\\n")
before = len(compiled)
secrets.find("password = 'correct-horse-9-battery'\\n")
print(before, len(compiled))
"""


def test_it_answers_as_the_compiled_one_does():
    ours, theirs = pattern(r"(?P<word>\w+) *=", re.ASCII), re.compile(r"(?P<word>\w+) *=", re.ASCII)
    text = "a = 1; bé = 2"
    assert [one.span() for one in ours.finditer(text)] == [
        one.span() for one in theirs.finditer(text)
    ]
    assert ours.search(text)["word"] == "a"
    assert ours.sub("-", text) == theirs.sub("-", text)
    assert (ours.pattern, ours.flags, ours.groups) == (theirs.pattern, theirs.flags, theirs.groups)


def test_it_is_compiled_once_when_it_is_used(monkeypatch):
    compiled = []
    true = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given) or true(*given))
    lazy = pattern("b+")
    assert not compiled
    for _ in range(3):
        assert lazy.fullmatch("bb")
    assert compiled == [("b+", re.NOFLAG)]


def test_a_mistake_in_it_is_found_by_the_first_use():
    broken = pattern("(")
    with pytest.raises(re.error):
        broken.search("")


@pytest.mark.parametrize("module", [masks, never, private, secrets, values, names, text, ends])
def test_every_pattern_of_a_module_can_be_compiled(module):
    later = [value for value in vars(module).values() if isinstance(value, Later)]
    assert later and all(isinstance(one.pattern, str) for one in later)


def test_code_without_secrets_compiles_few_patterns_of_secrets():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    plain, telling = map(int, done.stdout.split())
    assert plain <= 3 < telling
