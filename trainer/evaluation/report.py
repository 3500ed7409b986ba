"""All measurements of one model, as one JSON object with the protocol in it, or as tables."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from codecomplete.engine import Model
from codecomplete.engine.command.bench import bare_step_ms
from codecomplete.engine.local.ngrams import NgramIndex
from codecomplete.engine.modeldir.digest import sha256

from ..network.transformer import parameter_count
from .carets import choose_carets
from .files import SourceText, held_out_files, taken
from .lines import Answer, line_measures
from .local import joined, nearest, observe, package_files, project_index
from .parsing import parse_measures
from .replay import choose_stretches, replay
from .scores import accuracy, ppmd_bits, score, xz_bits, zstd_bits
from .sources import EngineSource, NgramSource, Source, WordSource, without_local_text
from .suffix import KINDS, answer, choose_gaps

PROTOCOL = {
    "bits_per_byte": "exported model, each file cold from its start, window rolled as served, "
    "over UTF-8 bytes; begin and language tag are free, the end of the file is not scored",
    "local": "on the first files of so many bytes: the model alone, with the open file remembered, "
    "and with the other files of its package as the project",
    "next_token": "tokens that are not white space; word_ for those that begin with a letter or _",
    "lines": "half of the carets after the indentation, half inside the line; lines below the "
    "caret are present; every suggestion is shown (threshold 0); compared after right-strip",
    "parsing": "the suggestion in place of the rest of the line; no more syntax faults than the "
    "true file has",
    "gaps": "everything else of the file in place; a gap of one to four words of a line, of a "
    "whole line, of what stands between two brackets; and lines opened where nothing is missing. "
    "Every suggestion is shown (threshold 0). exact: what is missing, no less and no more; "
    "repeats: the next line again; doubles: a bracket closed that is closed already",
    "typing": "nothing after the caret, asked at every key, no deadline; whole suggestion, else "
    "first line, else first word, at one key each, only if right; the model's own threshold",
    "milliseconds": "of processor time, in which other work of the machine does not count",
}


@dataclass(frozen=True)
class Sizes:
    """How much is measured, per language."""

    bytes: int = 200_000  # scored for bits per byte
    carets: int = 200
    typed: int = 3_000  # characters
    stretch: int = 300  # characters typed per place
    seed: int = 1
    threshold: float | None = None  # of replayed typing; None: the model's own
    local: int = 60_000  # bytes on which local text is measured; 0: off

    def __post_init__(self) -> None:
        if min(self.bytes, self.stretch) < 1 or min(self.carets, self.typed) < 0:
            raise ValueError(f"impossible sizes of an evaluation: {self}")


Tell = Callable[[str], None]


def evaluate(
    model: Model, files: Path, sizes: Sizes, tell: Tell = lambda line: None
) -> dict[str, Any]:
    """Every measure by language; keys as ``languages.python.bits_per_byte``."""
    languages = {}
    for language, texts in held_out_files(files, sizes.bytes).items():
        tell(f"{language}: {len(texts)} files")
        languages[language] = evaluate_language(model.for_language(language), texts, sizes, files)
    return {
        "model": model.name,
        "model_sha256": sha256(model.directory.weights),
        "quantisation": dict(model.directory.quantisation),
        "sizes": asdict(sizes),
        "protocol": PROTOCOL,
        "threshold": model.tuning.threshold if sizes.threshold is None else sizes.threshold,
        "size": {
            "parameters": parameter_count(model.config),
            "megabytes": round(_bytes(model.directory.path) / 1e6, 2),
            "step_ms": round(bare_step_ms(model), 2),
            "resident_mb": round(_resident_mb(model), 1),
        },
        "mean_bits_per_byte": mean(row["bits_per_byte"] for row in languages.values()),
        "languages": languages,
    }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _resident_mb(model: Model) -> float:
    """Of a process that does nothing but suggest."""
    program = (
        "import codecomplete; "
        f"session = codecomplete.load({str(model.directory.path)!r}).session('python'); "
        "session.sync('def area(radius):\\n    return '); session.suggest(); "
        "print(codecomplete.resident_mb())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def mean(values: Iterable[float]) -> float:
    """The mean, to four places."""
    values = list(values)
    return round(sum(values) / len(values), 4)


def evaluate_language(
    model: Model, texts: Sequence[SourceText], sizes: Sizes, root: Path
) -> dict[str, Any]:
    """All measures on the files of one language."""
    return (
        compression(model, texts)
        | local_text(model, texts, sizes, root)
        | suggestions(model, texts, sizes)
        | gaps(model, texts, sizes)
        | typing(model, texts, sizes, root)
    )


def compression(model: Model, texts: Sequence[SourceText]) -> dict[str, Any]:
    """Bits per byte beside xz on the same files, and next-token accuracy from the same pass."""
    scores = [score(model, file.text, file.language) for file in texts]
    size = sum(file.bytes for file in texts)
    return {
        "files": len(texts),
        "bytes": size,
        "bits_per_byte": round(float(sum(part.bits.sum() for part in scores)) / size, 4),
        **_archived([file.text for file in texts], size, "each"),
        **_archived(["\0".join(file.text for file in texts)], size, "together"),
        "next_token": accuracy(model, scores),
    }


def _archived(streams: Sequence[str], size: int, name: str) -> dict[str, float | None]:
    """What general compressors make of the streams, in bits per byte."""
    return {
        f"{compressor}_{name}": None if bits is None else round(bits / size, 4)
        for compressor, bits in (
            ("xz", sum(map(xz_bits, streams))),
            ("zstd", zstd_bits(streams)),
            ("ppmd", ppmd_bits(streams)),
        )
    }


def local_text(
    model: Model, texts: Sequence[SourceText], sizes: Sizes, root: Path
) -> dict[str, Any]:
    """Bits per byte with the open file remembered, and with the package's other files as well."""
    mixer = model.tuning.mixer
    if mixer is None or not sizes.local:
        return {}
    some = list(taken(texts, sizes.local))
    cold = joined([observe(model, text.text, text.language, None) for text in some])
    measures = {
        "bytes": cold.size,
        "bits_alone": round(cold.bits_per_byte(), 4),
        "bits_file": round(cold.bits_per_byte(mixer), 4),
    }
    if root.is_dir():
        warm = joined([observe(model, t.text, t.language, project(model, t, root)) for t in some])
        measures["bits_project"] = round(warm.bits_per_byte(mixer), 4)
    return {"local": measures}


