"""The commands of ``python -m trainer federated``: serve, join, simulate."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch

from codecomplete.corpus.outputs import Kind, claim
from codecomplete.engine.modeldir import chosen
from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED

from ..errors import ConfigError, MissingExtraError, StoppedError
from . import bundle
from .settings import Federation, Plan

FOLDER = Kind("a federation")
KEY = "federated/node"

Tell = Callable[[str], None]


def run(options: argparse.Namespace, tell: Tell = print) -> int:
    """Carry out a parsed command; returns the exit status."""
    if options.role == "app":
        tell(f"written        {bundle.write(options.out)}")
        return 0
    _require_flower()
    logging.getLogger("flwr").setLevel(logging.ERROR)
    torch.set_num_threads(max(1, getattr(options, "threads", 1)))
    return ROLES[options.role](options, tell)


def _require_flower() -> None:
    try:
        import flwr  # noqa: F401 - a check that it is installed
    except ImportError as error:
        raise MissingExtraError(
            "federated training needs Flower: pip install 'codecomplete[train,corpus,federated]'"
        ) from error


def _server(options: argparse.Namespace, tell: Tell) -> int:
    from . import certificates, deployment
    from .rounds import Rounds
    from .serverapp import MODEL, ROUNDS

    federation = _federation(options)
    files = certificates.server_files(options.out / "keys", [*options.name, options.host])
    place = deployment.Place(options.host, options.port, files, options.out.resolve())
    tell(f"certificate    {files.authority}: give it to every client")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind
    with suppress(KeyboardInterrupt), deployment.superlink(place, tell):
        deployment.register(place, options.allow, tell)
        if not options.allow:
            tell("let in         nobody new; --allow KEY.pub lets a client in")
        deployment.carry_out(place, federation)
    done = Rounds.opened(federation.folder / ROUNDS)
    _show(federation, tell)
    if done.done < federation.plan.rounds:
        raise StoppedError(
            f"{done.done} of {federation.plan.rounds} rounds are done and kept in {options.out}; "
            "the same command continues"
        )
    tell(f"the model      {federation.folder / MODEL}")
    return 0


def _join(options: argparse.Namespace, tell: Tell) -> int:
    from .clientapp import client_app
    from .learner import learner
    from .node import Server, take_part

    key = _key(options)
    _require_certificate(options.certificate)
    own = learner(options.paths, _start(options), options.replay)
    tell(f"read           {own.rows.tokens:,} tokens of your code; none of them is sent")
    server = Server(options.server, options.certificate, key, options.attempts)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        take_part(server, client_app(own, tell), tell)
    except KeyboardInterrupt:
        tell("left the federation")
    return 0


def _require_certificate(path: Path) -> None:
    if not path.is_file():
        raise ConfigError(f"{path}: no such file; ask for the server's ca.crt")
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError as error:
        raise ConfigError(f"{path}: no certificate; ask for the server's ca.crt") from error


def _show_key(options: argparse.Namespace, tell: Tell) -> int:
    from .certificates import public_half

    tell(f"{public_half(_key(options))}: give this file to the person who runs the server")
    return 0


def _key(options: argparse.Namespace) -> Path:
    from .certificates import node_key

    return node_key(options.key or chosen.data_folder() / KEY)


def _simulate(options: argparse.Namespace, tell: Tell) -> int:
    from .clientapp import client_app
    from .learner import learner
    from .local import LocalGrid
    from .serverapp import MODEL, carry_out

    federation = _federation(options)
    learners = [learner([path], federation.start, options.replay) for path in options.paths]
    grid = LocalGrid({at: client_app(own, tell) for at, own in enumerate(learners, 1)})
    carry_out(federation, grid, tell)
    _show(federation, tell)
    tell(f"the model      {federation.folder / MODEL}")
    return 0


def _federation(options: argparse.Namespace) -> Federation:
    """The federation that the options describe, in its own folder. Once it has begun, its plan may
    get more rounds, but nothing else may change that its arrays depend on."""
    claim(options.out, FOLDER)
    given = {
        field.name: value
        for field in dataclasses.fields(Plan)
        if (value := getattr(options, field.name, None)) is not None
    }
    if options.role == "simulate":
        given.setdefault("clients", len(options.paths))
    federation = Federation(Plan(**given), _start(options), options.out.resolve())
    _require_same(federation, options.out / "federation.json")
    federation.save(options.out / "federation.json")
    return federation


def _require_same(federation: Federation, path: Path) -> None:
    if not path.is_file():
        return
    before = Federation.load(path)
    kept = ("way", "rank", "seed")
    differing = [name for name in kept
                 if getattr(before.plan, name) != getattr(federation.plan, name)]  # fmt: skip
    if differing or before.start != federation.start:
        raise ConfigError(
            f"{path.parent}: began with another {', '.join(differing) or '--start'}; use another "
            "folder, or the options it began with"
        )


def _start(options: argparse.Namespace) -> Path:
    start = (options.start or PACKAGED / DEFAULT).resolve()
    open_directory(start)
    return Path(start)


def _show(federation: Federation, tell: Tell) -> None:
    from .picture import draw, table
    from .rounds import Rounds
    from .serverapp import ROUNDS

    history = Rounds.opened(federation.folder / ROUNDS).history
    if not history:
        return
    for round_ in history:
        tell(round_.line())
    tell(table(history))
    picture = draw(history, federation.folder / "losses.png")
    if picture is not None:
        tell(f"the picture    {picture}")


ROLES = {"server": _server, "join": _join, "key": _show_key, "simulate": _simulate}
