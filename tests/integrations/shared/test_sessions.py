"""The sessions of the buffers used last are kept, and no others."""

from __future__ import annotations

import pytest

from codecomplete.integrations.shared.sessions import MOST_SESSIONS, Sessions
from codecomplete.integrations.shared.snapshot import Snapshot
from tests.integrations.fake import FakeModel

MODEL = FakeModel()


def of(sessions: Sessions, buffer: object, language: str = "python"):
    return sessions.of(Snapshot("", language=language, buffer=buffer), MODEL, False)


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


def test_a_buffer_has_one_session_for_each_language(sessions):
    first = of(sessions, 1)
    assert of(sessions, 1) is first
    assert of(sessions, 1, "c") is not first
    assert of(sessions, 2) is not first


def test_the_one_unused_for_longest_makes_room(sessions):
    kept = [of(sessions, number) for number in range(MOST_SESSIONS)]
    of(sessions, 0)
    of(sessions, "one more")
    assert len(sessions) == MOST_SESSIONS
    assert of(sessions, 0) is kept[0]
    assert of(sessions, 1) is not kept[1]


def test_a_closed_buffer_a_failed_session_and_an_old_model_leave_nothing(sessions):
    of(sessions, 1), of(sessions, 1, "c"), of(sessions, 2)
    sessions.forget(1)
    assert len(sessions) == 1
    sessions.drop(Snapshot("", language="python", buffer=2))
    assert len(sessions) == 0
    of(sessions, 3)
    sessions.clear()
    assert len(sessions) == 0


def test_every_new_session_is_prepared_once():
    seen: list[object] = []
    sessions = Sessions(seen.append)
    first = of(sessions, 1)
    of(sessions, 1)
    assert seen == [first]
    assert not sessions.has_more_to_read


def test_a_project_is_read_between_requests(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / ".git").mkdir()
    sessions = Sessions()
    model = FakeModel()
    snapshot = Snapshot("", language="python", buffer=1, path=str(tmp_path / "a.py"))
    sessions.of(snapshot, model, True)
    sessions.entered(snapshot)
    for _ in range(20):
        sessions.read_on(lambda: False)
    assert not sessions.has_more_to_read
