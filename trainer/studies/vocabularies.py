"""python -m codecomplete.trainer.studies.vocabularies: single characters against words.

Measures model directories with different vocabularies on the same files in one run: their size, the
bits per byte, the keystrokes they save and the time of a key. Local text is left out, because it
would help both equally and hide the models; and every suggestion is shown, so that no model is held
back by a gate that was fitted to another.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codecomplete import engine
from codecomplete.engine import Model

from ..evaluation.files import SourceText, held_out_files
from ..evaluation.replay import choose_stretches, replay
from ..evaluation.report import mean
from ..evaluation.scores import score
from ..evaluation.sources import EngineSource, without_local_text
from ..network.transformer import parameter_count
from ..places import require_page
from .common import dot

STRETCH = 200  # characters typed at one place
FILE_BYTES = 4_000  # of one file: more files show more than longer ones
SEED = 1
Row = dict[str, float]

PAGE = """\
# Characters or words

A model of single characters needs no vocabulary and no token healing (held text and its covering
tokens), and its embedding table is tiny. But it takes a step for every letter of a word. The table
compares it with a model of word pieces, on the same {files} files of {languages}, in one run on one
machine. This page and its picture are written by

```
{command}
```

![Size, bits per byte, keystrokes saved and milliseconds]({picture})

{table}

- `MB`: size of the weights.
- `M tokens`: tokens that the model was trained on, in millions. A token is one character in a model
  of characters, and about three in the other. Where the amounts of training differ greatly, the
  table compares training rather than vocabularies.
- `bits per byte`: of the first {size:,} bytes of each file, with nothing learned from other text.
- `keystrokes saved`, `first word right`: shares in replayed typing of {typed:,} characters for
  each language, with every suggestion shown and without local text.
- `ms per key`: median processor time of a suggestion.
- `ms per byte`: processor time of reading a text, as when a file is opened.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("models", type=Path, nargs="+", help="model directories")
    add("--files", type=Path, required=True, help="test files: LANGUAGE/PACKAGE/...")
    add("--languages", default="python,c,java", help="of these (%(default)s)")
    add("--bytes", type=int, default=100_000, help="scored per language")
    add("--typed", type=int, default=2_000, help="characters replayed per language")
    add("--document", type=Path, metavar="PAGE", help="also write a page (Markdown)")
    options = parser.parse_args(arguments)
    if options.document:
        require_page(options.document, PAGE.partition("\n")[0])
    texts = chosen(options.files, options.languages.split(","), options.bytes)
    models = {path.name: engine.load(path, specialists=False) for path in options.models}
    rows = measure(models, texts, options.typed)
    print(markdown(rows))
    if options.document:
        write_page(rows, texts, options)


def chosen(files: Path, languages: Sequence[str], size: int) -> dict[str, list[SourceText]]:
    """The beginnings of files on which all models are measured, by language."""
    found = {}
    for language, texts in held_out_files(files, size, languages).items():
        cut = [SourceText(one.path, one.language, one.text[:FILE_BYTES]) for one in texts]
        found[language] = cut[: max(1, size // FILE_BYTES)]
    return found


def measure(
    models: Mapping[str, Model], texts: Mapping[str, Sequence[SourceText]], typed: int
) -> dict[str, Row]:
    """One row of figures for each model."""
    rows = {}
    for name, model in models.items():
        print(name, file=sys.stderr)
        rows[name] = row(model, texts, typed)
    return rows


def row(model: Model, texts: Mapping[str, Sequence[SourceText]], typed: int) -> Row:
    """The compared figures of one model."""
    bits, milliseconds = zip(*(compression(model, files) for files in texts.values()), strict=True)
    source = EngineSource(without_local_text(model), 0.0)
    tallies = [
        replay(source, choose_stretches(files, typed, STRETCH, SEED)).measures()
        for files in texts.values()
    ]
    return {
        "parameters": parameter_count(model.config),
        "MB": round(model.directory.weights.stat().st_size / 1e6, 2),
        "M tokens": round(read(model.directory.training) / 1e6, 2),
        "bits per byte": mean(bits),
        "keystrokes saved": mean(one["keystrokes_saved"] for one in tallies),
        "first word right": mean(one["first_word_right"] for one in tallies),
        "ms per key": round(mean(one["milliseconds_median"] for one in tallies), 2),
        "ms per byte": round(mean(milliseconds), 3),
    }


def read(training: Mapping[str, Any]) -> int:
    """Tokens that a model was trained on, including those of its initial weights."""
    before = training.get("began_with")
    return int(training.get("tokens", 0)) + (read(before) if before else 0)


def compression(model: Model, files: Sequence[SourceText]) -> tuple[float, float]:
    """Bits and processor milliseconds per byte of the files."""
    begin = time.process_time()
    bits = sum(float(score(model, one.text, one.language).bits.sum()) for one in files)
    spent = 1000 * (time.process_time() - begin)
    size = sum(one.bytes for one in files)
    return bits / size, spent / size


def markdown(rows: Mapping[str, Row]) -> str:
    """The rows as a table."""
    names = list(next(iter(rows.values())))
    lines = [f"| model | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|"]
    for name, found in rows.items():
        cells = [f"{found[one]:,}" for one in names]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_page(
    rows: Mapping[str, Row], texts: Mapping[str, Sequence[SourceText]], options: argparse.Namespace
) -> None:
    picture = options.document.with_suffix(".png")
    draw(rows, picture)
    command = (
        "python -m codecomplete.trainer.studies.vocabularies "
        f"{' '.join(path.name for path in options.models)} --files SHARDS/files/test "
        f"--languages {options.languages} --bytes {options.bytes} --typed {options.typed}"
    )
    page = PAGE.format(
        command=command,
        files=sum(map(len, texts.values())),
        languages=", ".join(texts),
        picture=picture.name,
        table=markdown(rows),
        size=FILE_BYTES,
        typed=options.typed,
    )
    options.document.write_text(page, encoding="utf-8")


def draw(rows: Mapping[str, Row], path: Path) -> None:
    """Draw bits per byte, keystrokes saved and milliseconds per key, each over the weights'
    size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3), dpi=110, layout="constrained")
    measures = ("bits per byte", "keystrokes saved", "ms per key")
    for axes, measure_ in zip(figure.subplots(1, len(measures)), measures, strict=True):
        for number, (name, found) in enumerate(rows.items()):
            place = (found["MB"], found[measure_])
            dot(axes, name, place, 4 + 10 * (number % 2))
        axes.set(xlabel="MB of weights", ylabel=measure_)
        axes.set_xlim(0, 1.6 * max(found["MB"] for found in rows.values()))
        axes.set_ylim(0, 1.3 * max(found[measure_] for found in rows.values()) or 1)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
