"""The log of a run: a CSV file, TensorBoard events, a progress line, and a plot at the end.

Every row is a dictionary with the keys of ``FIELDS``. Knows nothing of models or of what steps do.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import LogError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter
    from tqdm import tqdm

FIELDS = (
    "step",
    "tokens",
    "loss",
    "bits_per_token",
    "rate",
    "gradient_norm",
    "tokens_per_second",
    "mfu",
    "skipped",
    "validation_loss",
    "validation_perplexity",
    "validation_bits_per_byte",
)
CURVES = tuple(name for name in FIELDS if name not in ("step", "tokens", "bits_per_token"))
LOG, PLOT, EVENTS = "loss_log.csv", "loss.png", "tensorboard"

Row = dict[str, float | int]
Write = Callable[[Row], None]


@contextmanager
def opened(path: Path, first: int, events: Path | None = None) -> Iterator[Write]:
    """Yields a function that writes a row to the log and, with TensorBoard, to ``events``.

    Rows after step ``first`` are removed: a resumed run repeats those steps. The function raises
    LogError if the disk is full or the file is gone.
    """
    with ExitStack() as stack:
        file = stack.enter_context(_reopened(path, first))
        log = csv.DictWriter(file, FIELDS, restval="")
        board = _board(events, first, stack)

        def write(row: Row) -> None:
            try:
                log.writerow(row)
                file.flush()
                _draw(board, row)
            except OSError as error:
                raise LogError(
                    f"{path}: step {row['step']:,} cannot be logged: {error}; checkpoints are as "
                    "they were: free some space and run the same command again"
                ) from error

        yield write


def _draw(board: SummaryWriter | None, row: Row) -> None:
    if board is None:
        return
    for name in CURVES:
        if isinstance(row.get(name), int | float):
            board.add_scalar(name, row[name], row["step"])


def _reopened(path: Path, first: int) -> TextIO:
    rows = [row for row in read(path) if row["step"] <= first]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="") as file:
        log = csv.DictWriter(file, FIELDS, restval="", extrasaction="ignore")
        log.writeheader()
        log.writerows(rows)
    partial.replace(path)
    return path.open("a", newline="")


def read(path: Path) -> list[Row]:
    """The rows of a log, without an incomplete last line."""
    if not path.is_file():
        return []
    rows = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            try:
                rows.append({key: _number(value) for key, value in row.items() if value})
                rows[-1]["step"] = int(rows[-1]["step"])
            except (KeyError, ValueError, TypeError):
                continue
    return [row for row in rows if "loss" in row]


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and "." not in text else value


def _board(events: Path | None, first: int, stack: ExitStack) -> SummaryWriter | None:
    """A TensorBoard writer, or None if it is not requested or not installed."""
    if events is None:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return stack.enter_context(SummaryWriter(str(events), purge_step=first or None))


def _bar(first: int, steps: int, stream: TextIO) -> tqdm[Any] | None:
    """A progress bar, or None if tqdm is not installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=steps, initial=first, unit="step", file=stream)


class Progress:
    """On a terminal, a bar with the time left; otherwise one line per row."""

    def __init__(self, first: int, steps: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._bar = None
        self._steps = steps
        if self._stream.isatty():
            self._bar = _bar(first, steps, self._stream)

    def show(self, row: Row) -> None:
        """Move the bar to a row's step, or print the row."""
        if self._bar is None:
            print(line(row, self._steps), file=self._stream, flush=True)
            return
        self._bar.update(row["step"] - self._bar.n)
        speed = f"{row['tokens_per_second']:,} tok/s"
        self._bar.set_postfix_str(f"loss {row['loss']:.4f}, {speed}", refresh=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def line(row: Row, steps: int) -> str:
    """A row as text, with the time left at the current speed."""
    held_out = f"  held out {row['validation_loss']:.4f}" if "validation_loss" in row else ""
    left = (steps - row["step"]) * row["tokens"] / row["step"]
    minutes = left / max(1, row["tokens_per_second"]) / 60
    return (
        f"step {row['step']:>7,}  {row['tokens'] / 1e6:8.2f} M tokens  loss {row['loss']:.4f}"
        f"{held_out}  rate {row['rate']:.3f}  norm {row['gradient_norm']:.2f}  "
        f"{row['tokens_per_second']:,} tokens/s  {minutes:,.0f} min left"
    )


def plot(logs: dict[str, Path], path: Path, title: str) -> Path | None:
    """Draw the loss of one or more logs over their tokens; None without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 4), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    for name, log in logs.items():
        rows = read(log)
        axes.plot([row["tokens"] / 1e6 for row in rows], [row["loss"] for row in rows], label=name)
        held_out = [row for row in rows if "validation_loss" in row]
        if held_out and len(logs) == 1:
            losses = [row["validation_loss"] for row in held_out]
            axes.plot([row["tokens"] / 1e6 for row in held_out], losses, "o-", label="held out")
    axes.set(xlabel="million tokens", ylabel="loss, nats per token", title=title)
    axes.grid(alpha=0.3)
    if len(axes.lines) > 1:
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path
