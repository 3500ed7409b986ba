"""Replayed typing: keys are counted as the protocol says, for any source."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.engine import Suggestion
from codecomplete.trainer.evaluation.files import SourceText
from codecomplete.trainer.evaluation.replay import Stretch, choose_stretches, replay
from codecomplete.trainer.evaluation.sources import EngineSource, NgramSource, WordSource


class Scripted:
    """Suggests given texts at given places; remembers when it was asked."""

    name = "scripted"

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.asked = answers, []

    def open(self, file: SourceText) -> None:
        pass

    def suggest(self, before: str, after: str) -> Suggestion | None:
        assert after == ""
        self.asked.append(before)
        text = self.answers.get(before)
        return Suggestion(text, 0.5) if text else None


def typed(text: str, answers: dict[str, str]):
    file = SourceText(Path("a"), "python", text)
    source = Scripted(answers)
    return replay(source, [Stretch(file, 0, len(text))]), source


def test_without_suggestions_every_character_is_a_key():
    tally, source = typed("abc\n", {})
    assert (tally.keys, tally.characters, tally.shown) == (4, 4, 0)
    assert source.asked == ["", "a", "ab", "abc"]


def test_a_right_suggestion_costs_one_key():
    tally, _ = typed("return x\n", {"re": "turn x"})
    assert (tally.keys, tally.accepted, tally.completed) == (4, 1, 6)
    assert tally.parts == {"all": 1, "line": 0, "word": 0}


def test_a_right_line_or_word_of_a_wrong_suggestion_is_taken():
    tally, _ = typed("foo bar\n", {"": "foo bar\nbaz"})
    assert tally.parts == {"all": 0, "line": 1, "word": 0}
    tally, _ = typed("foo bar\n", {"": "foo baz"})
    assert tally.parts == {"all": 0, "line": 0, "word": 1}


def test_only_whole_first_words_are_right():
    tally, _ = typed("foo bar\n", {"": "foo baz"})
    assert (tally.shown, tally.right) == (1, 1)
    tally, _ = typed("foobar\n", {"": "foo"})
    assert (tally.shown, tally.right) == (1, 0), "a part of a longer word"


def test_what_is_shown_stays_while_typing_agrees_with_it():
    tally, source = typed("abcx", {"": "abcd"})
    assert source.asked == [""], "it agreed until the last character"
    assert (tally.keys, tally.shown, tally.accepted) == (4, 1, 0)


def test_it_is_asked_again_when_typing_differs():
    tally, source = typed("abxyz", {"": "abc", "abx": "yz"})
    assert source.asked == ["", "abx"]
    assert (tally.shown, tally.accepted, tally.keys) == (2, 1, 4)


def test_parts_of_one_suggestion_are_accepted_once():
    tally, _ = typed("foo bar baz", {"": "foo bar qux"})
    assert tally.accepted == 1 and tally.parts["word"] == 2


def test_one_character_is_not_worth_a_key():
    tally, _ = typed("ab", {"a": "b"})
    assert (tally.keys, tally.accepted) == (2, 0)


def test_measures():
    tally, _ = typed("return x\n", {"re": "turn x", "": "zz"})
    measures = tally.measures()
    assert measures["keystrokes_saved"] == pytest.approx(1 - 4 / 9, abs=1e-3)
    assert measures["completed_share"] == pytest.approx(6 / 9, abs=1e-3)
    assert measures["accepted_share"] == 0.5
    assert measures["wrong_per_100_characters"] == pytest.approx(100 / 9, abs=1e-2)


def test_stretches_begin_with_a_line_and_are_the_same_for_every_source():
    files = [SourceText(Path("a"), "python", "value = 1\n" * 100)]
    stretches = choose_stretches(files, 300, 50, seed=1)
    assert stretches == choose_stretches(files, 300, 50, seed=1)
    assert sum(s.end - s.begin for s in stretches) >= 290
    assert all(s.begin % 10 == 0 for s in stretches)


class TestBaselines:
    def test_the_most_recent_word_that_begins_so(self):
        source = WordSource()
        assert source.suggest("result = resource\nre", "").text == "source"
        assert source.suggest("result = 1\nx", "") is None
        assert source.suggest("result = ", "") is None

    def test_the_ngram_model_continues_what_it_has_seen(self):
        source = NgramSource()
        source.open(SourceText(Path("a"), "python", ""))
        before = "for name in names:\n    use(name)\nfor name in names:\n    u"
        assert source.suggest(before, "").text == "se(name)"

    def test_the_ngram_model_forgets_other_files(self):
        source = NgramSource()
        file = SourceText(Path("a"), "python", "")
        source.open(file)
        source.suggest("alpha beta\nalpha beta\nalpha", "")
        source.open(file)
        assert source.suggest("alpha", "") is None

    def test_all_sources_can_type_the_same_stretch(self, make_model):
        file = SourceText(Path("a"), "python", "for name in names:\n    use(name)\n" * 4)
        stretch = Stretch(file, 33, 120)
        model = make_model("sliding").model
        for source in (EngineSource(model, 0.0), WordSource(), NgramSource()):
            tally = replay(source, [stretch])
            assert tally.characters == 87 and 0 < tally.keys <= 87
