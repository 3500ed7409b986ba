"""The adapter of docs/embedding.md, with the packaged model; and what the page promises hosts."""

from __future__ import annotations

import functools
import queue
import re
import threading
from pathlib import Path

import pytest

import codecomplete
from codecomplete import engine
from tests.patience import PATIENCE
from tests.test_snippets import BLOCK

PAGE = Path(__file__).parent.parent / "docs/embedding.md"
TEXT = PAGE.read_text(encoding="utf-8")
BEFORE = "import argparse\n\n\ndef main():\n    parser = argparse."


@pytest.fixture
def adapter():
    """The class as the page shows it, and its length."""
    source = next(block for _, block in BLOCK.findall(TEXT) if "class GhostText" in block)
    names: dict = {}
    exec(compile(source, "adapter", "exec"), names)
    return names["GhostText"]


@pytest.fixture
def ghost(adapter, monkeypatch):
    """The adapter, with as much time for each suggestion as a busy machine needs."""
    patient = functools.partialmethod(codecomplete.Session.suggest, deadline_ms=None)
    monkeypatch.setattr(codecomplete.Session, "suggest", patient)
    shown: queue.Queue = queue.Queue()
    ghost = adapter("app.py", lambda *drawn: shown.put(drawn))
    ghost.shown = shown
    yield ghost
    ghost.close()
    assert not ghost._worker.is_alive()


def test_the_adapter_shows_a_suggestion_for_the_text_it_was_asked_for(ghost):
    ghost.changed(BEFORE, "\n")
    assert ghost.shown.get(timeout=PATIENCE) == (BEFORE, "\n", "ArgumentParser()")


def test_the_newest_text_is_the_one_that_is_answered_last(ghost):
    for end in range(len(BEFORE) - 20, len(BEFORE) + 1):
        ghost.changed(BEFORE[:end])
    while ghost.shown.get(timeout=PATIENCE)[0] != BEFORE:
        pass
    assert ghost.shown.empty()


def test_a_model_that_cannot_be_loaded_leaves_the_host_alone(adapter, monkeypatch, caplog):
    def missing():
        raise codecomplete.ModelDirectoryError("no model here")

    monkeypatch.setattr(codecomplete, "load", missing)
    ghost = adapter("app.py", lambda *_: pytest.fail("nothing to show"))
    ghost._worker.join(PATIENCE)
    ghost.changed(BEFORE)
    ghost.close()
    assert "no model here" in caplog.text


def test_every_error_of_the_engine_is_on_the_page():
    for name in engine.__all__:
        value = getattr(engine, name)
        if isinstance(value, type) and issubclass(value, Exception) and name != "SourceFileError":
            assert f"`{name}`" in TEXT or f"`codecomplete.{name}`" in TEXT, name


@pytest.fixture(scope="module")
def model():
    return codecomplete.load()


def test_stop_ends_sync_and_learn_and_leaves_the_session_whole(model):
    session, text = model.session("python"), (BEFORE + "\n") * 60
    with pytest.raises(codecomplete.Stopped):
        session.sync(text, stop=lambda: True)
    session.sync(text)
    with pytest.raises(codecomplete.Stopped):
        session.learn(stop=lambda: True)
    session.learn()
    fresh = model.session("python")
    fresh.sync(text)
    fresh.learn()
    assert session.suggest(deadline_ms=None) == fresh.suggest(deadline_ms=None)


def test_stop_ends_a_suggestion_early_and_raises_nothing(model):
    session = model.session("python")
    session.sync(BEFORE)
    whole = session.suggest(deadline_ms=None, threshold=0)
    early = session.suggest(threshold=0, stop=lambda: True)
    assert early is None or whole.text.startswith(early.text)
    assert session.alternatives(stop=lambda: True) == []


def test_a_suggestion_before_the_first_sync_is_refused(model):
    with pytest.raises(RuntimeError, match=re.escape("before sync()")):
        model.session("python").suggest()


def test_sessions_of_one_model_may_run_on_several_threads(model):
    """Each thread gets what it would get alone, whatever the others do."""
    texts = [BEFORE, "try:\n    import json\nexcept ", "class Point:\n    def __init__("]
    alone = [_suggested(model, text) for text in texts]
    found: dict[int, object] = {}

    def work(index: int) -> None:
        found[index] = [_suggested(model, texts[index]) for _ in range(5)]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == {index: [alone[index]] * 5 for index in range(len(texts))}


def _suggested(model, text):
    session = model.session("python")
    session.sync(text)
    return session.suggest(deadline_ms=None, threshold=0)
