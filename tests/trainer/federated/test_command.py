"""The commands of a federation, and a real one: SuperLink, TLS, keys, processes that are killed."""

from __future__ import annotations

import json
import os
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.trainer import __main__ as trainer
from codecomplete.trainer.federated import bundle
from codecomplete.trainer.federated.picture import curves, table
from codecomplete.trainer.federated.rounds import Round, Rounds
from tests.patience import LONG

from ..forked import Forked

GUARD = Path(__file__).with_name("guard")  # notes every connection; see its one file
HERE = ("127.0.0.1", "localhost", "::1")


def federated(*arguments: str | Path) -> int:
    return trainer.main(["federated", *map(str, arguments)])


def start(out: Path, *arguments: str | Path) -> Forked:
    environment = {"PYTHONPATH": str(GUARD), "SOCKET_LOG": str(out.with_name("sockets.log"))}
    return Forked(f"{__name__}:guarded", *arguments, log=out, environment=environment)


def guarded(*arguments: str | Path) -> int:
    """A command whose own sockets are noted, as those of the programs that it starts."""
    runpy.run_path(str(GUARD / "sitecustomize.py"))
    return federated(*arguments)


def wait_for(what, seconds: float = LONG) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited long enough"
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def sockets(log: Path) -> set[tuple[str, str, int | None]]:
    """What was done with sockets, where, and on which port; sockets that are files are left out."""
    found = set()
    for event, place in map(json.loads, log.read_text().splitlines()):
        if isinstance(place, list):
            host, port = [*place, None][:2]
            found.add((event, str(host), int(port) if port else None))
    return found


def test_the_guard_sees_what_goes_out(tmp_path):
    """Also in a process that another one has started."""
    code = ("import socket, subprocess, sys; s = socket.socket(); s.settimeout(0.01);"
            "s.connect_ex(('192.0.2.7', 443)); len(sys.argv) > 1 or"
            " subprocess.run([sys.executable, '-c', sys.stdin.read(), 'again'])")  # fmt: skip
    log = tmp_path / "sockets.log"
    environment = os.environ | {"PYTHONPATH": str(GUARD), "SOCKET_LOG": str(log)}
    inner = "import socket; socket.getaddrinfo('localhost', 80)"
    subprocess.run(
        [sys.executable, "-c", code], env=environment, input=inner, text=True, check=True
    )
    assert ("socket.connect", "192.0.2.7", 443) in sockets(log)
    assert ("socket.getaddrinfo", "localhost", 80) in sockets(log)


