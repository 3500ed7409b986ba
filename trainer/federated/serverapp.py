"""The server's side of a federation, as Flower's ServerApp: the rounds of the plan, then a model
directory.

The same for messages through a SuperLink and within one process. Knows arrays and the model it
begins with, but nobody's code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.modeldir.names import TOKENIZER

from ..export.formats import export
from ..export.rounding import Quantisation
from ..network.adapters import merged
from ..runs import starting
from ..runs.starting import Start
from .clientapp import packed
from .learner import Task, base_digest, fresh_arrays, with_arrays
from .rounds import Rounds
from .settings import Federation, for_clients
from .strategy import Careful

MODEL, ROUNDS = "model", "rounds"

Tell = Callable[[str], None]


def carry_out(federation: Federation, grid: Grid, tell: Tell = print) -> Rounds:
    """Run the remaining rounds, then write the common model as a model directory."""
    plan = federation.plan
    start = starting.read(federation.start, federation.start / TOKENIZER)
    request = for_clients(plan, base_digest(start))
    rounds = Rounds.opened(federation.folder / ROUNDS)
    rounds.claim()
    task = Task.of(request)
    arrays = rounds.arrays if rounds.arrays is not None else fresh_arrays(start, task)
    if rounds.done:
        tell(f"goes on after round {rounds.done} of {plan.rounds}")
    if rounds.done < plan.rounds:
        strategy = Careful(plan, rounds, request, tell)
        strategy.start(
            grid, packed(arrays), num_rounds=plan.rounds - rounds.done, timeout=plan.timeout
        )
    if rounds.arrays is not None:
        save(federation, start, task, rounds)
    return rounds


def save(federation: Federation, start: Start, task: Task, rounds: Rounds) -> Path:
    """Write the common model with its adapters merged, and the tuning of the initial model."""
    assert rounds.arrays is not None
    model = with_arrays(start, task, rounds.arrays)
    stored = open_directory(federation.start).quantisation
    rounding = Quantisation(int(stored["bits"]), int(stored["block"]), int(stored["table_block"]))
    training = {
        "federated": federation.plan.to_dict(),
        "rounds": rounds.done,
        "languages": [],
        "began_with": start.facts,
    }
    return export(
        start.config, merged(model.state_dict()), federation.start / TOKENIZER,
        federation.folder / MODEL, "federated", rounding, training, start.tuning,
    )  # fmt: skip


def server_app() -> ServerApp:
    """The app that a SuperLink runs; ``settings`` of its run configuration names the federation."""
    app = ServerApp()

    @app.main()
    def main(grid: Grid, context: Context) -> None:
        carry_out(Federation.load(Path(str(context.run_config["settings"]))), grid)

    return app
