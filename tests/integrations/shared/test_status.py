"""The lines that a person reads."""

from __future__ import annotations

import threading

from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.status import report
from codecomplete.integrations.shared.suggester import State, Suggester
from tests.integrations.fake import FakeModel
from tests.patience import PATIENCE


def ask(suggester: Suggester, text: str) -> None:
    answered = threading.Event()
    suggester.request(Snapshot(text), lambda *_: answered.set())
    assert answered.wait(PATIENCE)


def test_before_the_first_suggestion_nothing_is_measured():
    suggester = Suggester()
    assert report(suggester)[:2] == [
        "codecomplete is on (not loaded yet)",
        "model: loaded with the first suggestion",
    ]


def test_counts_times_and_memory():
    suggester = Suggester(load=lambda _: FakeModel())
    ask(suggester, "fo")
    suggester.accepted("r")
    suggester.accepted(" index")
    shown = "\n".join(report(suggester))
    assert "model: fake, from this computer" in shown
    assert "MB" in shown
    assert "asked 1, shown 1, withheld 0" in shown
    assert "accepted 1 (100 %), 7 characters" in shown
    suggester.close()


def test_a_failure_and_a_switch_are_named():
    def fail(_):
        raise OSError("no such model")

    suggester = Suggester(load=fail)
    ask(suggester, "fo")
    assert suggester.state is State.FAILED
    assert "stopped by: OSError: no such model" in report(suggester)
    suggester.enable(False)
    assert report(suggester)[0] == "codecomplete is off (off)"
