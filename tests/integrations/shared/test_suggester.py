"""The host-neutral half: newest wins, nothing blocks, nothing that fails reaches the user."""

from __future__ import annotations

import logging
import threading
import time

import pytest

import codecomplete
from codecomplete.engine import Ranked, Stopped, Suggestion
from codecomplete.integrations.shared.naming import client
from codecomplete.integrations.shared.naming.client import Jedi
from codecomplete.integrations.shared.options import FileOptions, Options
from codecomplete.integrations.shared.sessions import MOST_SESSIONS
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import FAILURES_BEFORE_REST, State, Suggester
from tests.integrations.serving import served
from tests.patience import FOREVER, PATIENCE


class Inbox:
    """Collects what is delivered, and waits for it."""

    def __init__(self) -> None:
        self.got: list[tuple[Snapshot, Suggestion | None]] = []
        self._arrived = threading.Condition()

    def __call__(self, snapshot, suggestion):
        with self._arrived:
            self.got.append((snapshot, suggestion))
            self._arrived.notify_all()

    def wait(self, count: int = 1):
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.got) >= count, PATIENCE)
        return self.got[-1]


class SlowModel:
    """Suggests ``text`` after ``seconds``, as they are by then; stops every ms if it is told to."""

    def __init__(self, text: str = "suggestion", seconds: float = 0.0) -> None:
        self.text, self.seconds = text, seconds
        self.begun = threading.Semaphore(0)
        self.stopped = threading.Semaphore(0)

    def session(self, language, project=None, name=None):
        return SlowSession(self)


class SlowSession:
    def __init__(self, model: SlowModel) -> None:
        self.model = model

    def sync(self, before, after="", *, stop, indentation=None):
        self.model.begun.release()

    def suggest(self, max_tokens, deadline_ms, threshold, *, stop):
        start = time.monotonic()
        while time.monotonic() - start < self.model.seconds:
            if stop():
                self.model.stopped.release()
                raise Stopped
            time.sleep(0.001)
        return Suggestion(self.model.text, 0.9)

    def rank(self, candidates, deadline_ms, *, typed, stop):
        return [Ranked(name, name, 0.5) for name in candidates]

    def learn(self, *, stop):
        pass


@pytest.fixture
def make():
    made: list[Suggester] = []

    def make(model, **options) -> Suggester:
        made.append(Suggester(Options(**options), load=lambda _: model))
        return made[-1]

    yield make
    for suggester in made:
        suggester.close()


def wait_served(suggester: Suggester) -> None:
    assert served(suggester).wait(PATIENCE)


def wait_for(condition) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_a_real_model_answers_on_its_own_thread(make, make_model):
    inbox, threads = Inbox(), []
    suggester = make(make_model("sliding").model, threshold=0.0, deadline_ms=5000)
    request = Snapshot("import os\nfor name in os", language="python")
    suggester.request(
        request, lambda *got: (threads.append(threading.current_thread()), inbox(*got))
    )
    snapshot, _ = inbox.wait()
    assert snapshot == request
    assert threads[0] is not threading.main_thread() and threads[0].daemon


def test_asking_never_blocks_and_the_newest_request_wins(make):
    model, inbox = SlowModel(seconds=FOREVER), Inbox()
    suggester = make(model)
    start = time.monotonic()
    for text in ("a", "ab", "abc"):
        suggester.request(Snapshot(text), inbox)
    assert time.monotonic() - start < PATIENCE
    assert model.begun.acquire(timeout=PATIENCE)
    suggester.request(Snapshot("abcd"), inbox)
    model.seconds = 0  # only now: the others would be answered before they are replaced
    assert inbox.wait()[0].before == "abcd"
    assert [snapshot.before for snapshot, _ in inbox.got] == ["abcd"]


def test_cancelling_stops_the_running_request(make):
    model, inbox = SlowModel(seconds=FOREVER), Inbox()
    suggester = make(model)
    suggester.request(Snapshot("a"), inbox)
    assert model.begun.acquire(timeout=PATIENCE)
    suggester.cancel()
    assert model.stopped.acquire(timeout=PATIENCE)
    wait_served(suggester)
    assert inbox.got == []


def test_closing_does_not_wait_for_the_model(make):
    model = SlowModel(seconds=FOREVER)
    suggester = make(model)
    suggester.request(Snapshot("a"), Inbox())
    assert model.begun.acquire(timeout=PATIENCE)
    start = time.monotonic()
    suggester.close()
    assert time.monotonic() - start < PATIENCE
    assert model.stopped.acquire(timeout=PATIENCE)


