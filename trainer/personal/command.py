"""The command ``python -m trainer personal``: read, train, judge, and install a better model."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import torch

from codecomplete import engine
from codecomplete.corpus.documents import write_json
from codecomplete.corpus.outputs import fresh
from codecomplete.engine import Model
from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.modeldir.names import DEFAULT, DESCRIPTION, PACKAGED, TOKENIZER

from ..errors import ConfigError
from ..evaluation.scores import bits_of
from ..evaluation.tuning import write_tuning
from ..export.rounding import Quantisation
from ..learning.compute import Compute
from ..learning.data import TokenRows
from ..learning.machine import free_disk, has_bfloat16, keep_freed_memory
from ..learning.recipe import Recipe
from ..network.transformer import parameter_count
from ..runs import starting
from . import fitting, installed, memorised, replay
from .figures import Held, Measuring
from .pace import MOST_READINGS, Pace
from .page import is_better, page, verdict
from .reading import project_names, read
from .rows import Mixed, own_rows
from .splitting import split
from .training import (
    FULL,
    PUBLIC_ROWS,
    WAYS,
    Pass,
    Setting,
    best_pass,
    exported,
    recipe_for,
)
from .workplace import Snapshot, Workplace, facts, opened

STOPPED_BY, JUDGED_BY = 40_000, 80_000  # bytes to measure on
FEWEST_TYPED = 1_000
MEMORISED_BYTES = 400_000  # of the learned files, to search for memorised text
MOST_SHOWN = 20
COPIES_ON_DISK = 14  # of float32 weights: checkpoints of a pass, one being written, and models

Tell = Callable[[str], None]


def run(options: argparse.Namespace, tell: Tell = print) -> int:
    """Carry out a parsed command; returns the exit status."""
    if options.list:
        return _list(tell)
    if options.use is not None:
        installed.use(options.use)
        return _in_use(tell)
    if options.undo:
        installed.undo()
        return _in_use(tell)
    if options.remove is not None:
        installed.remove(options.remove)
        return _in_use(tell)
    if options.show_memorised is not None:
        return _show_memorised(options.show_memorised or installed.current(), tell)
    return train(options, tell)


def _in_use(tell: Tell) -> int:
    tell(f"in use: {installed.current()}; editors and prompts load it when they start")
    return 0


def _list(tell: Tell) -> int:
    current = installed.current()
    for name in [*installed.names(), "packaged"]:
        report = installed.report(name)
        said = verdict(report) if report else ""
        tell(f"{'*' if name == current else ' '} {name}  {said}".rstrip())
    if current not in installed.names() and current != "packaged":
        tell(f"* {current}")
    return 0


# Training ---------------------------------------------------------------------------------------


def train(options: argparse.Namespace, tell: Tell) -> int:
    """From the user's folders to an installed model, or to the reason why none was installed."""
    ways = _checked(options)
    torch.set_num_threads(max(1, options.threads))
    keep_freed_memory()
    start_path = (options.start or PACKAGED / DEFAULT).resolve()
    paths = [path.resolve() for path in options.paths]
    question = {
        "paths": [*map(str, paths)],
        "start": str(start_path),
        "replay": str(options.replay.resolve()) if options.replay else None,
        "minutes": options.minutes,
        "ways": ways,
        "tune": options.tune,
        "pace": [options.peak, options.readings],
    }
    installed.folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(installed.folder(), question) as place:
        report = _trained(options, place, paths, start_path, ways, tell)
        place.remove()
    tell(verdict(report))
    return 0 if report["better"] else 3


def _checked(options: argparse.Namespace) -> tuple[str, ...]:
    if not options.paths:
        raise ConfigError("no folder given; say where code of yours lies, or --list, --use, --undo")
    ways = tuple(dict.fromkeys(options.ways.split(",")))
    problems = []
    if not set(ways) <= set(WAYS):
        problems.append(f"--ways {options.ways}; expected {', '.join(WAYS)}, or both")
    if not 0 < options.minutes < float("inf"):
        problems.append(f"--minutes {options.minutes}; expected more than 0")
    if not 0 < options.peak <= 1:
        problems.append(f"--peak {options.peak}; expected more than 0 and at most 1")
    if not 0 < options.readings <= MOST_READINGS:
        problems.append(
            f"--readings {options.readings}; expected more than 0 and at most {MOST_READINGS}"
        )
    if options.typed < FEWEST_TYPED:
        problems.append(
            f"--typed {options.typed}; expected {FEWEST_TYPED:,} characters or more to judge by"
        )
    if problems:
        raise ConfigError("; ".join(problems))
    return ways


