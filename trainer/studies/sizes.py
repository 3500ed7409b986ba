"""python -m codecomplete.trainer.studies.sizes: which size of model is worth its milliseconds.

Measures several model directories in the same way, in one run on one machine: the quality on the
test packages, and the cost of a keystroke. Train the candidates for the same hours from the same
start (``python -m trainer train --start``), or the table compares hours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codecomplete import engine

from ..evaluation.report import Sizes, evaluate, markdown, mean
from ..places import require_page
from .common import dot

SERVED = "model"  # the source of replayed typing that editors use

PAGE = """\
# Which size

Each model was trained for {minutes} minutes on one core, starting from the same weights (the row
`before`) with the same recipe, and was measured as exported. `ms per key` is the median over
replayed typing, in one run on one machine, so compare these figures only with each other. The
passages are short: a difference of less than a percentage point in keystrokes is chance. This page
and its picture are written by

```
{command}
```

![Quality beside time]({picture})

{table}

`bits per byte`: mean of the languages, with nothing learned from other text. `bits with file`: with
the open file remembered, on a part of the files. `keystrokes saved`, `first word right` and `ms per
key`: replayed typing, mean of the languages.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="model directories")
    parser.add_argument("--before", type=Path, required=True, help="what all of them began with")
    parser.add_argument(
        "--files", type=Path, required=True, help="test files: LANGUAGE/PACKAGE/..."
    )
    parser.add_argument("--bytes", type=int, default=250_000, help="scored per language")
    parser.add_argument("--minutes", type=int, required=True, help="of a core, that each had")
    parser.add_argument("--typed", type=int, default=3_000, help="characters replayed per language")
    parser.add_argument(
        "--document", type=Path, metavar="PAGE", help="also write a page (Markdown)"
    )
    options = parser.parse_args(arguments)
    if options.document:
        require_page(options.document, PAGE.partition("\n")[0])
    models = {"before": options.before} | {path.name: path for path in options.models}
    rows = measure(models, options.files, options.bytes, options.typed)
    print(markdown(rows))
    if options.document:
        write_page(rows, options)


def measure(
    models: Mapping[str, Path], files: Path, size: int, typed: int
) -> dict[str, dict[str, float]]:
    """One row of figures per model."""
    rows = {}
    for name, path in models.items():
        print(path, file=sys.stderr)
        model = engine.load(path)
        results = evaluate(model, files, Sizes(bytes=size, carets=0, typed=typed))
        rows[name] = row(results, model.config.n_layer, model.directory.training)
    return rows


def row(results: Mapping[str, Any], layers: int, training: Mapping[str, Any]) -> dict[str, float]:
    """The compared figures, out of all measured ones."""
    languages, size = results["languages"].values(), results["size"]
    typing = [language["typing"][SERVED] for language in languages]
    local = [language["local"]["bits_file"] for language in languages if language.get("local")]
    return {
        "layers": layers,
        "parameters": size["parameters"],
        "tokens of the run": training.get("tokens", 0),
        "bits per byte": results["mean_bits_per_byte"],
        "bits with file": mean(local) if local else None,
        "keystrokes saved": mean(one["keystrokes_saved"] for one in typing),
        "first word right": mean(one["first_word_right"] for one in typing),
        "ms per key": round(mean(one["milliseconds_median"] for one in typing), 2),
        "ms per token": size["step_ms"],
        "resident MB": size["resident_mb"],
    }


def write_page(rows: dict[str, dict[str, float]], options: argparse.Namespace) -> None:
    picture = options.document.with_suffix(".png")
    draw(rows, picture)
    command = (
        "python -m codecomplete.trainer.studies.sizes "
        f"{' '.join(path.name for path in options.models)} "
        f"--before BEGINNING --files SHARDS/files/test --bytes {options.bytes} "
        f"--typed {options.typed} --minutes {options.minutes}"
    )
    page = PAGE.format(
        command=command, minutes=options.minutes, picture=picture.name, table=markdown(rows)
    )
    options.document.write_text(page, encoding="utf-8")


def draw(rows: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """Draw bits per byte and keystrokes saved, each over the milliseconds of a keystroke."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3), dpi=110, layout="constrained")
    for axes, measure_ in zip(figure.subplots(1, 2), ("bits per byte", "keystrokes saved"),
                              strict=True):  # fmt: skip
        for number, (name, found) in enumerate(rows.items()):
            place = (found["ms per key"], found[measure_])
            dot(axes, name, place, 4 + 11 * (number % 3))
        axes.set(xlabel="ms per key, median", ylabel=measure_)
        axes.set_xlim(0, 1.35 * max(found["ms per key"] for found in rows.values()))
        axes.margins(y=0.3)
        if measure_ == "keystrokes saved":  # from zero: small differences should look small
            axes.set_ylim(0, 1.3 * max(found[measure_] for found in rows.values()))
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
