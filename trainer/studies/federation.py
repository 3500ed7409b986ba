"""python -m codecomplete.trainer.studies.federation: what a federation is worth to its clients.

Runs a server and one client per folder, each a process with TLS and its own key, as users would.
Meanwhile one client is killed, the server is restarted, and a stranger tries to join. Then every
client trains alone, for as many rounds of as many steps. Called again, the command keeps what is
finished. Knows the command line of a federation and its rounds on disk.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codecomplete.quiet import environment_of_clients

from ..errors import TrainerError
from ..evaluation.report import markdown
from ..federated.certificates import node_key
from ..federated.rounds import Round, Rounds
from ..personal.training import PUBLIC_ROWS, ROW_TOKENS, ROWS
from .common import begin, finish, parser_of

FEDERATION, ALONE, ROUNDS = "federation", "alone", "rounds"
LONG = 3_600.0  # seconds to wait for anything
CONNECTED = re.compile(r"connected to \S+ as (\d+)")
KILLED_AFTER, RESTARTED_AFTER = 1, 2  # rounds

Losses = list[tuple[int, float]]


def main(arguments: list[str] | None = None) -> None:
    parser = parser_of(__doc__, plot=True)
    parser.add_argument("clients", nargs="+", metavar="NAME=FOLDER", help="of one client's code")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--port", type=int, default=19_411)
    options = parser.parse_args(arguments)
    begin(options)
    folders = dict(one.partition("=")[::2] for one in options.clients)
    together = Real(options, {name: Path(folder) for name, folder in folders.items()})
    together.carry_out()
    alone = {name: trained_alone(options, name, Path(f)) for name, f in folders.items()}
    history = Rounds.opened(together.folder / FEDERATION / ROUNDS).history
    found = outcome(history, together.nodes(), alone)
    draw(found, options.plot)
    table = markdown({name: row(one, options) for name, one in found.items()})
    print(*(one.line() for one in history), sep="\n")
    finish("federation", {name: vars(one) for name, one in found.items()}, table, options)


@dataclass(frozen=True)
class Outcome:
    """One client's held-out losses by round, from 0 (before); and the rounds it took part in."""

    common: Losses
    alone: Losses
    heard: int


def outcome(
    history: list[Round], nodes: dict[str, str], alone: dict[str, Losses]
) -> dict[str, Outcome]:
    """Outcomes by name; ``nodes`` has the server's id of each client."""
    found = {}
    for name, node in nodes.items():
        losses = [(0, history[0].before[node])]
        losses += [(one.number, one.common[node]) for one in history if node in one.common]
        heard = sum(node in one.before for one in history)
        found[name] = Outcome(losses, alone[name], heard)
    return found


def row(one: Outcome, options: argparse.Namespace) -> dict[str, Any]:
    """A client's row of the table. Alone, it trained for as many rounds as it took part in."""
    common = dict(one.common)
    rounds = range(1, options.rounds + 1)
    return {
        "own tokens": f"{one.heard * options.steps * (ROWS - PUBLIC_ROWS) * ROW_TOKENS:,}",
        "before": f"{common[0]:.3f}",
        **{f"round {n}": _of(common, n, "away") for n in rounds},
        "alone, as many tokens": _of(dict(one.alone), one.heard),
    }


def _of(losses: dict[int, float], number: int, otherwise: str = "-") -> str:
    return f"{losses[number]:.3f}" if number in losses else otherwise


def trained_alone(options: argparse.Namespace, name: str, folder: Path) -> Losses:
    """A federation of one, in one process: the same rounds, steps, rates and rows."""
    place = options.work / ALONE / name
    if len(Rounds.opened(place / ROUNDS).history) < options.rounds:
        place.parent.mkdir(exist_ok=True)
        arguments = _command(
            "simulate", folder, "--out", place, "--replay", options.data, *_plan(options, 1)
        )
        with (options.work / f"{ALONE}-{name}.log").open("a") as log:
            subprocess.run(arguments, env=_environment(options), stdout=log, stderr=log, check=True)
    history = Rounds.opened(place / ROUNDS).history
    (client,) = history[0].before
    return [(0, history[0].before[client]), *((one.number, one.common[client]) for one in history)]


