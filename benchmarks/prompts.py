"""The cost of ghost text in real hosts: ``python -m benchmarks.prompts [MODEL ROUNDS PAGE]``.

Prints the table of docs/repl.md. Times are of a whole round trip through a pseudo-terminal, as for
the user: from the key to the changed screen.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integrations.reference import tell
from tests.integrations.terminal import Terminal

from .figures import with_most

PROMPTS = {"ipython": "In [1]:", "ptpython": ">>>"}
IPYTHON = ("--no-banner", "--no-confirm-exit", "--HistoryManager.hist_file=:memory:")
CODE = ("import os", "for name in os.listdir('.'):", "def main(arguments):", "x = [1, 2, 3]")
PANDAS = "import pandas as pd; frame = pd.DataFrame({'a': range(1000)})"
PLAIN = """
from ptpython.repl import embed
def quiet(repl):
    repl.complete_while_typing = repl.show_signature = False
embed({"__name__": "__main__"}, configure=quiet)
"""
PLAIN_JEDI = """
from ptpython.repl import embed
embed({"__name__": "__main__"})
"""
PTPYTHON = """
import sys
from ptpython.repl import embed
from codecomplete.integrations.prompt.conversation import ReplOptions
from codecomplete.integrations.prompt.ptpython import configure
model = sys.argv[1] if len(sys.argv) > 1 else None
embed({"__name__": "__main__"}, configure=lambda repl: configure(repl, ReplOptions(model=model)))
"""


@contextmanager
def started(*arguments: str) -> Iterator[Terminal]:
    home = Path(tempfile.mkdtemp())
    terminal = Terminal(home, *arguments)
    try:
        yield terminal
    finally:
        terminal.close()
        shutil.rmtree(home, ignore_errors=True)


def first_prompt(rounds: int, model: str | None) -> tuple[float, float]:
    """Median milliseconds to the first prompt: plain IPython, and with ghost text."""
    times: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(rounds):
        for ours in times:
            command = (
                ["codecomplete.integrations.prompt.repl", *chosen(model)] if ours else ["IPython"]
            )
            with started("-m", *command, *IPYTHON) as terminal:
                times[ours].append(terminal.wait(lambda t=terminal: "In [1]:" in t.text()))
    return tuple(1000 * statistics.median(values) for values in times.values())


def chosen(model: str | None) -> tuple[str, ...]:
    return () if model is None else (f"--CodeComplete.model={model}",)


def fake(mode: str, host: str):
    given = IPYTHON if host == "ipython" else ()
    if mode == "none":  # the host alone, to compare with
        return started("-m", "IPython", *given) if given else started("-c", PLAIN)
    return started("-m", "tests.integrations.fake", mode, host, *given)


def keys(host: str, mode: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds for keys while a model that takes ``mode`` seconds is working."""
    times: dict[str, list[float]] = {"Enter": [], "backspace": [], "exit": []}
    for _ in range(rounds):
        with fake(mode, host) as terminal:
            terminal.wait(lambda t=terminal: PROMPTS[host] in t.text())
            terminal.settle()
            terminal.send("1200+34")
            terminal.settle()
            key(terminal, "\x7f", lambda t=terminal: at(t, "1200+3"), times["backspace"])
            terminal.settle()
            key(terminal, "\r", lambda t=terminal: "1203" in t.text(), times["Enter"])
            terminal.settle()
            terminal.send("exit()")
            terminal.settle()
            terminal.send("\r")
            times["exit"].append(1000 * terminal.ended())  # of the whole process
    return times


def at(terminal: Terminal, text: str) -> bool:
    return any(line.endswith(text) for line in terminal.lines())


def key(terminal: Terminal, text: str, shown: Callable[[], object], times: list[float]) -> None:
    terminal.send(text)
    times.append(1000 * terminal.wait(shown))


def escape(host: str, rounds: int) -> list[float]:
    times: list[float] = []
    with fake("quick", host) as terminal:
        terminal.wait(lambda: PROMPTS[host] in terminal.text())
        for _ in range(rounds):
            terminal.settle()
            terminal.send("fo")
            terminal.wait(terminal.ghost)
            terminal.settle()
            key(terminal, "\x1b", lambda: not terminal.ghost(), times)
            terminal.send("\x15")
    return times


def command(host: str, model: str | None, ours: bool) -> tuple[str, ...]:
    if host == "ipython":
        module = ("codecomplete.integrations.prompt.repl", *chosen(model)) if ours else ("IPython",)
        return ("-m", *module, *IPYTHON)
    return ("-c", PTPYTHON, *([model] if model else [])) if ours else ("-c", PLAIN_JEDI)


def real(
    host: str, model: str | None, ours: bool = True, first: str = ""
) -> tuple[list[float], float]:
    """With the real model: ms from key to ghost text (if any came), and memory in MB, after a
    ``first`` line was run."""
    times: list[float] = []
    with started(*command(host, model, ours)) as terminal:
        terminal.wait(lambda: PROMPTS[host] in terminal.text())
        terminal.settle(1.0)
        if first:
            terminal.send(first + "\r")
            terminal.wait(lambda: "In [2]:" in terminal.text())
            terminal.settle(1.0)
        for code in CODE:
            for character in code:
                before = terminal.ghost()
                terminal.send(character)
                took = changed(terminal, before)
                if took is not None:
                    times.append(1000 * took)
            terminal.send("\x15")
            terminal.settle()
        return times, terminal.memory_mb()


def changed(terminal: Terminal, before: str) -> float | None:
    """Seconds until there is new ghost text, None if none comes or it is the rest of the old."""
    import time

    start = time.monotonic()
    while time.monotonic() - start < 0.3:
        terminal.read(0.002)
        now = terminal.ghost()
        if now and now != before:
            return None if before.endswith(now) else time.monotonic() - start
    return None


def rows(model: str | None, count: int) -> Iterator[str]:
    yield "| measured | IPython | ptpython |"
    yield "|---|---|---|"
    plain, ours = first_prompt(count, model)
    yield f"| first prompt, ms | {ours:.0f}; without us {plain:.0f} | |"
    waiting = {host: keys(host, "3", count) for host in PROMPTS}
    alone = {host: keys(host, "none", count) for host in PROMPTS}
    for name in ("Enter", "backspace", "exit"):
        cells = [
            f"{with_most(waiting[host][name])}; without us {with_most(alone[host][name])}"
            for host in PROMPTS
        ]
        yield f"| {name} while a suggestion takes 3 s, ms | {' | '.join(cells)} |"
    cells = [with_most(escape(host, count)) for host in PROMPTS]
    yield f"| Esc to no ghost text, ms | {' | '.join(cells)} |"
    served = {host: real(host, model) for host in PROMPTS}
    cells = [with_most(served[host][0]) for host in PROMPTS]
    yield f"| key to new ghost text on the screen, ms | {' | '.join(cells)} |"
    cells = [
        f"{served[host][1]:.0f}; without us {real(host, model, ours=False)[1]:.0f}"
        for host in PROMPTS
    ]
    keys_typed = sum(map(len, CODE))
    yield f"| whole process after {keys_typed} keys, MB | {' | '.join(cells)} |"
    with_us, alone_mb = (real("ipython", model, ours, PANDAS)[1] for ours in (True, False))
    yield f"| the same with pandas imported, MB | {with_us:.0f}; without us {alone_mb:.0f} | |"


def main(model: str | None = None, rounds: str = "10", page: str | None = None) -> None:
    """MODEL "" is the packaged one; with PAGE, the table is written into that file."""
    tell(rows(model or None, int(rounds)), page)


if __name__ == "__main__":
    main(*sys.argv[1:])
