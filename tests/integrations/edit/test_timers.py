"""No timer holds the editor up, whatever time it is set for."""

from __future__ import annotations

import signal

import pytest
from textual.notifications import Notification

from tests.integrations.edit.editing import editing

pytestmark = pytest.mark.asyncio

SECONDS = 3  # of work; a loop that spins runs no test that could give up


@pytest.fixture(autouse=True)
def nothing_spins():
    spun = []

    def give_up(number, frame):
        spun.append(number)
        raise TimeoutError  # ends what spins, which only logs it

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, 1.0)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)
    assert not spun, f"the editor worked at nothing else for {SECONDS} seconds"


async def test_a_notice_whose_time_is_over_as_a_question_opens_is_gone_and_holds_nothing_up(
    monkeypatch,
):
    async with editing("text", enabled=False, notifications=True) as driven:
        driven.app.complain("a notice")
        await driven.settle()
        # it was over between two looks of Textual's at the clock
        monkeypatch.setattr(Notification, "has_expired", False)
        monkeypatch.setattr(Notification, "time_left", property(lambda self: -0.04))
        await driven.press("ctrl+g")
        await driven.until(lambda: driven.app.screen.query("Field"))
        await driven.until(lambda: not driven.notices())
        await driven.press("escape")
        await driven.done()


async def test_a_timer_of_ours_that_is_late_runs_out():
    called = []
    async with editing("text", enabled=False) as driven:
        driven.app.set_timer(-1.0, lambda: called.append("late"))
        driven.editor.set_timer(0.0, lambda: called.append("now"))
        await driven.until(lambda: len(called) == 2)