@dataclass
class Real:
    """A server and its clients as processes on this machine."""

    options: argparse.Namespace
    folders: dict[str, Path]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return Path(self.options.work)

    @property
    def done(self) -> int:
        return len(Rounds.opened(self.folder / FEDERATION / ROUNDS).history)

    def carry_out(self) -> None:
        """Run all rounds, with a client killed, the server restarted and a stranger refused. A
        server that ends before the last round, on a busy machine, is started again."""
        for name in (*self.folders, "stranger"):
            node_key(self._key(name))
        while (before := self.done) < self.options.rounds:
            with self._ended():
                self._sit()
            if self.done == before:
                raise TrainerError(f"no round was finished; see {self.folder}/server.log")

    def _sit(self) -> None:
        """Run from one start of the server to its end, unless the study ends it."""
        self._serve()
        if not self.done:
            self._refuse_a_stranger()
        for name in self.folders:
            self._join(name)
        if self.done < RESTARTED_AFTER:
            self._disturb([*self.folders][-1])
        self._say(f"the server ended with {self.running['server'].wait(LONG)}")

    def _disturb(self, client: str) -> None:
        self._wait(KILLED_AFTER)
        self._end(client, "killed", subprocess.Popen.kill)
        self._wait(RESTARTED_AFTER)
        self._end("server", "ended", subprocess.Popen.terminate)
        self._serve()
        self._join(client)

    def nodes(self) -> dict[str, str]:
        """The server's id of each client, from its log."""
        said = {name: (self.folder / f"{name}.log").read_text() for name in self.folders}
        return {name: CONNECTED.findall(text)[-1] for name, text in said.items()}

    def _serve(self) -> None:
        keys = [self._key(name).with_suffix(".pub") for name in self.folders]
        before = self._listening()
        self._start("server", "server", "--out", self.folder / FEDERATION, "--port",
                    self.options.port, "--allow", *keys,
                    *_plan(self.options, len(self.folders)))  # fmt: skip
        self._until(lambda: self._listening() > before)

    def _listening(self) -> int:
        log = self.folder / "server.log"
        return log.read_text().count("listening") if log.is_file() else 0

    def _join(self, name: str) -> None:
        own = self._joining(name, self.folders[name])
        self._start(name, *own, "--replay", self.options.data)

    def _joining(self, name: str, folder: Path) -> list[Any]:
        authority = self.folder / FEDERATION / "keys" / "ca.crt"
        return ["join", f"127.0.0.1:{self.options.port}", folder, "--certificate", authority,
                "--key", self._key(name)]  # fmt: skip

    def _refuse_a_stranger(self) -> None:
        folder = [*self.folders.values()][-1]
        self._start("stranger", *self._joining("stranger", folder), "--attempts", 2)
        self._say(f"the stranger ended with {self.running['stranger'].wait(LONG)}")

    def _start(self, name: str, *arguments: Any) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                _command(*arguments), env=_environment(self.options), stdout=log, stderr=log
            )
        self._say(f"{name} started")

    def _end(self, name: str, how: str, end: Callable[[subprocess.Popen[bytes]], None]) -> None:
        end(self.running[name])
        self.running[name].wait(LONG)
        self._say(f"{name} {how} after round {self.done}")

    def _wait(self, rounds: int) -> None:
        self._until(lambda: self.done >= rounds)

    def _until(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + LONG
        while not what():
            if time.monotonic() > until or self.running["server"].poll() is not None:
                raise TrainerError(f"the server does not go on; see {self.folder}/server.log")
            time.sleep(0.5)

    @contextmanager
    def _ended(self) -> Iterator[None]:
        try:
            yield
        finally:
            for process in self.running.values():
                process.terminate()
                process.wait()

    def _key(self, name: str) -> Path:
        return self.folder / f"{name}-key"

    def _say(self, what: str) -> None:
        print(time.strftime("%H:%M:%S"), what, flush=True)


def _command(*arguments: Any) -> list[str]:
    return [sys.executable, "-m", "codecomplete", "trainer", "federated", *map(str, arguments)]


def _plan(options: argparse.Namespace, clients: int) -> list[str]:
    return ["--rounds", str(options.rounds), "--steps", str(options.steps), "--clients",
            str(clients)]  # fmt: skip


def _environment(options: argparse.Namespace) -> dict[str, str]:
    threads = str(options.threads)
    return {**os.environ, **environment_of_clients(), "OMP_NUM_THREADS": threads,
            "PYTHONUNBUFFERED": "1"}  # fmt: skip


def draw(found: dict[str, Outcome], path: Path) -> None:
    """Draw each client's losses in its own panel: of the common model, and alone."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 2.8), dpi=110, layout="constrained")
    panels = figure.subplots(1, len(found), squeeze=False)[0]
    for axes, (name, one) in zip(panels, found.items(), strict=True):
        axes.plot(*zip(*one.common, strict=True), "o-", label="common model")
        axes.plot(*zip(*one.alone, strict=True), "s--", label="alone")
        axes.set(title=name, xlabel="rounds")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("held-out loss, nats per token")
    lines, names = panels[0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
