"""python -m codecomplete.trainer.studies.curves: runs that were made elsewhere, in one table and
picture.

For short runs of presets that need far longer ones: the table shows how far each got, in how many
tokens and minutes. Knows the files of a run (``run.json``, its log); trains nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codecomplete.corpus.pages import write_between

from ..errors import ConfigError
from ..evaluation.report import markdown
from ..learning import runlog
from ..learning.runlog import Row
from ..places import read_description, require_picture
from ..runs.presets import PRESETS

HELD_OUT, BITS = "validation_loss", "validation_bits_per_byte"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--plot", type=Path, required=True, help="picture to write")
    parser.add_argument("--page", type=Path, help="page to write the table into")
    parser.add_argument("--name", default="runs", help="of the page's marks (default: runs)")
    options = parser.parse_args(arguments)
    require_picture(options.plot)
    logs = {name_of(run): log_of(run) for run in options.runs}
    table = markdown({name_of(run): row(run) for run in options.runs})
    draw(logs, options.plot)
    print(table)
    if options.page is not None:
        write_between(options.page, options.name, table + "\n")


def name_of(run: Path) -> str:
    """The preset of a run. Raises ConfigError if the run does not name one."""
    preset = read_description(run).get("preset")
    if preset is None:
        raise ConfigError(f"{run}: not a run; expected a folder that train wrote")
    return str(preset)


def log_of(run: Path) -> list[Row]:
    """The rows that a run has logged. Raises ConfigError if there are none."""
    name = name_of(run)
    place = PRESETS[name].layout.log if name in PRESETS else runlog.LOG
    rows = runlog.read(run / place)
    if not rows:
        raise ConfigError(f"{run}: nothing was logged; expected rows in {place}")
    return rows


def row(run: Path) -> dict[str, Any]:
    """A run's row of the table; losses are in nats per token."""
    plan, rows = read_description(run)["plan"], log_of(run)
    held_out = [one for one in rows if HELD_OUT in one]
    return {
        "parameters": f"{plan['parameters']:,}",
        "steps": rows[-1]["step"],
        "thousand tokens": round(rows[-1]["tokens"] / 1e3),
        "minutes": round(seconds(rows) / 60, 1),
        "training loss, first and last": f"{rows[0]['loss']:.3f} → {rows[-1]['loss']:.3f}",
        "held-out loss, first and last": _fall(held_out, HELD_OUT),
        "bits per byte, first and last": _fall(held_out, BITS),
    }


def _fall(rows: list[Row], key: str) -> str:
    known = [one[key] for one in rows if key in one]
    return f"{known[0]:.3f} → {known[-1]:.3f}" if known else "-"


def seconds(rows: list[Row]) -> float:
    """The duration of the logged steps, without measurements."""
    return sum(tokens / max(1, speed) for tokens, speed in _stretches(rows))


def _stretches(rows: list[Row]) -> Iterator[tuple[float, float]]:
    before = 0.0
    for one in rows:
        yield one["tokens"] - before, one["tokens_per_second"]
        before = one["tokens"]


def draw(logs: dict[str, list[Row]], path: Path) -> None:
    """Draw each run's losses over its tokens: training as a line, held-out text as dots."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(logs), 3), dpi=110, layout="constrained")
    for axes, (name, rows) in zip(figure.subplots(1, len(logs), squeeze=False)[0], logs.items(),
                                  strict=True):  # fmt: skip
        held_out = [one for one in rows if HELD_OUT in one]
        axes.plot(*_points(rows, "loss"), label="training")
        axes.plot(*_points(held_out, HELD_OUT), "o", label="held out", markersize=4)
        axes.set(title=name, xlabel="thousand tokens")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.axes[0].set_ylabel("loss, nats per token")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _points(rows: list[Row], key: str) -> tuple[list[float], list[float]]:
    return [one["tokens"] / 1e3 for one in rows], [one[key] for one in rows]


if __name__ == "__main__":
    main()
