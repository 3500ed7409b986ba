"""Pictures of measurements. matplotlib is imported only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, OTHERS = ("#9ecae1", "#4292c6", "#08519c"), ("#d9d9d9", "#969696", "#636363")
COMPRESSED = ("bits_per_byte", "ppmd_together", "ppmd_each", "xz_each")  # ours first


def plot_calibration(
    by_language: Mapping[str, Sequence[tuple[float, float, int]]], path: Path
) -> None:
    """Confidence against the share that was right; the area of a dot is its number of samples."""
    from matplotlib.figure import Figure

    columns = min(5, len(by_language))
    lines = -(-len(by_language) // columns)
    figure = Figure(figsize=(3 * columns, 3 * lines), dpi=110, layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    for place, (language, rows) in zip(axes.flat, by_language.items(), strict=False):
        place.plot([0, 1], [0, 1], color="0.8")
        most = max((count for _, _, count in rows), default=1)
        sizes = [10 + 90 * count / most for _, _, count in rows]
        place.scatter([c for c, _, _ in rows], [right for _, right, _ in rows], s=sizes)
        place.set(title=language or "not trained on", xlim=(0, 1), ylim=(0, 1))
    for empty in list(axes.flat)[len(by_language) :]:
        empty.axis("off")
    figure.supxlabel("confidence")
    figure.supylabel("share of first words that are right")
    figure.savefig(path)


def plot_evaluation(results: Mapping[str, Any], path: Path) -> None:
    """Bits per byte and keystrokes saved by language: ours in blue, the others in grey.

    ``results`` is what ``trainer/evaluation/report.py`` measures.
    """
    from matplotlib.figure import Figure

    languages = results["languages"]
    figure = Figure(figsize=(10, 3.8), dpi=110, layout="constrained")
    bits, keys = figure.subplots(1, 2)
    _bars(bits, {name: [row[name] or 0.0 for row in languages.values()] for name in COMPRESSED})
    bits.set(ylabel="bits per byte, less is better")
    _bars(keys, _saved(languages))
    keys.set(ylabel="% of keystrokes saved, more is better")
    for axes in (bits, keys):
        axes.set_xticks(range(len(languages)), languages, rotation=40, ha="right")
        axes.set_ylim(0, 1.45 * axes.dataLim.ymax)
        axes.legend(ncols=2, fontsize="small", frameon=False, loc="upper left")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def _saved(languages: Mapping[str, Any]) -> dict[str, list[float]]:
    """Per cent of keystrokes by source, one value per language, the least informed model first."""
    sources = list(next(iter(languages.values())).get("typing", {}))
    sources.sort(key=lambda name: (not _is_ours(name), name != "model alone", name))
    return {
        name: [100 * row["typing"][name]["keystrokes_saved"] for row in languages.values()]
        for name in sources
    }


def _is_ours(name: str) -> bool:
    return name.startswith("model") or name == COMPRESSED[0]


def _bars(axes: Axes, series: Mapping[str, Sequence[float]]) -> None:
    """Bars in groups, one group per language and one bar of each group per series."""
    width = 0.84 / max(1, len(series))
    ours, others = iter(OURS if len(series) > 4 else OURS[2:]), iter(OTHERS)
    for index, (name, values) in enumerate(series.items()):
        left = [group + (index - (len(series) - 1) / 2) * width for group in range(len(values))]
        colour = next(ours if _is_ours(name) else others)
        label = name.replace("bits_per_byte", "model").replace("_", ", ")
        axes.bar(left, values, width, color=colour, label=label)
