"""The registries' clients: failures are told, silence is broken, nothing goes on for ever."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from codecomplete.corpus import clients
from codecomplete.corpus.errors import SourceError
from tests.corpus.helpers import package, tar

PRINTED = "import os; print(os.environ['PIP_RETRIES'])"


@pytest.fixture
def pinned(tmp_path: Path):
    return package(tar(tmp_path / "x.tar.gz", []))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_failing_client_is_told_with_its_last_words(pinned, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="failed: no such package"):
        clients.run(pinned, python("import sys; sys.exit('no such package')"), tmp_path)


def test_a_missing_client_is_told(pinned, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no-such-client is not installed"):
        clients.run(pinned, ["no-such-client"], tmp_path)


def test_a_client_that_says_nothing_is_named_while_it_lasts(
    pinned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clients, "SILENT_SECONDS", 0.05)
    slow = python("import time; time.sleep(0.5); print('done')")
    assert clients.run(pinned, slow, tmp_path) == "done\n"
    assert "x: waiting for python" in capsys.readouterr().err


def test_a_client_that_hangs_is_ended(
    pinned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(clients, "CLIENT_SECONDS", 0.3)
    hangs = f"import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep({10**6})"
    with pytest.raises(SourceError, match=r"took over 0\.3 s"):
        clients.run(pinned, python(hangs), tmp_path)
    written = tmp_path / "pid"
    if written.exists() and written.read_text():
        with pytest.raises(ProcessLookupError):
            os.kill(int(written.read_text()), 0)


def test_a_server_that_does_not_answer_is_given_up_soon_unless_the_user_says_otherwise(
    pinned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_RETRIES", raising=False)
    assert clients.run(pinned, python(PRINTED), tmp_path) == "1\n"
    monkeypatch.setenv("PIP_RETRIES", "9")
    assert clients.run(pinned, python(PRINTED), tmp_path) == "9\n"


def test_a_client_that_is_a_module_is_called_by_its_own_name(pinned, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no_such_client failed"):
        clients.run(pinned, [sys.executable, "-m", "no_such_client"], tmp_path)