def _trained(
    options: argparse.Namespace,
    place: Workplace,
    paths: Sequence[Path],
    start_path: Path,
    ways: tuple[str, ...],
    tell: Tell,
) -> dict[str, Any]:
    tell(f"reading        {', '.join(map(str, paths))}")
    snapshot = place.snapshot(paths)
    for line in _reading_lines(snapshot):
        tell(line)
    if options.start is None:
        start_path = serving(snapshot)
    base = _base_directory(start_path)
    public = replay.public(options.replay, base / TOKENIZER, recipe_for(FULL, 1, 100))
    tell(f"public code    {public.origin}")
    setting = _setting(options, ways, snapshot, public, start_path, base)
    _require_room(place, parameter_count(setting.start.config))
    stopping = Measuring(
        Held(place.files, snapshot.sides.stopping, snapshot.sides.learned, STOPPED_BY)
    )
    best, passes = best_pass(setting, place, stopping, tell)
    fitted = None
    if options.tune:
        tell("fitting        how far local text is believed, when to show, on the files to stop by")
        fitted = _fitted(place, best, engine.load(base), stopping, options.typed, tell)
    tell(f"judging        {best.name} on files that neither learning nor stopping has seen")
    models = engine.load(base), engine.load(place.model(best.name))
    name = options.name or installed.free_name([*project_names(paths).values()], _today())
    report: dict[str, Any] = {
        "name": name,
        "date": _today().isoformat(),
        "paths": [*map(str, paths)],
        "start": setting.start.facts.get("name") or str(start_path),
        "passes": [vars(done) for done in passes],
        "taken": best.name,
        "tuned": options.tune,
        "pace": vars(setting.pace),
        "minutes": round(sum(done.seconds for done in passes) / 60, 2),
        "threads": torch.get_num_threads(),
        "own_tokens": setting.rows.tokens,
        **_judged(options.typed, place, snapshot, *models),
        "read": _read(snapshot),
        "public": _public_figures(public, *models),
        "memorised": _memorised(*models, snapshot),
    }
    _install(options, place, setting, best, fitted, report)
    return report


def _fitted(
    place: Workplace, best: Pass, before: Model, stopping: Measuring, typed: int, tell: Tell
) -> dict[str, Any]:
    """The tuning of the best pass, fitted again; stored, because that takes a minute or two."""
    key = f"{best.name}.tuning"
    values = place.remembered(key)
    if values is None:
        values = fitting.refitted(place.model(best.name), before.tuning, stopping, typed, tell)
        place.remember(key, values)
    found: dict[str, Any] = values
    return found


def _setting(
    options: argparse.Namespace,
    ways: tuple[str, ...],
    snapshot: Snapshot,
    public: replay.Public,
    start_path: Path,
    base: Path,
) -> Setting:
    """The settings common to all passes; the tuning is the base's if the start has none."""
    start = starting.read(start_path, base / TOKENIZER)
    start = dataclasses.replace(start, tuning=start.tuning or open_directory(base).gate)
    recipe = recipe_for(FULL, 1, 100)
    rows = Mixed(_own_rows(snapshot, base / TOKENIZER, recipe), public.rows, PUBLIC_ROWS)
    compute = Compute(bfloat16=has_bfloat16(torch.device("cpu")), compiled=False)
    languages = sorted({file.language for file in snapshot.sides.learned if file.language})
    return Setting(
        start,
        base / TOKENIZER,
        rows,
        compute,
        _quantisation(base),
        options.minutes,
        ways=ways,
        pace=Pace(options.peak, options.readings),
        languages=tuple(languages),
    )


def _judged(
    typed: int, place: Workplace, snapshot: Snapshot, before: Model, after: Model
) -> dict[str, Any]:
    """The figures of both models on the judging files."""
    beside = [*snapshot.sides.learned, *snapshot.sides.stopping]
    judging = Measuring(Held(place.files, snapshot.sides.judging, beside, JUDGED_BY))
    found = {
        "before": judging.whole(before, typed).to_dict(),
        "after": judging.whole(after, typed).to_dict(),
    }
    return found | {"better": is_better(found["before"], found["after"])}


def _read(snapshot: Snapshot) -> dict[str, Any]:
    return facts(snapshot.sides) | {
        "left_out": snapshot.left_out,
        "secrets": snapshot.secrets,
        "copies": snapshot.sides.copies,
    }


def _today() -> date:
    return datetime.now(UTC).date()


def _reading_lines(snapshot: Snapshot) -> list[str]:
    sides = facts(snapshot.sides)
    said = ", ".join(f"{side['files']:,} files ({side['bytes'] / 1e3:,.0f} kB) {what}"
                     for side, what in ((sides["learned"], "to learn"),
                                        (sides["stopping"], "to stop by"),
                                        (sides["judging"], "to judge by")))  # fmt: skip
    left = "; ".join(f"{count:,} {reason}" for reason, count in snapshot.left_out.items())
    return [
        f"read           {said}",
        *([f"left out       {left}"] if left else []),
        f"secrets        {snapshot.secrets:,} taken out",
    ]


