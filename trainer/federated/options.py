"""The command line of ``python -m trainer federated``; loads nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path

from .settings import Plan

PLAN = Plan()  # the source of the defaults in the help
EXPLANATION = """\
Several people improve one model without showing each other their code. Everyone trains on their
own machine and sends only the changes to some small matrices, and a few losses. The server checks
and averages them. Connections are encrypted, and only clients whose keys the server was given may
join.
"""
PORT = 8_765


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands to a parser."""
    parser.description = EXPLANATION
    commands = parser.add_subparsers(dest="role", metavar="ROLE", required=True)
    _add_server(commands.add_parser("server", help="wait for clients, average, save every round"))
    _add_join(commands.add_parser("join", help="take part with your code"))
    _add_key(commands.add_parser("key", help="show the public key to give to a server"))
    _add_simulate(commands.add_parser("simulate", help="run a whole federation in this process"))
    app = commands.add_parser("app", help="write the app for Flower's own deployment")
    app.add_argument("out", type=Path)


def _add_server(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--out",
        type=Path,
        required=True,
        help="folder of the federation; the same folder continues it",
    )
    add(
        "--allow",
        type=Path,
        nargs="*",
        default=[],
        metavar="KEY.pub",
        help="public keys of the clients that may join",
    )
    add("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    add("--port", type=int, default=PORT)
    add(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="name or address by which clients reach this machine, for the certificate",
    )
    _add_plan(parser)
    _add_start(parser)


def _add_join(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("server", metavar="HOST:PORT")
    add("paths", type=Path, nargs="+", metavar="PATH", help="folders with your code")
    add(
        "--certificate",
        type=Path,
        required=True,
        metavar="CA.crt",
        help="the server's ca.crt, given to you by hand",
    )
    add("--key", type=Path, help="private key (default: one in your data folder)")
    add("--attempts", type=int, help="attempts to connect before giving up (default: no limit)")
    _add_own(parser)
    _add_start(parser)


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, help="private key (default: one in your data folder)")


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", type=Path, nargs="+", metavar="PATH", help="folders with code; each is a client")
    add(
        "--out",
        type=Path,
        required=True,
        help="folder of the federation; the same folder continues it",
    )
    _add_plan(parser)
    _add_own(parser)
    _add_start(parser)


def _add_own(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--replay", type=Path, metavar="SHARDS", help="public code to train on in between")
    add("--threads", type=int, default=1, help="CPU threads (default: 1)")


def _add_start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--start",
        type=Path,
        metavar="DIRECTORY",
        help="model directory to begin with (default: the packaged one)",
    )


def _add_plan(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("plan").add_argument
    add("--rounds", type=int, help=_with_default("number of rounds", "rounds"))
    add("--clients", type=int, help=_with_default("clients that a round waits for", "clients"))
    add("--patience", type=float, metavar="SECONDS",
        help=_with_default("how long it waits for them", "patience"))  # fmt: skip
    add("--timeout", type=float, metavar="SECONDS",
        help=_with_default("time limit of each phase of a round", "timeout"))  # fmt: skip
    add("--steps", type=int, help=_with_default("steps of each client in each round", "steps"))
    add("--way", choices=("adapters", "full"),
        help=_with_default("what is trained and sent", "way"))  # fmt: skip
    add("--rank", type=int, help=_with_default("rank of the adapters", "rank"))
    add("--strategy", choices=("fedavg", "fedprox"),
        help=_with_default("how clients train", "strategy"))  # fmt: skip
    add("--mu", type=float,
        help=_with_default("fedprox: how strongly clients stay near the model", "mu"))  # fmt: skip
    add("--average", choices=("mean", "median", "trimmed"),
        help=_with_default("how updates are averaged", "average"))  # fmt: skip
    add(
        "--most-norm",
        type=float,
        metavar="NORM",
        help="largest norm of an update; larger ones are refused (default: by --way and --steps)",
    )
    add(
        "--clip",
        type=float,
        metavar="NORM",
        help="differential privacy: norm that updates are scaled down to (default: off)",
    )
    add(
        "--noise",
        type=float,
        metavar="SHARE",
        help="differential privacy: deviation of the noise, in multiples of --clip (default: none)",
    )


def _with_default(help: str, name: str) -> str:
    default = getattr(PLAN, name)
    return f"{help} (default: {default if isinstance(default, str) else format(default, 'g')})"
