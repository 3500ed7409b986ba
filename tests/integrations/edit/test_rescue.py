"""Unsaved work is put aside whatever happens; what fails then is said once."""

from __future__ import annotations

from types import SimpleNamespace

from codecomplete.integrations.edit.files import RecoveryFailed
from codecomplete.integrations.edit.rescue import Rescue


class Open:
    """In place of an editor."""

    def __init__(self, error: Exception | None = None) -> None:
        self.text, self.put = "text", []
        self.buffer = SimpleNamespace(put_aside=self.put_aside)
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
