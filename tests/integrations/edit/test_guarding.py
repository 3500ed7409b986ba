"""What fails costs the user a command, not the editor; what comes too late is nothing at all."""

from __future__ import annotations

import pytest
from textual import events
from textual.binding import Binding

from codecomplete.integrations.edit import app as app_module
from codecomplete.integrations.edit.editor import Editor
from codecomplete.integrations.edit.ghost import Answer
from codecomplete.integrations.edit.view.area import CodeArea
from codecomplete.integrations.shared.snapshot import Snapshot
from tests.integrations.edit.editing import editing

pytestmark = pytest.mark.asyncio

PARTS = ("#status", "#keys", "#tabs", "#find", "#editors", "Editor")


@pytest.mark.parametrize("part", PARTS)
async def test_timers_and_late_answers_find_a_screen_that_is_going_away(part):
    """As when the app ends: widgets go one after the other, and timers go on for a while."""
    async with editing("word", enabled=False) as driven:
        app, editor = driven.app, driven.editor
        await driven.press("ctrl+f")
        await driven.press("escape")
        await driven.type("x")
        await app.query_one(part).remove()
        app.refresh_status()
        app.edited()
        app.rescue.put_aside()
        app.colours_ended()
        app.complain("late")
        app._mark_tab()
        app.on_app_focus(events.AppFocus())
        app._drawn_again(app)
        editor.post_message(Editor.Arrived(Answer(Snapshot("wordx"), None)))
        editor.post_message(Editor.GhostMoved())
        editor.post_message(CodeArea.ColoursEnded())
        editor.colour_by_language()
        app.action_engine()
        await driven.pilot.pause()
        app.exit(0)
        app.refresh_status()
        app.on_app_focus(events.AppFocus())
        assert app._exception is None and not app.survived


class Failing(Editor):
    """Fails wherever a user may get at it."""

    BINDINGS = [Binding("f9", "fail"), Binding("f8", "fail_late")]  # noqa: RUF012

    def action_fail(self) -> None:
        self.insert("half ")
        raise ValueError("on purpose")

    def action_fail_late(self) -> None:
        self.post_message(events.Paste("x"))

    async def _on_paste(self, event: events.Paste) -> None:
        raise KeyError("paste")

    def action_suggest(self) -> None:
        self.call_later(self.action_fail)


@pytest.mark.parametrize("key", ["f9", "f8", "ctrl+@"])
async def test_a_failure_of_a_command_or_a_handler_is_said_and_the_text_stays(monkeypatch, key):
    monkeypatch.setattr("codecomplete.integrations.edit.tabs.Editor", Failing)
    async with editing("word", enabled=False, survives=True) as driven:
        await driven.press(key)
        await driven.until(driven.notices)
        assert "That failed" in driven.notices()[0] and "word" in driven.text
        await driven.press("end")
        await driven.type(" on")
        assert driven.text.endswith("on") and len(driven.app.survived) == 1


async def test_a_failing_worker_is_survived_and_a_flood_of_failures_is_not(monkeypatch):
    def fail(*_):
        raise OSError("no such thing")

    monkeypatch.setattr(app_module.file_commands.files, "read", fail)
    async with editing("word", enabled=False, survives=True) as driven:
        for count in range(3):
            driven.app.action_reload()
            await driven.until(lambda count=count: len(driven.app.survived) == count + 1)
        await driven.type("!")
        assert driven.text == "word!"
        driven.app._fatal_error = lambda: None
        for _ in range(12):
            driven.app.survive(ValueError("again"))
        assert driven.app._exception is not None
        driven.app._exception = None
