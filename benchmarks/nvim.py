"""The cost of ghost text in Neovim: ``python -m benchmarks.nvim [PAGE]``.

Prints the table of docs/nvim.md; with PAGE, writes it there. Times are measured inside Neovim: from
the key (InsertCharPre) until the ghost text is drawn, through Lua, the pipe, Python and back.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integrations.nvim.editor import (
    ALONE,
    FAKE,
    REAL,
    RUNTIME,
    Editor,
    environment,
    installed,
)
from tests.integrations.reference import tell

from .figures import memory_mb, with_p95

KEYS = 200
PAUSE = 0.03  # seconds between two keys
STARTS, FIRSTS = 40, 9
LETTERS = "bcdfgjklmnopqrsuvwxyz"
LINES = (
    "    for name in os.listdir(folder):",
    "        if name.startswith('.'):",
    "            continue",
    "        found.append(name)",
    "    return found",
)
CLOCK = """
local uv = vim.uv or vim.loop
local draw, events = require('codecomplete.draw'), require('codecomplete.events')
_G.taken, _G.held, _G.pressed = {}, {}, nil
vim.api.nvim_create_autocmd('InsertCharPre', { callback = function() _G.pressed = uv.hrtime() end })
local show = draw.show
draw.show = function(...)
  show(...)
  if _G.pressed then table.insert(_G.taken, (uv.hrtime() - _G.pressed) / 1e6) end
  _G.pressed = nil
end
vim.api.nvim_create_autocmd('TextChangedI', { callback = function()
  if _G.pressed then table.insert(_G.held, (uv.hrtime() - _G.pressed) / 1e6) end
end })
"""


@contextmanager
def editor(program: str, command: list[str]) -> Iterator[Editor]:
    with tempfile.TemporaryDirectory() as home:
        started = Editor(program, Path(home), command=command)
        started.end_test()
        try:
            yield started
        finally:
            started.close()


def processor(pid: int) -> float:
    """Milliseconds of processor time that a process has used, over all threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def keys(program: str, lines: int, count: int = KEYS) -> dict[str, list[float]]:
    """Milliseconds per key in the middle of a file of so many lines: "taken" until the ghost text
    is drawn, "held" until Neovim may go on, "worked" the processor time of Neovim and of Python."""
    with editor(program, [*FAKE, "instant"]) as nvim:
        nvim.open("\n".join(f"    value_{n} = compute(value, {n})" for n in range(lines)))
        nvim.nvim.command(f"{lines // 2} | normal! o    ")
        nvim.keys("A", "b")
        nvim.wait(nvim.ghost)
        nvim.lua(CLOCK)
        both = [nvim.process.pid, nvim.lua("return require('codecomplete.process').pid")]
        before = [processor(pid) for pid in both]
        for number in range(count):
            nvim.nvim.input(LETTERS[number % len(LETTERS)])
            time.sleep(PAUSE)  # polling would keep it from its work
        worked = [(processor(pid) - was) / count for pid, was in zip(both, before, strict=True)]
        found = {name: nvim.lua(f"return _G.{name}") for name in ("taken", "held")}
        return found | {"worked": worked}


def first_insertion(program: str) -> float:
    """Milliseconds of the first InsertEnter, which loads modules and starts the process."""
    with editor(program, [*FAKE, "instant"]) as nvim:
        nvim.open()
        return nvim.lua("""
          local uv = vim.uv or vim.loop
          local before = uv.hrtime()
          vim.api.nvim_exec_autocmds('InsertEnter', {})
          return (uv.hrtime() - before) / 1e6""")


def start(program: str, rounds: int = STARTS) -> float:
    """The median milliseconds of --startuptime for the plugin's file."""
    times = []
    with tempfile.TemporaryDirectory() as home:
        log = Path(home, "log")
        for _ in range(rounds):
            log.unlink(missing_ok=True)
            subprocess.run(
                [program, "--headless", "--startuptime", str(log), *ALONE,
                 "--cmd", f"set runtimepath^={RUNTIME}", "-c", "qa!"],
                env=environment(Path(home)), check=True, capture_output=True, timeout=60,
            )  # fmt: skip
            line = next(row for row in log.read_text().splitlines() if "codecomplete.lua" in row)
            times.append(float(re.findall(r"[\d.]+", line)[1]))
    return statistics.median(times)


def real(program: str) -> tuple[list[float], float]:
    """With the packaged model: ms from key to new ghost text, and the peak memory in MB."""
    with editor(program, REAL) as nvim:
        nvim.open("import os\n\n\ndef names(folder):\n    found = []\n")
        nvim.keys("A", "<C-u>")
        nvim.wait(lambda: nvim.state() == "ready")
        time.sleep(1.0)
        nvim.lua(CLOCK)
        for line in LINES:
            nvim.keys("<CR>", "<C-u>")
            for letter in line:
                nvim.keys(letter)
                time.sleep(0.1)
        number = nvim.lua("return require('codecomplete.process').pid")
        return nvim.lua("return _G.taken"), memory_mb(number)


def rows() -> Iterator[str]:
    programs = {version(path): path for path in installed().values() if path}
    yield f"| measured | {' | '.join(f'Neovim {name}' for name in programs)} |"
    yield "|---" * (len(programs) + 1) + "|"

    def row(name: str, cell) -> str:
        return f"| {name} | {' | '.join(cell(path) for path in programs.values())} |"

    yield row("start of Neovim, the plugin's share, ms", lambda path: f"{start(path):.2f}")
    first = {path: [first_insertion(path) for _ in range(FIRSTS)] for path in programs.values()}
    yield row("first insertion, ms", lambda path: f"{statistics.median(first[path]):.1f}")
    for lines in (200, 20_000):
        found = {path: keys(path, lines) for path in programs.values()}
        yield row(
            f"key to drawn ghost text, {lines:,} lines, engine at once, ms",
            lambda path, found=found: with_p95(found[path]["taken"]),
        )
        yield row(
            f"of that until Neovim goes on, {lines:,} lines, ms",
            lambda path, found=found: with_p95(found[path]["held"]),
        )
        yield row(
            f"processor time of a key, Neovim + Python, {lines:,} lines, ms",
            lambda path, found=found: " + ".join(f"{ms:.2f}" for ms in found[path]["worked"]),
        )
    served = {path: real(path) for path in programs.values()}
    yield row("key to drawn ghost text, packaged model, ms", lambda path: with_p95(served[path][0]))
    yield row("Python process with the packaged model, MB", lambda path: f"{served[path][1]:.0f}")


def version(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1].lstrip("v")


def main(page: str | None = None) -> None:
    tell(rows(), page)


if __name__ == "__main__":
    main(*sys.argv[1:])
