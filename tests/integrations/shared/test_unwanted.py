"""The list of what is never suggested again: private, shared by hosts, and never in the way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading

import pytest

from codecomplete.integrations.shared.options import Options
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester
from codecomplete.integrations.shared.unwanted import Unwanted, state_folder
from tests.integrations.fake import FakeModel, WithAlternatives
from tests.patience import PATIENCE

LINE, TEXT = "for index in ", "range(10):"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "state" / "codecomplete" / "never"


def test_it_holds_in_the_next_process(place):
    assert Unwanted(place).forbid(TEXT, LINE)
    assert Unwanted(place).allowed(TEXT, LINE) == ""
    assert Unwanted(place).allowed("names:", LINE) == "names:"


def test_another_host_that_runs_already_learns_of_it(place):
    one, other = Unwanted(place), Unwanted(place)
    assert other.allowed(TEXT, LINE) == TEXT
    one.forbid(TEXT, LINE)
    assert other.allowed(TEXT, LINE) == ""
    other.forbid("names:", LINE)
    assert one.allowed("names:", LINE) == "" and one.allowed(TEXT, LINE) == ""


def test_only_the_user_can_read_it_and_there_is_no_text_in_it(place):
    os.umask(0o000)
    try:
        Unwanted(place).forbid("s3cr3t_function()", "call = ")
        Unwanted(place).forbid("another_secret()", "call = ")
    finally:
        os.umask(0o022)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    content = place.read_bytes()
    assert b"secret" not in content and b"s3cr3t" not in content and b"call" not in content
    assert len(content.splitlines()) == 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00" * 50,
        b"codecomplete never 9 00\nzz\n",
        b"codecomplete never 1 12\n",
        b"\n" * 99,
    ],
)
def test_a_damaged_list_is_kept_aside_and_begun_anew(place, content):
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    unwanted = Unwanted(place)
    assert unwanted.allowed(TEXT, LINE) == TEXT
    assert unwanted.forbid(TEXT, LINE)
    assert Unwanted(place).allowed(TEXT, LINE) == ""
    assert place.with_name("never.damaged").read_bytes() == content


def test_damaged_lines_cost_only_themselves(place):
    Unwanted(place).forbid(TEXT, LINE)
    with place.open("ab") as file:
        file.write(b"\xff\xffnonsense\n12\n")
    Unwanted(place).forbid("names:", LINE)
    assert Unwanted(place).allowed(TEXT, LINE) == "" == Unwanted(place).allowed("names:", LINE)


@pytest.mark.parametrize("where", ["/dev/null/state/never", "/proc/1/never", "\0/never"])
def test_a_list_that_cannot_be_kept_holds_in_this_process(where):
    from pathlib import Path

    suggester = Suggester(Options())
    suggester._unwanted = unwanted = Unwanted(Path(where))
    assert not suggester.forbid(LINE, TEXT)
    assert unwanted.allowed(TEXT, LINE) == "" == suggester.may_show(LINE, TEXT)


def test_a_pipe_in_its_place_holds_nothing_up(place):
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    done = threading.Event()
    suggester = Suggester(Options())
    suggester._unwanted = Unwanted(place)

    def ask() -> None:
        suggester.may_show(LINE, TEXT)
        done.set()

    threading.Thread(target=ask, daemon=True).start()
    assert done.wait(PATIENCE)


def test_it_is_where_the_user_keeps_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "codecomplete"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder().is_relative_to(tmp_path)


def test_many_hosts_at_once_lose_nothing(place):
    code = (
        "import sys; from pathlib import Path;"
        "from codecomplete.integrations.shared.unwanted import Unwanted;"
        "one = Unwanted(Path(sys.argv[1]));"
        "[one.forbid(f'call_number_{sys.argv[2]}_{n}()', 'x = ') for n in range(20)]"
    )
    Unwanted(place).forbid(TEXT, LINE)
    hosts = [subprocess.Popen([sys.executable, "-c", code, str(place), str(n)]) for n in range(4)]
    assert all(host.wait(PATIENCE) == 0 for host in hosts)
    unwanted = Unwanted(place)
    for host in range(4):
        for number in range(20):
            assert unwanted.allowed(f"call_number_{host}_{number}()", "x = ") == ""


def answer(suggester: Suggester, before: str, alternatives: bool = False):
    done, found = threading.Event(), []

    def deliver(_, suggestion) -> None:
        found.append(suggestion)
        done.set()

    ask = suggester.alternatives if alternatives else suggester.request
    assert ask(Snapshot(before, language="python", buffer=1), deliver)
    assert done.wait(PATIENCE)
    return found[0]


def test_what_was_forbidden_is_not_delivered_by_any_engine(place):
    others = ("range(10):", "range(20):")
    suggester = Suggester(Options(), load=lambda options: WithAlternatives("quick", others))
    suggester._unwanted = Unwanted(place)
    try:
        assert answer(suggester, LINE).text == TEXT
        assert suggester.forbid(LINE, TEXT)
        assert suggester.follow(Snapshot(LINE, language="python", buffer=1)) is None
        assert answer(suggester, LINE) is None
        assert [one.text for one in answer(suggester, LINE, True)] == ["range(20):"]
    finally:
        suggester.close(1)


def test_a_secret_is_not_delivered_whoever_suggests_it():
    others = ('"hunter2!x"', "getpass()")
    suggester = Suggester(Options(), load=lambda options: WithAlternatives("quick", others))
    try:
        found = [one.text for one in answer(suggester, "password = ", True)]
        assert found == ['"', "getpass()"]
    finally:
        suggester.close(1)


@pytest.mark.parametrize("path", ["/srv/.env", "/home/u/.ssh/config", "/srv/secrets.yaml"])
def test_nothing_is_asked_in_a_private_file(path):
    model, done = FakeModel(), threading.Event()
    suggester = Suggester(Options(), load=lambda options: model)
    snapshot = Snapshot(LINE, language="python", buffer=1, path=path)
    try:
        assert suggester.request(snapshot, lambda *_: done.set()) and done.wait(PATIENCE)
        assert model.asked == []
    finally:
        suggester.close(1)
