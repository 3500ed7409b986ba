"""The packaged model, as ``make demo`` uses it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.engine.decoding import draft as drafting
from codecomplete.engine.decoding.ends import repeats
from codecomplete.engine.modeldir.names import PACKAGED, SPECIALISTS
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EXAMPLES = re.search(r"^EXAMPLES := (.*)$", MAKEFILE, re.MULTILINE)[1].split()
MODELS = ("small", "characters-tiny")
MOST_BYTES = 38_000_000  # of weights in the package


@pytest.mark.parametrize("place", EXAMPLES)
def test_each_example_gets_a_suggestion_in_little_memory(place):
    command = [sys.executable, "-m", "engine", "complete", "--typing", "--json", place]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    facts = json.loads(done.stdout)
    assert facts["text"].strip()
    assert repeats(list(facts["text"].encode())) is None
    assert facts["rss_mb"] < 75
    assert facts["model"] == "small"


def test_it_knows_its_languages_and_where_it_comes_from():
    model = engine.load()
    assert {"python", "c", "java"} <= set(model.languages)
    assert model.directory.training["tokens"] > 10_000_000
    assert len(model.directory.training["corpus_manifest_sha256"]) == 64
    assert model.tuning.mixer is not None
    assert (model.directory.path / "ATTRIBUTION.md").exists()


def test_typing_pays():
    """Most keys of a file need no step over context, and many only follow what is shown."""
    from codecomplete.engine.command.bench import FOLLOWED, INSIDE, Tally, type_text

    tally = Tally()
    text = (ROOT / "examples/wordcount.c").read_text(encoding="utf-8")[:1500]
    type_text(engine.load(), text, "c", tally)
    assert (tally.classes[FOLLOWED] + tally.classes[INSIDE]) / tally.keys > 0.6
    assert tally.context_steps / tally.keys < 0.5


def proposals(model: engine.Model, text: str, first: int) -> tuple[list, int]:
    """All that is proposed after each letter from ``first`` on, and the calls of the kernel."""
    session, found, calls = model.session("python"), [], 0
    run = model.runtime.run

    def counted(*arguments):
        nonlocal calls
        calls += 1
        return run(*arguments)

    model.runtime.run = counted
    try:
        for end in range(first, len(text)):
            session.sync(text[:end])
            session.learn()
            found.append(session.propose())
    finally:
        del model.runtime.run
    return found, calls


def test_drafts_change_nothing_to_the_last_bit(monkeypatch):
    """With the shipped weights: eight-bit products of one row and of several round alike."""
    ledger = (ROOT / "examples" / "ledger.py").read_text(encoding="utf-8")
    text, first = ledger + ledger[:900], len(ledger) + 500
    model = engine.load()
    with_drafts, few = proposals(model, text, first)
    monkeypatch.setattr(drafting, "MOST_DRAFTED", 0)
    without, many = proposals(model, text, first)
    assert with_drafts == without
    assert sum(one is not None for one in without) > 50
    assert few < many


FAMILIAR = {
    "c": ("static int sum(const int *values)\n{\n    int total = 0;\n    retu", "rn "),
    "cpp": ("#include <vector>\n\nint sum(const std::vec", "tor<"),
    "java": ("public class Stack {\n    priv", "ate "),
    "kotlin": ("package a\n\nclass Node {\n    priva", "te"),
    "go": ("func run() error {\n\tif err := start(); err != nil {\n\t\tretu", "rn "),
    "javascript": ("function area(radius) {\n  retu", "rn "),
    "typescript": ("export class Stack<T> {\n  private items: T[] = [];\n\n  constru", "ctor("),
    "rust": ("impl Stack {\n    pub fn new() -> Se", "lf {"),
    "php": ("<?php\n\nnamespace App;\n\nclass Stack\n{\n    public func", "tion "),
    "shell": ("#!/bin/bash\nset -e\n\nusage() {\n  ec", "ho "),
    "lua": ("local M = {}\n\nfunction M.add(a, b)\n  retu", "rn "),
    "markdown": ("# Widgets\n\n## Installation\n\nThis package can be ins", "talled"),
}
"""Places after which those who know a language go on in one way."""


@pytest.mark.parametrize("name", MODELS)
def test_every_specialist_is_whole_and_at_home_in_its_languages(name):
    model = engine.load(PACKAGED / name)
    assert FAMILIAR.keys() >= model.directory.specialists.keys()
    for language in model.directory.specialists:
        before, expected = FAMILIAR[language]
        special = model.for_language(language)
        assert special is not model and special.tuning.mixer is not None
        session = model.session(language)
        session.sync(before)
        found = session.suggest(deadline_ms=None)
        assert found is not None and found.text.startswith(expected), (language, found)


def test_all_weights_that_are_packaged_are_used_and_fit_in():
    used = set()
    for name in MODELS:
        directory = engine.load(PACKAGED / name).directory
        used |= {directory.path, *directory.specialists.values()}
    found = {*PACKAGED.rglob("weights.bin")}
    assert {path.parent for path in found} == used
    assert sum(path.stat().st_size for path in found) < MOST_BYTES
    assert all((PACKAGED / name / SPECIALISTS / "ATTRIBUTION.md").exists() for name in MODELS)