def test_a_simulation_ends_with_a_model_a_table_and_a_picture(
    tmp_path, base, clients, short_rows, capsys
):
    out = tmp_path / "out"
    arguments = ("simulate", *clients[:2], "--start", base, "--out", out, "--steps", "2",
                 "--rank", "4")  # fmt: skip
    assert federated(*arguments, "--rounds", "1") == 0
    assert engine.load(out / "model").name == "federated"
    assert (out / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert "| client | before | 1 |" in capsys.readouterr().out
    assert federated(*arguments, "--rounds", "2") == 0, "the same folder goes on"
    assert "goes on after round 1 of 2" in capsys.readouterr().out
    assert federated(*arguments, "--rounds", "3", "--rank", "8") == 1
    assert "began with another rank" in capsys.readouterr().err


def test_keys_are_made_once(tmp_path, capsys):
    assert federated("key", "--key", tmp_path / "node") == 0
    assert str(tmp_path / "node.pub") in capsys.readouterr().out
    assert (tmp_path / "node.pub").is_file()


def test_joining_needs_the_servers_certificate(tmp_path, clients, capsys):
    where = ("join", "127.0.0.1:1", clients[0], "--key", tmp_path / "k")
    assert federated(*where, "--certificate", tmp_path / "none.crt") == 1
    assert "ask for the server's ca.crt" in capsys.readouterr().err
    (tmp_path / "notes.crt").write_text("not a certificate")
    assert federated(*where, "--certificate", tmp_path / "notes.crt") == 1
    assert "notes.crt: no certificate" in capsys.readouterr().err


def test_the_app_for_other_deployments_is_made_of_names_only(tmp_path):
    assert federated("app", tmp_path / "app") == 0
    assert {p.relative_to(tmp_path / "app").as_posix() for p in (tmp_path / "app").rglob("*")
            if p.is_file()} == {*bundle.FILES}  # fmt: skip
    for module in ("server", "client"):
        code = (tmp_path / "app" / "federation" / f"{module}.py").read_text()
        exec(compile(code, module, "exec"), {})


def test_curves_begin_where_a_client_joined_and_leave_out_rounds_it_missed():
    rounds = [
        Round(1, before={"a": 3.0}, common={"a": 2.0, "stranger": 9.0}),
        Round(2, before={"a": 2.0, "b": 5.0}, common={"b": 4.0}),
        Round(3, before={}, common={"a": 1.0, "b": 3.0}),
    ]
    assert curves(rounds) == {
        "a": [(0, 3.0), (1, 2.0), (3, 1.0)],
        "b": [(1, 5.0), (2, 4.0), (3, 3.0)],
    }
    assert table(rounds).splitlines()[-1] == "| b |  | 5.0000 | 4.0000 | 3.0000 |"


@pytest.mark.slow
def test_a_real_federation_survives_what_happens_to_it(tmp_path, base, clients):
    """Two clients with TLS and keys; one is killed and comes back, the server is killed and started
    again, a stranger is refused, and nobody is told anything by Flower but us."""
    out, port = tmp_path / "server", free_port()
    logs = {name: tmp_path / f"{name}.log" for name in ("server", "one", "two")}
    for name in ("one", "two", "stranger"):
        federated("key", "--key", tmp_path / name)
    running: list[Forked] = []

    def serve(*let_in):
        running.append(start(
            logs["server"], "server", "--out", out, "--port", port, "--start", base,
            "--allow", *let_in, "--rounds", "2", "--clients", "2", "--patience", "20",
            "--steps", "2", "--rank", "4",
        ))  # fmt: skip
        return running[-1]

    def joining(name, folder):
        return ("join", f"127.0.0.1:{port}", folder, "--start", base, "--key",
                tmp_path / name, "--certificate", out / "keys" / "ca.crt")  # fmt: skip

    def join(name, folder):
        running.append(start(logs[name], *joining(name, folder)))
        return running[-1]

    def done():
        return Rounds.opened(out / "rounds").done

    try:
        server = serve(tmp_path / "one.pub", tmp_path / "two.pub")
        wait_for(lambda: "listening" in server.said())
        stranger = start(tmp_path / "stranger.log", *joining("stranger", clients[2]),
                         "--attempts", "1")  # fmt: skip
        assert stranger.wait() == 1 and "was not given" in stranger.said()
        join("one", clients[0])
        two = join("two", clients[1])
        wait_for(lambda: done() >= 1)
        two.kill()
        server.terminate()
        server.wait()
        kept = done()
        assert kept == 1
        server = serve()  # which remembers whom it has let in
        join("two", clients[1])
        assert server.wait() == 0, server.said()[-3000:]
    finally:
        for process in running:
            process.kill()
            process.wait()
    outside = {one for one in sockets(tmp_path / "sockets.log")
               if one[1] not in HERE or one[2] not in (None, port)}  # fmt: skip
    assert not outside, "no report, no question after updates, nothing but the one port"
    assert ("socket.connect", "127.0.0.1", port) in sockets(tmp_path / "sockets.log")
    history = Rounds.opened(out / "rounds").history
    assert [one.number for one in history] == [1, 2]
    assert all(one.changed for one in history)
    assert engine.load(out / "model").directory.training["rounds"] == 2
    assert json.loads((out / "federation.json").read_text())["plan"]["rounds"] == 2
