"""The loss picture of a federation: the loss on each client's held-out files after every round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .rounds import Round


def draw(rounds: Sequence[Round], path: Path) -> Path | None:
    """Draw each client's held-out loss under the common model; None without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 4), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    for at, (client, points) in enumerate(sorted(curves(rounds).items()), 1):
        label = f"client {at} ({client[-4:]})"
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", label=label)
    axes.set(xlabel="round", ylabel="held-out loss, nats per token", title="Common model")
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def curves(rounds: Sequence[Round]) -> dict[str, list[tuple[int, float]]]:
    """By client, its loss before its first round, and after every round."""
    found: dict[str, list[tuple[int, float]]] = {}
    for round_ in rounds:
        for client, loss in round_.before.items():
            if client not in found:
                found[client] = [(round_.number - 1, loss)]
        for client, loss in round_.common.items():
            if client in found:
                found[client].append((round_.number, loss))
    return found


def table(rounds: Sequence[Round]) -> str:
    """The same as a Markdown table: one row per client."""
    numbers = range(rounds[-1].number + 1) if rounds else range(0)
    head = "| client | " + " | ".join("before" if n == 0 else str(n) for n in numbers) + " |"
    lines = [head, "|---" * (len(numbers) + 1) + "|"]
    for client, points in sorted(curves(rounds).items()):
        by_round = dict(points)
        cells = (f"{by_round[n]:.4f}" if n in by_round else "" for n in numbers)
        lines.append(f"| {client} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
