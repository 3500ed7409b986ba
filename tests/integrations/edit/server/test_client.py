"""Real servers, asked in their own processes: pylsp and clangd."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from pathlib import Path

import pytest

from codecomplete.integrations.edit.server.client import Server, ServerProblem, path_of, read
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio
# At its start it would import pandas and others that no test needs.
START = """
from pylsp.__main__ import main
from pylsp.plugins.preload_imports import MODULES
MODULES.clear()
main()
"""
PYLSP = (sys.executable, "-c", START)
PYTHON = """import json


def total(values):
    return sum(values)


print(total([1]), '😀', total)
"""
C = "#include <stdio.h>\nstatic int total(int a) { return a; }\nint main(void) {\n  int x = total(1);\n  return x + undeclared;\n}\n"  # noqa: E501


@pytest.fixture(params=["pylsp", "clangd"])
def case(request, tmp_path):
    """A server, a file, the place of a use, and where that is defined."""
    if request.param == "pylsp":
        path = tmp_path / "a.py"
        path.write_text(PYTHON)
        return Server(PYLSP, tmp_path, print), path, "python", (7, 8), (3, 4)
    if shutil.which("clangd") is None:
        pytest.skip("no clangd here (apt-get install clangd)")
    path = tmp_path / "a.c"
    path.write_text(C)
    return Server(("clangd",), tmp_path, print), path, "c", (3, 11), (1, 11)


async def until(condition) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < PATIENCE
        await asyncio.sleep(0.02)


async def test_definition_rename_and_completion_of_a_real_server(case):
    server, path, language, use, definition = case
    text = path.read_text()
    await server.start()
    try:
        server.show(path, language, text)
        found = await server.definition(path, use)
        assert [(one.path, one.place) for one in found] == [(path, definition)]
        changes = await server.rename(path, use, "amount")
        assert list(changes) == [path]
        made = read(changes[path], text)
        lines = text.split("\n")
        for change in sorted(made, key=lambda one: one.start, reverse=True):
            (row, left), (last, right) = change.start, change.end
            joined = lines[row][:left] + change.text + lines[last][right:]
            lines[row : last + 1] = joined.split("\n")
        assert "\n".join(lines) == text.replace("total", "amount")
        begun = text.replace("total(1)", "tot").replace("total([1])", "tot")
        server.show(path, language, begun)
        items = await server.completions(path, (use[0], begun.split("\n")[use[0]].index("tot") + 3))
        total = next(one for one in items if one.name.startswith("total"))
        assert total.change.start[1] == begun.split("\n")[use[0]].index("tot")
    finally:
        await server.stop()
    await until(lambda: not server.running)


async def test_what_is_wrong_is_told_where_it_stands(case):
    server, path, language, _, _ = case
    told = []
    server._told = lambda where, found: told.append((where, found))
    text = path.read_text()
    text = text.replace("import json\n", "x = '😀'; (\n") if language == "python" else text
    await server.start()
    try:
        server.show(path, language, text)
        await until(lambda: told and any(one.kind == "error" for one in told[-1][1]))
        where, found = told[-1]
        assert where == path
        row = 0 if language == "python" else 4
        assert any(one.kind == "error" and one.start[0] == row for one in found), found
    finally:
        await server.stop()


async def test_a_server_that_ends_or_says_nothing_is_a_problem_and_not_a_failure(tmp_path):
    with pytest.raises(ServerProblem):
        await Server(("true",), tmp_path, print).start()
    path = tmp_path / "a.py"
    path.write_text(PYTHON)
    server = Server(PYLSP, tmp_path, print)
    await server.start()
    server.show(path, "python", PYTHON)
    server._client._server.kill()
    await until(lambda: not server.running)
    with pytest.raises(ServerProblem):
        await server.definition(path, (7, 8))


async def test_only_files_are_places():
    assert path_of("file:///tmp/a%20b.py") == Path("/tmp/a b.py")
    assert path_of("jdt://contents/a.class") is None