def project(model: Model, text: SourceText, root: Path) -> NgramIndex:
    """The other files of a text's package, as a project that is open beside it."""
    return project_index(model, beside(root, text))


def beside(root: Path, text: SourceText) -> list[Path]:
    """The other files of a text's package, the nearest first."""
    return nearest(text.path, package_files(text.path, root))


def suggestions(model: Model, texts: Sequence[SourceText], sizes: Sizes) -> dict[str, Any]:
    """Suggestions at random carets: lines and parsing."""
    if not sizes.carets:
        return {}
    source = EngineSource(model, threshold=0)
    answers = []
    for caret in choose_carets(texts, sizes.carets, sizes.seed):
        source.open(SourceText(Path(), caret.language, ""))
        found = source.suggest(caret.before, caret.below)
        answers.append(Answer(caret, found.text if found else ""))
    return {"lines": line_measures(answers) | parse_measures(answers)}


def gaps(model: Model, texts: Sequence[SourceText], sizes: Sizes) -> dict[str, Any]:
    """Suggestions with text after the caret, by kind of gap."""
    if not sizes.carets:
        return {}
    source = EngineSource(model, threshold=0)
    marks = {
        kind: answer(source, choose_gaps(texts, kind, sizes.carets, sizes.seed)) for kind in KINDS
    }
    return {"gaps": {kind: found.measures() for kind, found in marks.items()}}


def typing(model: Model, texts: Sequence[SourceText], sizes: Sizes, root: Path) -> dict[str, Any]:
    """Replayed typing by the model and by the baselines, over the same stretches."""
    if not sizes.typed:
        return {}
    stretches = choose_stretches(texts, sizes.typed, sizes.stretch, sizes.seed)
    found = {
        source.name: replay(source, stretches).measures() for source in _sources(model, sizes, root)
    }
    return {"typing": found}


def _sources(model: Model, sizes: Sizes, root: Path) -> list[Source]:
    """The model as it is served, more and less informed, and what it has to beat."""
    least = sizes.threshold
    sources: list[Source] = [EngineSource(model, least)]
    if model.tuning.mixer is not None:
        sources.append(EngineSource(without_local_text(model), least, "model alone"))
        if root.is_dir():
            sources.append(EngineSource(model, least, "model, project", partial(beside, root)))
    return [*sources, WordSource(), NgramSource()]


