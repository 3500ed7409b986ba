"""Which ghost text a buffer has after which edit, on which thread, and how often it costs."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt.conversation import Conversation, ReplOptions
from codecomplete.integrations.prompt.ghost import Ghost, GhostText, visible
from codecomplete.integrations.shared.suggester import (
    FAILURES_BEFORE_REST,
    REFINED_MS,
    State,
    Suggester,
)
from tests.integrations.fake import FakeModel, FakeSession, WithAlternatives
from tests.integrations.prompt.prompt import run
from tests.patience import FOREVER, PATIENCE


def test_the_model_is_asked_on_another_thread():
    threads = []

    class Model(FakeModel):
        def session(self, language, project=None, name=None):
            threads.append(threading.current_thread())
            return super().session(language)

    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")

    run(test, Model())
    assert threading.main_thread() not in threads


def test_typing_along_keeps_it_in_the_same_moment_and_asks_nothing():
    model = FakeModel()

    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        asked = len(model.asked)
        seen = []
        prompt.buffer.on_text_changed += lambda buffer: seen.append(buffer.text + visible(buffer))
        await prompt.type("r index", "for index")
        await prompt.settle()
        assert seen == ["for index in range(10):"] * 7
        assert len(model.asked) == asked

    run(test, model)


def test_a_differing_letter_takes_it_away_in_the_same_moment():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        seen = []
        prompt.buffer.on_text_changed += lambda buffer: seen.append(visible(buffer))
        await prompt.type("x", "fox")
        assert seen == [""]

    run(test)


def test_backspace_gives_it_back_without_the_model_and_asks_where_it_must():
    model = FakeModel()

    async def test(prompt):
        await prompt.type("for", "for", " index in range(10):")
        await prompt.type(" in", "for in", "dex in range(10):")
        asked = len(model.asked)
        await prompt.type("\x7f", "for i", "ndex in range(10):")
        await prompt.settle()
        assert len(model.asked) == asked
        await prompt.type("x\x7f\x7f", "for ", "index in range(10):")
        assert len(model.asked) > asked

    run(test, model)


def test_it_stays_where_it_was_made():
    async def test(prompt):
        await prompt.type("for", "for", " index in range(10):")
        await prompt.press("\x1b[D", "")
        assert prompt.buffer.suggestion is None

    run(test)


def test_a_slow_model_is_left_as_soon_as_the_text_changes():
    model = FakeModel(str(FOREVER))

    async def test(prompt):
        await prompt.type("fo", "fo")
        await prompt.until(lambda: model.asked == ["fo"])
        await prompt.type("r", "for")
        await prompt.until(lambda: model.asked == ["fo", "for"])
        model.mode = "quick"
        await prompt.type(" ", "for ", "index in range(10):")

    run(test, model)


def test_the_end_of_the_prompt_stops_the_model():
    model = FakeModel(str(FOREVER))
    start = time.monotonic()

    async def test(prompt):
        await prompt.type("fo", "fo")
        await prompt.until(lambda: model.asked)

    prompt = run(test, model)
    assert time.monotonic() - start < PATIENCE
    deadline = time.monotonic() + PATIENCE
    while prompt.suggester.state is State.BUSY:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("line", ["%timeit fo", "!fo", "?fo", "fo?", "x = !fo", "%%bash\nfo"])
def test_lines_that_are_no_python_are_left_alone(line):
    model = FakeModel()

    async def test(prompt):
        for keys, text in ((line.replace("\n", "\x1b[200~\n\x1b[201~"), line), ("\x7f", line[:-1])):
            await prompt.type(keys, text)
            await prompt.settle()

    run(test, model)
    assert not [text for text in model.asked if text.endswith((line, line[:-1])) and text != "fo"]


def test_earlier_inputs_come_first():
    model = FakeModel()

    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")

    run(test, model, inputs=("import os", "%matplotlib", "x = 1\n"))
    assert model.asked[-1] == "import os\nx = 1\nfo"


def test_names_that_do_not_exist_are_not_shown():
    import os

    async def test(prompt):
        await prompt.type("os.p", "os.p")
        await prompt.until(lambda: prompt.suggester.statistics.requests)
        await prompt.type("\x15os.n", "os.n")
        await prompt.until(lambda: prompt.suggester.statistics.withheld)
        await prompt.settle()
        assert not visible(prompt.buffer)

    run(test, namespace={"os": os})


def test_a_broken_engine_disturbs_nothing_and_the_history_takes_over():
    model = FakeModel("broken")

    def is_served(prompt, text):
        return text in model.asked or prompt.suggester.state is State.FAILED

    async def test(prompt):
        await prompt.type("p", "p", "rint(1)")
        for text in ("a", "ab", "abc"):  # each is asked before the next takes its place
            await prompt.type("\x15" + text, text)
            await prompt.until(partial(is_served, prompt, text))
        await prompt.until(lambda: prompt.suggester.state is State.FAILED)
        await prompt.type("\x15pri", "pri", "nt(1)")

    run(test, model, typed_before=("print(1)",))
    assert len(model.asked) == FAILURES_BEFORE_REST


def test_a_model_that_cannot_be_loaded_disturbs_nothing():
    def load(_):
        raise OSError("no such model")

    async def test(prompt):
        await prompt.type("pr", "pr")
        await prompt.until(lambda: prompt.suggester.state is State.FAILED)
        await prompt.type("i", "pri", "nt(1)")

    run(test, load=load, typed_before=("print(1)",))


def test_history_wins_after_enough_of_the_line():
    async def test(prompt):
        await prompt.type("total =", "total =", " sum(values)")
        await prompt.type("\x15total = s", "total = s")
        await prompt.until(lambda: visible(prompt.buffer) == "in(x)")

    run(test, typed_before=("total = sin(x)",), history_characters=8)


@pytest.mark.parametrize(("history", "ghost"), [("last", "um(values)"), ("off", "um(values)")])
def test_history_can_be_told_to_wait(history, ghost):
    async def test(prompt):
        await prompt.type("total = s", "total = s", ghost)

    run(test, typed_before=("total = sin(x)",), history_characters=1, history=history)


def test_where_the_model_has_nothing_history_is_shown():
    async def test(prompt):
        await prompt.type("spa", "spa")
        await prompt.type("m", "spam", "()")

    run(test, typed_before=("spam()",))


def test_earlier_lines_are_true_too():
    async def test(prompt):
        await prompt.type("price = c", "price = c", "ost")
        await prompt.type("\x15price = g", "price = g", "")

    lines = ("price = cost", "price = gone")
    run(test, typed_before=lines, namespace={"cost": 1}, history_characters=1)


def test_of_several_earlier_lines_none_is_shown_until_much_is_typed():
    async def test(prompt):
        await prompt.type("price = a", "price = a", "")
        await prompt.type("lter", "price = alter", "ed")

    run(test, typed_before=("price = alternative", "price = altered"), history_characters=6)


def test_alternatives_are_the_models_and_those_of_the_history():
    model = WithAlternatives(others=("r name in names:", "r line in lines:"))

    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        await prompt.press("\x1b]", "r name in names:")
        assert prompt.buffer.suggestion.place == "2/4"
        await prompt.press("\x1b]", "r line in lines:")
        await prompt.press("\x1b]", "r old in history:")
        await prompt.press("\x1b]", "r index in range(10):")
        await prompt.press("\x1b[", "r old in history:")
        await prompt.type("r", "for", " old in history:")  # typing follows what is shown

    run(test, model, typed_before=("for old in history:",))


def test_with_one_suggestion_the_key_says_so():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        prompt.pipe.send_text("\x1b]")
        await prompt.until(lambda: getattr(prompt.buffer.suggestion, "place", "") == "1/1")
        assert visible(prompt.buffer) == "r index in range(10):"

    run(test)


def test_the_counts_know_what_was_accepted():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        await prompt.type("\x1bf", "for", " index in range(10):")
        await prompt.type("\x1bf", "for index", " in range(10):")

    counts = run(test).suggester.statistics
    assert counts.accepted == 1
    assert counts.accepted_characters == len("r index")


def test_beside_a_completion_menu_there_is_one_line():
    buffer = Buffer(document=Document("def f"))
    buffer.suggestion = Ghost(Suggestion("():\n    pass"))
    assert visible(buffer) == "():\n    pass"
    buffer.complete_state = object()
    assert visible(buffer) == "():"
    buffer.suggestion = Ghost(Suggestion("\n    pass"))
    assert visible(buffer) == ""


def test_nothing_is_raised_into_the_host():
    def broken():
        raise RuntimeError("no inputs")

    conversation = Conversation(ReplOptions(), broken, dict)
    ghost = GhostText(Suggester(), conversation)
    buffer = Buffer(document=Document("x = 1"))
    assert ghost.get_suggestion(buffer, buffer.document) is None
    ghost.text_changed(buffer)


def test_an_alternative_that_cannot_be_drawn_disturbs_nothing():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        prompt.ghost._alternatives = None  # calling it raises
        await prompt.type("\x1b]r", "for", " index in range(10):")

    run(test)


def test_a_real_model_in_a_prompt(make_model):
    """Random weights suggest anything or nothing; what is shown is what an accept inserts."""
    tiny = make_model("sliding")

    async def test(prompt):
        for length in range(1, len("for name in os.") + 1):
            await prompt.type("for name in os."[length - 1], "for name in os."[:length])
        await prompt.settle()
        assert prompt.suggester.statistics.requests
        shown = visible(prompt.buffer)
        if shown:
            await prompt.type("\x1b[C", "for name in os." + shown)

    run(test, load=lambda _: tiny.model, threshold=0.0, deadline_ms=5000.0)


class Late(FakeModel):
    """Suggests nothing before its deadline, and more after it."""

    def session(self, language, project=None, name=None):
        return LateSession(self)


class LateSession(FakeSession):
    hurried = True

    def suggest(self, max_tokens, deadline_ms, threshold, *, stop=lambda: False):
        if deadline_ms < REFINED_MS:
            return None
        time.sleep(0.2)
        return super().suggest(max_tokens, deadline_ms, threshold, stop=stop)


def test_what_is_found_after_the_deadline_is_shown_while_the_caret_rests():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")

    run(test, Late())


def test_back_at_its_place_ghost_text_returns_without_the_model():
    model = FakeModel()

    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        asked = len(model.asked)
        await prompt.press("\x1b[D", "")
        await prompt.press("\x1b[C", "r index in range(10):")
        await prompt.press("\x01", "")
        await prompt.press("\x05", "r index in range(10):")
        await prompt.settle()
        assert prompt.buffer.text == "fo" and len(model.asked) == asked

    run(test, model)


def test_in_vi_mode_it_returns_with_a_and_with_capital_a():
    async def test(prompt):
        await prompt.type("fo", "fo", "r index in range(10):")
        await prompt.press("\x1b", "")
        await prompt.press("a", "r index in range(10):")
        await prompt.press("\x1b", "")
        await prompt.press("0A", "r index in range(10):")
        await prompt.type("\x1b[C", "for index in range(10):")

    run(test, vi_mode=True)


def test_an_empty_prompt_offers_the_line_that_followed_if_asked_to():
    lines = ("a = 1", "print(a)", "b = 2", "a = 1")

    async def test(prompt):
        await prompt.until(lambda: visible(prompt.buffer) == "print(a)")
        await prompt.type("\x1b[C", "print(a)")

    run(test, typed_before=lines, next_line=True)

    async def nothing(prompt):
        await prompt.settle()
        assert visible(prompt.buffer) == ""

    run(nothing, typed_before=lines)
