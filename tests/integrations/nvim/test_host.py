"""The class both doors call, without Neovim."""

from __future__ import annotations

import time

import pytest

from codecomplete.engine import Indentation, Ranked, Suggestion
from codecomplete.integrations.nvim.host import LANGUAGES, MOST_MIRRORS, Host
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.fake import FakeProject
from tests.patience import PATIENCE


class Model:
    """Suggests ``text``; remembers what it was asked."""

    name = "test"
    project = FakeProject

    def __init__(self, text: str = "rest") -> None:
        self.text = text
        self.asked: list[tuple[str, str, str | None]] = []
        self.thresholds: list[float | None] = []

    def session(self, language, project=None, name=None):
        return Session(self, language)


class Session:
    def __init__(self, model, language) -> None:
        self.model, self.language = model, language

    def sync(self, before, after="", *, stop, indentation):
        self.model.indentation = indentation
        if self.model.text == "broken":
            raise RuntimeError("broken on purpose")
        self.model.asked.append((before, after, self.language))

    def suggest(self, max_tokens, deadline_ms, threshold, *, stop):
        self.model.thresholds.append(threshold)
        return Suggestion(self.model.text, 0.9) if self.model.text else None

    def alternatives(self, count, max_tokens, deadline_ms, *, stop):
        return [Suggestion(str(number), 0.1) for number in range(count)]

    def rank(self, names, deadline_ms, *, stop):
        return [Ranked(name, name, 0.25 * (1 + names.index(name))) for name in names]

    def learn(self, *, stop):
        pass


@pytest.fixture
def make():
    made: list[Host] = []

    def make(model) -> tuple[Host, list]:
        sent: list[tuple[str, dict]] = []
        made.append(
            Host(
                lambda verb, message: sent.append((verb, message)), Suggester(load=lambda _: model)
            )
        )
        return made[-1], sent

    yield make
    for host in made:
        host.close(1.0)


def message(lines: list[str], row: int = 0, column: int | None = None, **more) -> dict:
    """A request as Lua sends it for a buffer that Python does not have yet."""
    edit = {"first": 0, "last": 0, "lines": lines, "whole": True}
    return {
        "id": 1,
        "buffer": 7,
        "row": row,
        "column": len(lines[row].encode()) if column is None else column,
        "edit": edit,
        "count": len(lines),
        "offset": sum(len(line.encode()) + 1 for line in lines[:-1]),
        "filetype": "python",
        "expandtab": True,
        "shiftwidth": 4,
        "tabstop": 8,
        "explicit": False,
        **more,
    }


def wait_for(sent: list, count: int = 1) -> tuple[str, dict]:
    until = time.monotonic() + PATIENCE
    while len(sent) < count:
        assert time.monotonic() < until, sent
        time.sleep(0.002)
    return sent[-1]


def test_a_request_is_answered_with_its_number(make):
    model = Model()
    host, sent = make(model)
    host.handle("suggest", message(["import os", "os.", "x"], 1))
    assert wait_for(sent) == ("suggestion", {"id": 1, "text": "rest"})
    assert model.asked == [("import os\nos.", "\nx", "python")]


def test_an_edit_is_enough_the_second_time(make):
    model = Model()
    host, sent = make(model)
    host.handle("suggest", message(["a", "b", "c"]))
    wait_for(sent)
    edit = {"first": 1, "last": 2, "lines": ["bb", "B"], "whole": False}
    host.handle("suggest", message(["a", "bb", "B", "c"], 2, id=2, edit=edit))
    wait_for(sent, 2)
    assert model.asked[-1][:2] == ("a\nbb\nB", "\nc")
    host.handle("suggest", message(["a", "bb", "B", "c"], 0, id=3, edit=None))
    wait_for(sent, 3)
    assert model.asked[-1][:2] == ("a", "\nbb\nB\nc")


LETTER = {"first": 0, "last": 1, "lines": ["aa"], "whole": False}


@pytest.mark.parametrize(
    "lost",
    [
        {"buffer": 8},
        {"edit": LETTER | {"first": 5, "last": 6}},
        {"edit": LETTER, "count": 9},
        {"edit": LETTER, "offset": 99},
        {"edit": LETTER, "offset": 2},
    ],
    ids=["no text yet", "other lines", "another number of lines", "another size", "the old size"],
)
def test_if_edits_got_lost_the_whole_text_is_asked_for_once(make, lost):
    model = Model()
    host, sent = make(model)
    host.handle("suggest", message(["a", "b"]))
    wait_for(sent)
    host.handle("suggest", message(["aa", "b"], id=2, **{"edit": None, "offset": 3} | lost))
    buffer = lost.get("buffer", 7)
    assert sent[1:] == [("resync", {"id": 2, "buffer": buffer})] and len(model.asked) == 1
    host.handle("suggest", message(["aa", "b"], id=3, buffer=buffer, count=9, offset=99))
    assert wait_for(sent, 3) == ("suggestion", {"id": 3, "text": "rest"}), "even if it differs"