def serving(snapshot: Snapshot) -> Path:
    """The packaged model, or its specialist for the language of most of the code."""
    size: Counter[str] = Counter()
    for file in snapshot.sides.learned:
        size[file.language or ""] += file.bytes
    language = max(size, key=lambda name: size[name], default=None)
    return engine.load(PACKAGED / DEFAULT).for_language(language).directory.path


def _base_directory(start: Path) -> Path:
    """The model directory to compare with: the one that training begins with or, for a run or stem,
    which has no tuning, the packaged one."""
    if (start / DESCRIPTION).is_file():
        open_directory(start)
        return start
    return PACKAGED / DEFAULT


def _quantisation(base: Path) -> Quantisation:
    stored = open_directory(base).quantisation
    return Quantisation(int(stored["bits"]), int(stored["block"]), int(stored["table_block"]))


def _own_rows(snapshot: Snapshot, tokenizer: Path, recipe: Recipe) -> TokenRows:
    try:
        return own_rows(snapshot.sides.learned, tokenizer, recipe, recipe.seed)
    except ValueError as error:
        raise ConfigError(f"too little code to learn from: {error}") from error


def _require_room(place: Workplace, parameters: int) -> None:
    needed, free = COPIES_ON_DISK * 4 * parameters, free_disk(place.folder)
    if free < needed:
        raise ConfigError(
            f"{place.folder}: {free / 1e6:,.0f} MB are free, training needs about "
            f"{needed / 1e6:,.0f}; make room and run the same command again"
        )


def _public_figures(public: replay.Public, before: Model, after: Model) -> dict[str, Any]:
    found: dict[str, Any] = {"origin": public.origin, "before": None, "after": None}
    texts = [(language, text) for language, text in public.validation
             if language in before.languages][:40]  # fmt: skip
    if texts:
        size = sum(len(text.encode()) for _, text in texts)
        for when, model in (("before", before), ("after", after)):
            bits = sum(bits_of(model, text, language) for language, text in texts)
            found[when] = round(bits / size, 4)
    return found


def _memorised(before: Model, after: Model, snapshot: Snapshot) -> dict[str, Any]:
    """How much of a part of the learned files the model has memorised; contains no text."""
    files, size = [], 0
    for file in snapshot.sides.learned[:: max(1, len(snapshot.sides.learned) // 200)]:
        files.append(file)
        size += file.bytes
        if size > MEMORISED_BYTES:
            break
    found = [*memorised.runs(after, before, files)]
    return {
        "runs": len(found),
        "fewest": memorised.FEWEST_TOKENS,
        "longest": max((one.tokens for one in found), default=0),
        "share": round(sum(len(one.text.encode()) for one in found) / max(1, size), 4),
        "searched_bytes": size,
    }


def _install(
    options: argparse.Namespace,
    place: Workplace,
    setting: Setting,
    best: Pass,
    fitted: dict[str, Any] | None,
    report: dict[str, Any],
) -> None:
    """Keep a better model with its page, and use it; of any other, keep only the page."""
    target = installed.folder() / report["name"]
    if not report["better"]:
        refused = installed.folder() / f".not-kept-{report['name']}.md"
        refused.write_text(page(report), encoding="utf-8")
        write_json(refused.with_suffix(".json"), report)
        print(f"the page       {refused}")
        return
    with fresh(target, installed.PERSONAL) as folder:
        exported(setting, place, best.name, folder / installed.MODEL, report["name"])
        if fitted is not None:
            write_tuning(folder / installed.MODEL, **fitted)
        (folder / installed.PAGE).write_text(page(report), encoding="utf-8")
        write_json(folder / installed.REPORT, report)
    print(f"the page       {target / installed.PAGE}")
    if not options.no_use:
        installed.use(report["name"])
        print("in use         from the next start of an editor or prompt; --undo takes it back")


# Memorised text ---------------------------------------------------------------------------------


def _show_memorised(name: str, tell: Tell) -> int:
    report = installed.report(name)
    if not report:
        raise ConfigError(f"{name}: no model of yours; --list names them")
    learned = split(read([Path(path) for path in report["paths"]]).files).learned
    model = engine.load(installed.folder() / name / installed.MODEL)
    found = sorted(memorised.runs(model, engine.load(PACKAGED / DEFAULT), learned),
                   key=lambda one: -one.tokens)  # fmt: skip
    for one in itertools.islice(found, MOST_SHOWN):
        tell(memorised.shown(one))
    tell(f"{len(found):,} pieces of {memorised.FEWEST_TOKENS} tokens and more; the longest "
         f"{min(MOST_SHOWN, len(found))} are shown")  # fmt: skip
    return 0
