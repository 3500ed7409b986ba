"""Pictures of measurements. matplotlib is imported only when one is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def plot_calibration(rows: Sequence[tuple[float, float, int]], path: Path) -> None:
    """Confidence against the share that was right; the area of a dot is its number of samples."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5, 4.5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.8")
    most = max(count for _, _, count in rows)
    sizes = [20 + 180 * count / most for _, _, count in rows]
    axes.scatter([c for c, _, _ in rows], [right for _, right, _ in rows], s=sizes)
    axes.set(xlabel="confidence", ylabel="share of first words that are right",
             xlim=(0, 1), ylim=(0, 1))  # fmt: skip
    figure.savefig(path)