def test_a_size_that_neovim_does_not_know_is_no_reason_to_ask(make):
    host, sent = make(Model())
    host.handle("suggest", message(["a", "b"], offset=-1))
    host.handle("suggest", message(["aa", "b"], id=2, edit=LETTER, offset=-1))
    assert wait_for(sent, 1)[0] == "suggestion"


def test_each_buffer_has_its_text_and_old_ones_are_dropped(make):
    host, sent = make(Model())
    for buffer in range(MOST_MIRRORS + 1):
        host.handle("suggest", message([f"text {buffer}"], buffer=buffer))
    host.handle("suggest", message(["text 5"], buffer=5, edit=None, id=50))
    host.handle("suggest", message(["text 0"], buffer=0, edit=None, id=99))
    assert [m["id"] for verb, m in sent if verb == "resync"] == [99]
    host.handle("forget", {"buffer": 5})
    host.handle("suggest", message(["text 5"], buffer=5, edit=None, id=100))
    assert [m["id"] for verb, m in sent if verb == "resync"] == [99, 100]


def names(lines: list[str], typed: str, **more) -> dict:
    return message(lines, typed=typed, names=["alpha", "beta"], **more)


def test_names_are_judged_where_their_word_begins(make):
    model = Model()
    host, sent = make(model)
    host.handle("rank", names(["x = al, y"], "al", column=6))
    assert wait_for(sent) == ("ranked", {"id": 1, "chances": {"alpha": 0.25, "beta": 0.5}})
    assert model.asked == [("x = ", ", y", "python")]


@pytest.mark.parametrize("lost", [{"typed": "xx"}, {"edit": None}], ids=["a word", "the text"])
def test_names_are_answered_with_nothing_where_the_text_is_another(make, lost):
    host, sent = make(Model())
    host.handle("rank", names(["x = al"], "al") | lost)
    assert sent[-1] == ("ranked", {"id": 1, "chances": {}})


def test_what_is_asked_for_by_hand_is_shown_however_unsure(make):
    model = Model()
    host, sent = make(model)
    host.handle("suggest", message(["a"], explicit=True))
    wait_for(sent)
    host.handle("suggest", message(["a"], explicit=False))
    wait_for(sent, 2)
    assert model.thresholds == [0.0, None]


def test_alternatives_are_texts(make):
    host, sent = make(Model())
    host.handle("alternatives", message(["a"], id=4))
    assert wait_for(sent) == ("alternatives", {"id": 4, "texts": ["0", "1", "2"]})


def test_the_engine_is_told_how_the_buffer_is_indented(make):
    host, sent = make(model := Model())
    host.handle("suggest", message(["if x"], expandtab=False, shiftwidth=4, tabstop=2))
    wait_for(sent)
    assert model.indentation == Indentation(tabs=True, width=4, tab_width=2)


def test_nothing_to_suggest_is_an_answer_too(make):
    host, sent = make(Model(""))
    host.handle("suggest", message(["a"]))
    assert wait_for(sent) == ("suggestion", {"id": 1, "text": None})


def test_an_engine_that_fails_is_reported_once(make):
    host, sent = make(Model("broken"))
    for number in range(1, 6):
        host.handle("suggest", message(["a"], id=number))
        until = time.monotonic() + PATIENCE
        while {"id": number, "text": None} not in [m for _, m in sent]:
            assert time.monotonic() < until
            time.sleep(0.002)
    failures = [m for verb, m in sent if verb == "failed"]
    assert failures == [{"reason": "RuntimeError: broken on purpose"}]


def test_options_reach_the_engine_and_unknown_ones_do_no_harm(make):
    host, _ = make(Model())
    host.handle("options", {"max_tokens": 5, "threshold": 0.25, "colour": "grey"})
    assert host.suggester.options.max_tokens == 5
    assert host.suggester.options.threshold == 0.25


def test_a_verb_of_another_version_is_named(make):
    host, _ = make(Model())
    with pytest.raises(ValueError, match=r"'dance' is none of .*suggest"):
        host.handle("dance", {})


def test_the_file_is_named(make):
    model = Model()
    host, sent = make(model)
    asked: list[Snapshot] = []
    request = host.suggester.request
    host.suggester.request = lambda snapshot, *rest: (
        asked.append(snapshot) or request(snapshot, *rest)
    )
    host.handle("suggest", message(["a"], path="/src/a.py"))
    host.handle("suggest", message(["a"]))
    assert [snapshot.path for snapshot in asked] == ["/src/a.py", None]
    assert {snapshot.buffer for snapshot in asked} == {7}
    wait_for(sent)


@pytest.mark.parametrize(
    ("filetype", "language"),
    [("sh", "shell"), ("zsh", "shell"), ("lua", "lua"), ("markdown.pandoc", "markdown")],
)
def test_scripts_and_prose_are_asked_for_in_their_language(make, filetype, language):
    model = Model()
    host, sent = make(model)
    host.handle("suggest", message(["x"], filetype=filetype))
    wait_for(sent)
    assert model.asked == [("x", "", language)]


def test_file_types_are_the_engines_languages():
    from codecomplete.engine.languages import LANGUAGES as known

    assert set(LANGUAGES.values()) == set(known)
