"""What sessions share of the files beside the open one."""

from __future__ import annotations

import copy

import pytest

from codecomplete.engine.local.mixing import PROJECT
from codecomplete.engine.local.project import Project
from codecomplete.engine.local.text import ChunkCache, LocalText
from codecomplete.engine.modeldir.tuning import Tuning
from codecomplete.engine.state.stream import Stopped
from tests.engine.local.believing import believing

ONE = "def frobnicate(widget, gadget):\n    return widget.spin(gadget)\n" * 3
OTHER = "".join(f"class Thing{n}:\n    size = {n}\n\n" for n in range(60))


def size(tokenizer, *texts: str) -> int:
    return sum(len(ChunkCache(tokenizer).ids(text)) for text in texts)


def test_what_other_files_say_is_found(tokenizer):
    project = Project(tokenizer)
    project.learn("one.py", ONE)
    project.learn("other.py", OTHER)
    line = tokenizer.encode("    return widget.spin(gadget)\n")
    for place in range(4, len(line)):
        assert line[place] in project.matches(line[:place])[-1].ids
    assert project.tokens == size(tokenizer, ONE, OTHER)


def test_the_open_file_itself_does_not_count(tokenizer):
    project = Project(tokenizer)
    project.learn("one.py", ONE)
    context = tokenizer.encode("def frobnicate(")
    assert project.matches(context)
    assert project.matches(context, beside="one.py") == []
    assert dict(LocalText(tokenizer, project, "one.py").found(context))[PROJECT] == []
    assert dict(LocalText(tokenizer, project, "two.py").found(context))[PROJECT]


def test_a_file_learned_again_replaces_what_was_known(tokenizer):
    project = Project(tokenizer)
    project.learn("one.py", ONE)
    project.learn("other.py", OTHER)
    project.learn("one.py", "x = 1\n")
    assert project.tokens == size(tokenizer, "x = 1\n", OTHER)
    project.forget("other.py")
    assert project.tokens == size(tokenizer, "x = 1\n")


def test_memory_is_bounded_and_the_nearest_files_stay(tokenizer):
    project = Project(tokenizer, most_tokens=200)
    project.learn("near.py", ONE)
    for number in range(5):
        project.learn(f"far{number}.py", OTHER)
    assert project.tokens == 200 and project.full
    assert project.matches(tokenizer.encode("def frobnicate("))


def test_learning_stops_between_slices_and_goes_on(tokenizer):
    project = Project(tokenizer)
    calls = iter([False, True])
    with pytest.raises(Stopped):
        project.learn("other.py", OTHER, stop=lambda: next(calls))
    assert project.tokens == 0
    project.learn("other.py", OTHER)
    assert project.tokens == size(tokenizer, OTHER)


def test_secrets_are_not_learned(tokenizer):
    project = Project(tokenizer)
    project.learn("one.py", 'key = "AKIAIOSFODNN7REALKEY"\n')
    assert project.tokens == size(tokenizer, 'key = ""\n')


def test_sessions_use_the_project(make_model):
    """A mixer that believes the project alone makes a session continue as the other file does."""
    tiny = make_model("sliding").model
    model = copy.copy(tiny)
    model.tuning = Tuning(mixer=believing(0.99, PROJECT))
    project = model.project()
    project.learn("one.py", ONE)
    session = model.session("python", project, "two.py")
    session.sync("def frobnicate(widget, gadget):\n    return widget.sp")
    assert session.propose().text == "in(gadget)"
    own = model.session("python", project, "one.py")
    own.sync("def frobnicate(widget, gadget):\n    return widget.sp")
    proposed = own.propose()
    assert proposed is None or proposed.text != "in(gadget)"