def test_typing_along_is_answered_without_the_model(make):
    model, inbox = SlowModel("range(n):"), Inbox()
    suggester = make(model)
    suggester.request(Snapshot("for i in "), inbox)
    inbox.wait()
    assert suggester.follow(Snapshot("for i in ra")).text == "nge(n):"
    assert suggester.follow(Snapshot("for i in range(")).text == "n):"
    assert suggester.statistics.requests == 1


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot("for i in x"),
        Snapshot("for i i"),
        Snapshot("for i in ra", after="x"),
        Snapshot("for i in ra", buffer="other"),
        Snapshot("for i in range(n):"),
    ],
)
def test_anything_else_forgets_the_suggestion(make, snapshot):
    inbox = Inbox()
    suggester = make(SlowModel("range(n):"))
    suggester.request(Snapshot("for i in "), inbox)
    inbox.wait()
    assert suggester.follow(snapshot) is None
    assert suggester.follow(Snapshot("for i in ")) is None


def test_a_model_that_cannot_be_loaded_is_reported_once(caplog):
    def fail(_):
        raise OSError("no such model")

    suggester = Suggester(load=fail)
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            suggester.request(Snapshot("a"), Inbox())
        wait_for(lambda: suggester.state is State.FAILED)
        suggester.request(Snapshot("b"), Inbox())
    assert suggester.error == "OSError: no such model"
    assert len(caplog.records) == 1
    suggester.close()


class Broken(SlowModel):
    """Fails at every request; ``failing`` is called before the last one that it gets."""

    def __init__(self, failing=lambda: None) -> None:
        super().__init__()
        self.failures, self.failing = 0, failing

    def session(self, language, project=None, name=None):
        self.failures += 1
        if self.failures == FAILURES_BEFORE_REST:
            self.failing()
        raise RuntimeError("broken")


def test_an_engine_that_raises_on_every_call_rests(make, caplog):
    model = Broken()
    suggester = make(model)
    for count in range(FAILURES_BEFORE_REST):
        inbox = Inbox()
        assert suggester.request(Snapshot("a" * count), inbox)
        assert inbox.wait()[1] is None  # answered, and not replaced by the next
    assert suggester.state is State.FAILED and not suggester.enabled
    assert not suggester.request(Snapshot("b"), inbox)
    assert model.failures == FAILURES_BEFORE_REST
    assert len(caplog.records) == 1
    suggester.enable(True)
    assert suggester.state is State.IDLE and suggester.error is None


def test_what_is_asked_just_before_an_engine_rests_is_answered_without_it(make):
    inbox = Inbox()
    model = Broken(lambda: suggester.request(Snapshot("late"), inbox))
    suggester = make(model)
    for _ in range(FAILURES_BEFORE_REST):
        suggester.request(Snapshot("a"), Inbox())
        wait_served(suggester)
    assert inbox.wait() == (Snapshot("late"), None)
    assert model.failures == FAILURES_BEFORE_REST and suggester.state is State.FAILED


def test_a_host_that_fails_to_draw_does_not_end_the_worker(make):
    suggester, inbox = make(SlowModel()), Inbox()

    def broken(*_):
        raise ValueError("cannot draw")

    suggester.request(Snapshot("a"), broken)
    wait_for(lambda: suggester.error is not None)
    suggester.request(Snapshot("b"), inbox)
    assert inbox.wait()[1].text == "suggestion"


def test_switched_off_it_asks_nothing(make):
    suggester, inbox = make(SlowModel()), Inbox()
    suggester.enable(False)
    suggester.request(Snapshot("a"), inbox)
    assert suggester.state is State.OFF
    suggester.enable(True)
    suggester.request(Snapshot("b"), inbox)
    assert inbox.wait()[0].before == "b"
    assert len(inbox.got) == 1


def test_only_a_few_buffers_keep_their_sessions(make):
    suggester = make(SlowModel())
    for number in range(MOST_SESSIONS + 3):
        inbox = Inbox()
        suggester.request(Snapshot("a", buffer=number), inbox)
        inbox.wait()
    assert len(suggester._sessions) == MOST_SESSIONS
    suggester.forget(number)
    assert len(suggester._sessions) == MOST_SESSIONS - 1