COLUMNS = (
    "files",
    "bytes",
    "bits_per_byte",
    "xz_each",
    "zstd_each",
    "ppmd_each",
    "xz_together",
    "zstd_together",
    "ppmd_together",
)
LOCAL_COLUMNS = ("bits_file", "bits_project")
LINE_COLUMNS = ("exact_match", "edit_similarity", "parses", "can_go_on")
GAP_COLUMNS = (
    "exact",
    "first_word_right",
    "repeats",
    "doubles",
    "milliseconds_median",
    "milliseconds_p95",
)
TYPING_COLUMNS = (
    "keystrokes_saved",
    "first_word_right",
    "completed_share",
    "accepted_share",
    "wrong_per_100_characters",
    "milliseconds_median",
)


def table(results: dict[str, Any]) -> str:
    """The chief figures as Markdown."""
    return "\n\n".join(
        markdown(part) for part in (_figures(results), _gaps(results), _typing(results)) if part
    )


SEEN_BY_NOBODY = """\
Measured as exported, through the engine, on packages that were used neither in training nor
in fitting. This page is written by the command below; the shards are those of `python -m corpus
build`."""

LEGEND = """\
`xz` and `zstd` at their strongest, `ppmd` variant I of order 16: each file by itself, and all files
of a language as one stream.
`bits_file` remembers the open file, `bits_project` the package's other files too, on a part of the
files. `top1`, `top5`: next token, white space left out. `exact_match`: the rest of the line at
random carets. `parses`: the share of suggestions with which the file still parses; `can_go_on`:
after which some text could follow that makes Python of it all (a word or two is shown more often
than a whole line)."""


TYPED = """\
`model` remembers the open file, as in every editor; `model alone` remembers only its window;
`model, project` also has the package's other files. A suggestion is shown if its confidence reaches
the threshold: {threshold} for one that saves four keys, more for fewer and less for more. The
others are what every editor can do without a model."""


HEADING = "# Evaluation"


def page(results: dict[str, Any], command: str, picture: str) -> str:
    """A whole page of documentation: what was measured, how, and the command to do it again.

    ``picture`` is the file, beside the page, that ``plots.py`` draws of the same results.
    """
    model, languages = results["model"], results["languages"]
    parts = [
        HEADING,
        f"Model `{model}`, weights SHA-256 `{results['model_sha256'][:16]}…`. {SEEN_BY_NOBODY}",
        f"```\n{command}\n```",
        f"Mean bits per byte: **{results['mean_bits_per_byte']:.3f}** alone"
        + _with_local(languages)
        + ".",
        f"![Bits per byte and keystrokes saved, by language]({picture})",
        "## By language",
        markdown(_figures(results)),
        LEGEND,
        "## With text after the caret",
        markdown(_gaps(results)),
        "## Replayed typing",
        markdown(_typing(results)),
        TYPED.format(threshold=results["threshold"]),
        "## Size and speed",
        markdown({results["model"]: results["size"]}),
        "## Protocol",
        "\n".join(f"- **{name}**: {text}." for name, text in results["protocol"].items()),
        f"Sizes per language: {', '.join(f'{k} {v}' for k, v in results['sizes'].items())}.",
    ]
    return "\n\n".join(parts) + "\n"


def _with_local(languages: dict[str, Any]) -> str:
    locals_ = [row["local"] for row in languages.values() if "local" in row]
    if not locals_ or any("bits_project" not in row for row in locals_):
        return ""
    alone, file, project_ = (
        mean(row[name] for row in locals_) for name in ("bits_alone", "bits_file", "bits_project")
    )
    return (
        f"; on the files where local text is measured, {alone:.3f} alone, **{file:.3f}** with the "
        f"open file remembered and **{project_:.3f}** with the project"
    )


def _figures(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        language: {column: row[column] for column in COLUMNS}
        | {name: row["local"][name] for name in LOCAL_COLUMNS if name in row.get("local", {})}
        | {f"token {name}": row["next_token"][name] for name in ("top1", "top5")}
        | {name: row["lines"][name] for name in LINE_COLUMNS if "lines" in row}
        for language, row in results["languages"].items()
    }


def _gaps(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{language}, {kind}": {column: measures[column] for column in GAP_COLUMNS}
        for language, row in results["languages"].items()
        for kind, measures in row.get("gaps", {}).items()
    }


def _typing(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{language}, {source}": {column: measures[column] for column in TYPING_COLUMNS}
        for language, row in results["languages"].items()
        for source, measures in row.get("typing", {}).items()
    }


def markdown(rows: dict[str, dict[str, Any]]) -> str:
    """A table: one line per row, the columns of the first."""
    columns = list(next(iter(rows.values())))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        cells = (_cell(row[column]) for column in columns)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "-" if value is None else value if isinstance(value, str) else f"{value:,}"
