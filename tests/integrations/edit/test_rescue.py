"""Unsaved work is put aside whatever happens; what fails then is said once."""

from __future__ import annotations

from types import SimpleNamespace

from codecomplete.integrations.edit.files import RecoveryFailed
from codecomplete.integrations.edit.rescue import LONGEST, Rescue


class Open:
    """In place of an editor."""

    def __init__(self, error: Exception | None = None) -> None:
        self.text, self.put = "text", []
        self.buffer = SimpleNamespace(aside=lambda text: lambda: self.put_aside(text))
        self.error = error

    def put_aside(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.put.append(text)


def test_one_that_fails_does_not_keep_the_others_from_being_put_aside():
    for error in (RecoveryFailed("no space"), ValueError("a bug")):
        editors, said = [Open(error), Open()], []
        Rescue(lambda editors=editors: editors, said.append).put_aside()
        assert editors[1].put == ["text"]


def test_a_reason_is_said_once():
    said: list[str] = []
    rescue = Rescue(lambda: [Open(RecoveryFailed("no space"))], said.append)
    rescue.put_aside()
    rescue.put_aside()
    assert said == ["no space"]


class Clock:
    """Calls back when told to."""

    def __init__(self, monkeypatch) -> None:
        self.now, self.calls = 100.0, []
        monkeypatch.setattr(
            "codecomplete.integrations.edit.rescue.time.monotonic", lambda: self.now
        )

    def after(self, seconds: float, call) -> None:
        self.calls.append((self.now + seconds, call))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.calls and min(one[0] for one in self.calls) <= end:
            self.calls.sort(key=lambda one: one[0])
            self.now, call = self.calls.pop(0)
            call()
        self.now = end


def test_work_is_put_aside_after_a_pause_and_at_the_latest_while_there_is_none(monkeypatch):
    clock, editor = Clock(monkeypatch), Open()
    rescue = Rescue(lambda: [editor], print, clock.after, pause=2.0)
    monkeypatch.setattr("codecomplete.integrations.edit.rescue.threading.Thread", AtOnce)
    rescue.edited()
    clock.run(1.9)
    assert editor.put == []
    clock.run(0.2)
    assert editor.put == ["text"]
    for _ in range(40):
        rescue.edited()
        clock.run(0.7)
    assert 28 / LONGEST - 2 < len(editor.put) <= 28 / LONGEST + 2
    assert not clock.calls or len(clock.calls) == 1  # one timer, not one for each key


def test_a_slow_disk_is_asked_less_often(monkeypatch):
    clock, editor = Clock(monkeypatch), Open()
    rescue = Rescue(lambda: [editor], print, clock.after, pause=2.0)
    monkeypatch.setattr("codecomplete.integrations.edit.rescue.threading.Thread", AtOnce)
    rescue._took = 1.0
    rescue.edited()
    clock.run(19.0)
    assert editor.put == []
    clock.run(2.0)
    assert editor.put == ["text"]


class AtOnce:
    """In place of a thread."""

    def __init__(self, target, args, daemon) -> None:
        self.start = lambda: target(*args)

    def is_alive(self) -> bool:
        return False
