"""The page on this computer: its files and no other, to this computer and nobody else."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from urllib.parse import quote

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED
from codecomplete.integrations.web import __main__ as command
from codecomplete.integrations.web.__main__ import main
from tests.integrations.web import browser
from tests.integrations.web.conftest import served
from tests.patience import PATIENCE


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
    connection = http.client.HTTPConnection(name, int(port), timeout=PATIENCE)
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
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.fixture
def shell(tmp_path):
    """A page to which models are added, as a build without one leaves it."""
    page = tmp_path / "shell"
    page.mkdir()
    (page / "index.html").write_text('<script id="assets">{"kernel":{},"models":[]}</script>')
    return page


def test_models_of_this_computer_are_put_into_a_page_that_has_none(shell, tmp_path):
    copied = shutil.copytree(PACKAGED / DEFAULT, tmp_path / "mine")
    described = json.loads((copied / "model.json").read_text())
    (copied / "model.json").write_text(json.dumps(described | {"name": "<!--<script>"}))
    (copied / "notes.txt").write_text("not of the model")
    found = [engine.load(PACKAGED / DEFAULT), engine.load(copied)]
    with served(shell, found) as address:
        text = asked(address, "/").body.decode()
        (listed,) = re.findall(r'"models":(\[.*\])\}</script>', text)
        assert "<!--" not in text, "a name says nothing to the parser of the page"
        models = json.loads(listed)
        assert [model["name"] for model in models] == ["1 small", "2 <!--<script>"]
        assert [model["label"] for model in models] == ["small", "<!--<script>"]
        for model, directory in zip(models, (one.directory for one in found), strict=True):
            folders = {f"specialists/{path.name}" for path in directory.specialists.values()}
            assert {path.rpartition("/")[0] for path in model["files"]} == {"", *folders}
            assert not any("specialists" in path and "tokenizer" in path for path in model["files"])
            for path, source in model["files"].items():
                response = asked(address, "/" + quote(source["url"]))
                assert response.status == 200, source
                assert len(response.body) == (directory.path / path).stat().st_size
                assert response.headers["Cache-Control"] == "no-cache"
        for other in ("notes.txt", "../small/model.json", "specialists/ATTRIBUTION.md"):
            assert asked(address, "/" + quote(f"models/2 <!--<script>/{other}")).status == 404


def test_the_page_in_a_browser_takes_a_model_that_was_added(tmp_path):
    browser.packages()
    browser.building.bundle(tmp_path / "built", (), browser.kernel(tmp_path))
    assert not (tmp_path / "built/codecomplete.html").exists(), "nothing to put into one file"
    with served(tmp_path / "built", [engine.load(PACKAGED / DEFAULT)]) as address:
        seen = browser.driven("offline", address)
    assert seen["errors"] == [] and seen["ghost"] and seen["asked"] == []


def test_the_command_offers_the_packaged_models_or_those_that_are_named(shell, monkeypatch, capsys):
    monkeypatch.setattr(command, "BUILT", shell)
    offered = []

    def refuse(folder, port, models):
        offered.extend(model.directory.path for model in models)
        raise OSError(98, "in use")

    monkeypatch.setattr(command, "server", refuse)
    assert main([]) == main([str(PACKAGED / DEFAULT / "specialists/go")]) == 1
    both = [PACKAGED / DEFAULT, PACKAGED / "characters-tiny"]
    assert offered == [*both, PACKAGED / DEFAULT / "specialists/go"]
    capsys.readouterr()
    assert main([str(shell)]) == 1
    assert "not a model directory" in capsys.readouterr().err


def test_what_is_missing_is_said(folder, capsys):
    assert main(["--folder", str(folder / "models")]) == 1
    assert "make web" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--folder", str(folder), "--port", str(taken.getsockname()[1])]) == 1
    assert "--port" in capsys.readouterr().err