def test_importing_it_loads_no_engine():
    import subprocess
    import sys

    code = (
        "import sys; from codecomplete.integrations.shared import suggester; "
        "print('codecomplete.engine.session' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stdout.split() == ["False", "False"]


def test_every_request_is_answered_even_if_the_engine_fails(make):
    suggester, inbox = make(Broken()), Inbox()
    assert suggester.request(Snapshot("a"), inbox)
    assert inbox.wait() == (Snapshot("a"), None)
    suggester.enable(False)
    assert not suggester.request(Snapshot("a"), inbox)


def test_the_model_can_be_loaded_before_it_is_needed():
    loaded = threading.Event()
    suggester = Suggester(load=lambda _: loaded.set() or SlowModel())
    suggester.prepare()
    assert loaded.wait(PATIENCE)
    wait_for(lambda: suggester.state is State.IDLE)
    assert suggester.statistics.requests == 0
    suggester.close()


def test_loading_the_model_early_takes_no_place_of_a_request_that_was_just_taken(make):
    """As when the first key is typed just when the first screen has been drawn."""
    suggester, inbox = make(SlowModel(), debounce_ms=300), Inbox()
    suggester.request(Snapshot("a"), inbox)
    wait_for(lambda: suggester._request is None)
    suggester.prepare()
    assert inbox.wait()[0].before == "a"


def test_another_model_is_loaded_when_the_options_say_so():
    loads = []
    suggester = Suggester(load=lambda options: loads.append(options.model) or SlowModel())
    inbox = Inbox()
    suggester.request(Snapshot("a"), inbox)
    inbox.wait(1)
    suggester.options = Options(model="other")
    suggester.reload()
    suggester.request(Snapshot("b"), inbox)
    inbox.wait(2)
    assert loads == [None, "other"]
    suggester.close()


class Choosy:
    """A host that shows nothing after "bad", and something of its own after "own"."""

    least, least_text = 0.1, 0.5

    def choose(self, snapshot, found, rank, threshold):
        if snapshot.before == "own":
            return Suggestion(rank(["one", "two"], "")[0].name)
        return None if snapshot.before == "bad" else found

    def others(self, snapshot, found, rank):
        return [*found, Suggestion("other")]


def test_what_the_host_chooses_is_shown_and_counted():
    inbox = Inbox()
    suggester = Suggester(load=lambda _: SlowModel("text"), chooser=Choosy())
    suggester.request(Snapshot("bad"), inbox)
    assert inbox.wait(1)[1] is None
    suggester.request(Snapshot("good"), inbox)
    assert inbox.wait(2)[1].text == "text"
    assert (suggester.statistics.shown, suggester.statistics.withheld) == (1, 1)
    suggester.request(Snapshot("own"), inbox)
    assert inbox.wait(3)[1].text == "one"
    suggester.close()


def test_what_the_host_shows_itself_is_followed(make):
    suggester = make(SlowModel())
    suggester.show(Snapshot("pri"), Suggestion("nt(1)"))
    assert suggester.follow(Snapshot("prin")).text == "t(1)"
    assert suggester.follow(Snapshot("prix")) is None


def test_alternatives_come_from_the_engine_if_it_has_any(make):
    class Offering(SlowModel):
        def session(self, language, project=None, name=None):
            session = SlowSession(self)
            session.alternatives = lambda count, *_, stop: [Suggestion("b", 0.5)] * count
            return session

    inbox = Inbox()
    assert make(SlowModel()).alternatives(Snapshot("a"), inbox)
    assert inbox.wait(1)[1] == []
    assert make(Offering()).alternatives(Snapshot("a"), inbox, 2)
    assert inbox.wait(2)[1] == [Suggestion("b", 0.5)] * 2


class Order:
    """Sessions that rank names in the order of the alphabet, and say when they begin."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.model = SlowModel()
        self.model.session = self.session
        self.seconds, self.begun = seconds, threading.Semaphore(0)

    def session(self, language, project=None, name=None):
        session = SlowSession(self.model)

        def rank(names, deadline_ms, *, stop):
            self.begun.release()
            start = time.monotonic()
            while time.monotonic() - start < self.seconds and not stop():
                time.sleep(0.001)
            return sorted(names)

        session.rank = rank
        return session


def test_names_are_ranked(make):
    inbox = Inbox()
    snapshot = Snapshot("for x in ")
    assert make(Order().model).rank(snapshot, ["b", "a"], inbox)
    assert inbox.wait() == (snapshot, ["a", "b"])


def test_real_names_are_ranked_by_the_real_model(make):
    inbox = Inbox()
    suggester = make(codecomplete.load(), deadline_ms=5000)
    suggester.rank(
        Snapshot("import sys\n\nfor n in ", language="python"), ["raise", "range", "rabbit"], inbox
    )
    assert inbox.wait()[1][0].name == "range"


def test_no_suggestion_waits_for_names_and_they_are_ranked_after_it(make):
    order, names, suggestions = Order(seconds=FOREVER), Inbox(), Inbox()
    suggester = make(order.model)
    suggester.rank(Snapshot("a"), ["b", "a"], names)
    assert order.begun.acquire(timeout=PATIENCE)
    suggester.request(Snapshot("ab"), suggestions)
    suggestions.wait()
    assert order.begun.acquire(timeout=PATIENCE)  # again
    assert not names.got
    suggester.rank(Snapshot("abc"), ["d", "c"], names)
    order.seconds = 0.0  # only now: the first names would be answered before they are replaced
    assert names.wait()[1] == ["c", "d"]
    assert len(names.got) == 1, "what was asked before was replaced"


@pytest.mark.parametrize("path", [None, "/home/me/.env"])
def test_an_engine_that_cannot_rank_and_a_private_file_are_answered_with_nothing(make, path):
    inbox = Inbox()
    model = SlowModel() if path is None else Order().model
    make(model).rank(Snapshot("a", path=path), ["b"], inbox)
    assert inbox.wait()[1] == []


def test_names_that_cannot_be_ranked_disturb_nothing(make):
    order, inbox = Order(), Inbox()
    order.model.session = lambda *_: 1 / 0
    suggester = make(order.model)
    suggester.rank(Snapshot("a"), ["b"], inbox)
    assert inbox.wait()[1] == [] and suggester.error is None


def test_a_pause_ends_when_the_request_is_replaced(make):
    inbox = Inbox()
    suggester = make(SlowModel(), debounce_ms=1000 * FOREVER)
    for text in "ab":
        suggester.request(Snapshot(text), inbox)
        wait_for(lambda: suggester._request is None)  # the worker waits for its time to come
    suggester.cancel()
    wait_served(suggester)
    assert inbox.got == []


def test_after_the_pause_a_request_is_answered(make):
    inbox = Inbox()
    make(SlowModel(), debounce_ms=1).request(Snapshot("a"), inbox)
    assert inbox.wait()[0].before == "a"


def test_closing_waits_only_as_long_as_it_may(make):
    hold = threading.Event()

    class Deaf(SlowModel):
        def session(self, language, project=None, name=None):
            self.begun.release()
            hold.wait(PATIENCE)
            return SlowSession(self)

    model = Deaf()
    suggester = make(model)
    suggester.request(Snapshot("a"), Inbox())
    assert model.begun.acquire(timeout=PATIENCE)
    suggester.close(0.05)
    assert suggester._thread.is_alive()
    hold.set()
    suggester._thread.join(PATIENCE)
    assert not suggester._thread.is_alive()


def test_parts_of_one_suggestion_count_as_one_accept(make):
    inbox = Inbox()
    suggester = make(SlowModel("one two"))
    suggester.request(Snapshot(""), inbox)
    inbox.wait()
    suggester.accepted("one")
    suggester.accepted(" two")
    assert suggester.statistics.accepted == 1
    assert suggester.statistics.accepted_characters == 7


def test_closing_waits_for_a_load_that_is_under_way():
    begun, ended = threading.Event(), threading.Event()

    def load(_):
        begun.set()
        time.sleep(0.3)  # native code, which Python cannot end without aborting the process
        ended.set()
        return SlowModel()

    suggester = Suggester(load=load)
    suggester.prepare()
    assert begun.wait(PATIENCE)
    suggester.close(0.01)
    assert ended.is_set()


def test_a_request_may_bring_a_threshold_of_its_own(make):
    class Asked(SlowSession):
        def suggest(self, max_tokens, deadline_ms, threshold, *, stop):
            asked.append(threshold)
            return super().suggest(max_tokens, deadline_ms, threshold, stop=stop)

    asked: list[float | None] = []
    model = SlowModel()
    model.session = lambda language, *project: Asked(model)
    suggester, inbox = make(model, threshold=0.5), Inbox()
    suggester.request(Snapshot("a"), inbox, 0.0)
    inbox.wait()
    suggester.request(Snapshot("b"), inbox)
    inbox.wait(2)
    assert asked == [0.0, 0.5]


class Knowing:
    """Knows ``names`` at every caret, at once or once it is ``told``."""

    def __init__(self, *names: str, late: bool = False) -> None:
        self.found, self.late = names, late
        self.asked = threading.Semaphore(0)
        self.done = None
        self.closed = False

    def names(self, snapshot, done):
        self.done = done
        self.asked.release()
        return None if self.late else self.found

    def tell(self) -> None:
        assert self.asked.acquire(timeout=PATIENCE)
        self.late = False
        self.done()

    def close(self) -> None:
        self.closed = True


class RankingModel(SlowModel):
    """One whose suggestion is no name that is known."""

    def session(self, language, project=None, name=None):
        return RankingSession(self)


class RankingSession(SlowSession):
    def suggest(self, max_tokens, deadline_ms, threshold, *, stop):
        return Suggestion(self.model.text, 0.3) if self.model.text else None

    def rank(self, candidates, deadline_ms, *, typed, stop):
        fitting = [name for name in candidates if name.startswith(typed)]
        shares = (0.9, 0.01, 0.01)
        return [
            Ranked(name, name[len(typed) :], share)
            for name, share in zip(fitting, shares, strict=False)
        ]


ATTRIBUTE = Snapshot("import os\nos.pa", "", "python", 1)


@pytest.fixture
def knowing():
    made: list[Suggester] = []

    def make(text: str, namer: Knowing, once: bool = False, **options) -> Suggester:
        options = FileOptions(**{"deadline_ms": 1000 * FOREVER, **options})
        model = RankingModel(text)
        made.append(Suggester(options, lambda _: model, namer=namer, answers_once=once))
        return made[-1]

    yield make
    for one in made:
        one.close(wait=PATIENCE)


@pytest.mark.parametrize(
    ("text", "shown"), [("rse(", "th"), ("", "th"), ("rdir + x", "rdir + x"), ("th", "th")]
)
def test_a_known_name_takes_the_place_of_what_is_none(knowing, text, shown):
    inbox = Inbox()
    knowing(text, Knowing("path", "pardir")).request(ATTRIBUTE, inbox)
    assert inbox.wait()[1].text == shown


def test_names_that_come_late_are_shown_where_the_caret_rests(knowing):
    inbox, namer = Inbox(), Knowing("path", late=True)
    knowing("rse(", namer).request(ATTRIBUTE, inbox)
    assert inbox.wait(1)[1].text == "rse("
    namer.tell()
    assert inbox.wait(2) == (ATTRIBUTE, Suggestion("th", 0.65, "names"))


@pytest.mark.parametrize("before", ["import os\nos.par", "import os\nos.pars", "x"])
def test_names_that_come_late_are_dropped_once_something_was_typed(knowing, before):
    inbox, namer = Inbox(), Knowing("path", late=True)
    suggester = knowing("rse(", namer)
    suggester.request(ATTRIBUTE, inbox)
    inbox.wait(1)
    typed = Snapshot(before, "", "python", 1)
    if suggester.follow(typed) is None:
        suggester.cancel()
    namer.tell()
    wait_served(suggester)
    assert [found.text for _, found in inbox.got] == ["rse("]


def test_names_that_change_nothing_are_not_delivered_again(knowing):
    inbox, namer = Inbox(), Knowing("parse", late=True)
    suggester = knowing("rse(", namer)
    suggester.request(ATTRIBUTE, inbox)
    inbox.wait(1)
    namer.tell()
    wait_served(suggester)
    assert [found.text for _, found in inbox.got] == ["rse("]


def test_a_host_that_can_be_answered_but_once_waits_for_names(knowing):
    inbox, namer = Inbox(), Knowing("path", late=True)
    knowing("rse(", namer, once=True).request(ATTRIBUTE, inbox)
    namer.tell()
    assert inbox.wait()[1].text == "th" and len(inbox.got) == 1


def test_it_waits_no_longer_than_a_suggestion_may_take(knowing):
    inbox, namer = Inbox(), Knowing("path", late=True)
    knowing("rse(", namer, once=True, deadline_ms=20.0).request(ATTRIBUTE, inbox)
    assert inbox.wait()[1].text == "rse("


def test_nobody_is_asked_for_names_who_is_switched_off(knowing):
    inbox, namer = Inbox(), Knowing("path")
    knowing("rse(", namer, jedi=False).request(ATTRIBUTE, inbox)
    assert inbox.wait()[1].text == "rse(" and not namer.asked.acquire(blocking=False)


def test_who_knows_names_is_closed_with_the_suggester(knowing):
    namer = Knowing()
    knowing("x", namer).close()
    assert namer.closed


def test_jedi_and_the_packaged_model_find_what_neither_finds_alone(monkeypatch):
    """The real ones: a method that the model cannot know, at its second letter."""
    monkeypatch.setattr(client, "FIRST_PATIENCE", PATIENCE)
    before = (
        "class Ledger:\n    def qualified_total(self):\n        return 1\n\n"
        "    def quorum(self):\n        return 2\n\n" + "# a line between\n" * 700
        + "ledger = Ledger()\nprint(ledger.qu"
    )  # fmt: skip
    inbox, asked = Inbox(), Snapshot(before, ")\n", "python", 1)
    alone = Suggester(FileOptions(deadline_ms=1000 * FOREVER, jedi=False))
    alone.request(asked, inbox)
    assert getattr(inbox.wait(1)[1], "text", "") not in ("alified_total", "orum")
    alone.close(wait=PATIENCE)
    both = Suggester(
        FileOptions(deadline_ms=1000 * FOREVER, threshold=0.2), namer=Jedi(), answers_once=True
    )
    both.request(asked, inbox)
    assert inbox.wait(2)[1].text in ("alified_total", "orum")
    both.close(wait=PATIENCE)


@pytest.mark.parametrize("unsafe", [True, False])
def test_unsafe_code_is_suggested_only_to_whom_wants_it(make, unsafe):
    model, inbox = SlowModel(), Inbox()
    suggester = make(model, unsafe=unsafe)
    suggester.request(Snapshot("x"), inbox)
    inbox.wait()
    (session,) = suggester._sessions._open.values()
    assert session.allow_unsafe is unsafe


class HurriedModel:
    """A model whose first answer is cut short by its deadline, and whose second is ``whole``."""

    def __init__(self, cut: str | None, whole: str | None) -> None:
        self.answers = [cut, whole]
        self.deadlines: list[float] = []
        self.resume = threading.Event()
        self.resume.set()

    def session(self, language, project=None, name=None):
        return HurriedSession(self)


class HurriedSession:
    def __init__(self, model: HurriedModel) -> None:
        self.model, self.hurried = model, False

    def sync(self, before, after="", *, stop, indentation=None):
        pass

    def learn(self, *, stop):
        pass

    def suggest(self, max_tokens, deadline_ms, threshold, *, stop):
        answer = self.model.answers[len(self.model.deadlines) % 2]
        self.hurried = len(self.model.deadlines) % 2 == 0
        self.model.deadlines.append(deadline_ms)
        if not self.hurried:
            assert self.model.resume.wait(PATIENCE)
            if stop():
                raise Stopped
        return Suggestion(answer, 0.9) if answer else None


@pytest.mark.parametrize(
    ("cut", "whole", "delivered"),
    [
        ("foo(", "foo(bar)", ["foo(", "foo(bar)"]),
        (None, "foo", [None, "foo"]),
        ("foo", "bar", ["foo"]),
        ("foo", "fo", ["foo"]),
        ("foo", None, ["foo"]),
        (None, None, [None]),
    ],
)
def test_an_answer_that_was_cut_short_only_grows_while_the_caret_rests(cut, whole, delivered):
    model, inbox = HurriedModel(cut, whole), Inbox()
    suggester = Suggester(load=lambda options: model)
    suggester.request(Snapshot("x = "), inbox)
    wait_served(suggester)
    suggester.close(wait=PATIENCE)
    texts = [found.text if found else None for _, found in inbox.got]
    assert texts == delivered
    assert len(model.deadlines) == 2 and model.deadlines[1] > model.deadlines[0]


def test_a_key_ends_the_improving_of_an_answer():
    model, inbox = HurriedModel("foo(", "foo(bar)"), Inbox()
    model.resume.clear()
    suggester = Suggester(load=lambda options: model)
    suggester.request(Snapshot("x = "), inbox)
    inbox.wait(1)
    suggester.cancel()
    model.resume.set()
    wait_served(suggester)
    suggester.close(wait=PATIENCE)
    assert [found.text for _, found in inbox.got] == ["foo("]


def test_what_was_typed_through_goes_on_with_what_has_grown():
    model, inbox = HurriedModel("foo(", "foo(bar)"), Inbox()
    suggester = Suggester(load=lambda options: model)
    suggester.request(Snapshot("x = "), inbox)
    inbox.wait(2)
    assert suggester.follow(Snapshot("x = fo")).text == "o(bar)"
    suggester.close(wait=PATIENCE)
