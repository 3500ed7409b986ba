"""The command line of ``python -m trainer federated``; loads nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path

EXPLANATION = """\
Several people improve one model without showing each other their code. Everyone trains on their
own machine; what is sent is the change of some small matrices and a few losses. The server averages
what it has checked. Connections are encrypted, and only clients whose keys the server was given may
join.
"""
PORT = 8_765


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the commands to a parser."""
    parser.description = EXPLANATION
    commands = parser.add_subparsers(dest="role", metavar="ROLE", required=True)
    _add_server(commands.add_parser("server", help="wait for clients, average, save every round"))
    _add_join(commands.add_parser("join", help="take part with code of yours"))
    _add_key(commands.add_parser("key", help="show the public key that a server has to be given"))
    _add_simulate(commands.add_parser("simulate", help="a whole federation in this process"))
    app = commands.add_parser("app", help="write the app for Flower's own deployment")
    app.add_argument("out", type=Path)


def _add_server(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder of the federation; the same one goes on")
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
        help="a name or address by which clients reach this machine; goes into the certificate",
    )
    _add_plan(parser)
    _add_start(parser)


def _add_join(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("server", metavar="HOST:PORT")
    add("paths", type=Path, nargs="+", metavar="PATH", help="folders with code of yours")
    add(
        "--certificate",
        type=Path,
        required=True,
        metavar="CA.crt",
        help="the server's ca.crt, given to you by hand",
    )
    add("--key", type=Path, help="private key (default: one in your data folder)")
    add("--attempts", type=int, help="to connect, before giving up (default: no limit)")
    _add_own(parser)
    _add_start(parser)


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, help="private key (default: one in your data folder)")


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", type=Path, nargs="+", metavar="PATH", help="each folder is a client of its own")
    add("--out", type=Path, required=True, help="folder of the federation; the same one goes on")
    _add_plan(parser)
    _add_own(parser)
    _add_start(parser)


def _add_own(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--replay", type=Path, metavar="SHARDS", help="public code to read in between")
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
    add("--rounds", type=int)
    add("--clients", type=int, help="that a round waits for")
    add("--patience", type=float, metavar="SECONDS", help="to wait for them")
    add("--timeout", type=float, metavar="SECONDS", help="for each phase of a round")
    add("--steps", type=int, help="of each client in each round")
    add("--way", choices=("adapters", "full"), help="what is trained and sent")
    add("--rank", type=int, help="of the adapters")
    add("--strategy", choices=("fedavg", "fedprox"))
    add("--mu", type=float, help="of fedprox")
    add("--average", choices=("mean", "median", "trimmed"), help="of the clients' updates")
    add("--most-norm", type=float, help="of an update; larger ones are refused")
    add("--clip", type=float, help="differential privacy: norm that updates are scaled down to")
    add("--noise", type=float, help="differential privacy: deviation, in multiples of --clip")
