"""The page on this computer: its files and no other, to this computer and nobody else."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys

import pytest

from codecomplete.integrations.web.__main__ import main
from tests.integrations.web.conftest import served


@pytest.fixture
def folder(tmp_path):
    page = tmp_path / "page"
    (page / "models").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>page</title>")
    (page / "kernel-0123456789.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret").write_text("not of the page")
    return page


def asked(address: str, path: str, host: str | None = None) -> http.client.HTTPResponse:
    name, port = address.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(name, int(port), timeout=30)
    connection.request("GET", path, headers={"Host": host or f"{name}:{port}"})
    response = connection.getresponse()
    response.body = response.read()  # type: ignore[attr-defined]
    connection.close()
    return response


def test_files_have_their_kind_and_named_ones_are_kept_for_ever(folder):
    with served(folder) as address:
        page, kernel = asked(address, "/"), asked(address, "/kernel-0123456789.wasm")
    assert page.status == 200 and page.headers["Cache-Control"] == "no-cache"
    assert kernel.headers["Content-Type"] == "application/wasm"
    assert "immutable" in kernel.headers["Cache-Control"]
    assert kernel.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/models/", "/nothing"])
def test_nothing_beside_the_page_is_served(folder, path):
    with served(folder) as address:
        response = asked(address, path)
    assert response.status == 404 and b"not of the page" not in response.body


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil"])
def test_another_name_of_this_computer_is_refused(folder, host):
    """A page somewhere else whose name has been pointed at this computer reads nothing here."""
    with served(folder) as address:
        assert asked(address, "/", host).status == 403
        assert asked(address, "/", "localhost").status == 200


def test_the_command_serves_until_it_is_interrupted(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "codecomplete", "web", "--folder", str(folder), "--port", "0"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = process.stdout.readline().split()[0].rstrip("/")
        assert address.startswith("http://127.0.0.1:")
        assert asked(address, "/").status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def test_what_is_missing_is_said(folder, capsys):
    assert main(["--folder", str(folder / "models")]) == 1
    assert "make web" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--folder", str(folder), "--port", str(taken.getsockname()[1])]) == 1
    assert "--port" in capsys.readouterr().err
