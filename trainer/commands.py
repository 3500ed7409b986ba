"""The commands of ``python -m trainer``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from codecomplete import corpus, engine
from codecomplete.corpus.outputs import require_writable
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.names import DEFAULT, GATE, PACKAGED, TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from .errors import CheckpointError, ConfigError, TrainerError
from .evaluation.plots import plot_calibration, plot_evaluation
from .evaluation.report import HEADING, Sizes, evaluate, page, table
from .evaluation.sampling import Sampling, sample
from .evaluation.tuning import THRESHOLD, tune, tune_together
from .export import huggingface
from .export.cost import lines, quantisation_costs
from .export.formats import export, save_onnx, save_pth, save_safetensors
from .export.rounding import Quantisation
from .export.specialists import attach
from .learning import checkpoint
from .learning.compute import Compute
from .learning.data import documents
from .learning.machine import can_compile, choose_device, has_bfloat16, keep_freed_memory
from .learning.processes import Processes, connected, from_environment
from .network.transformer import Transformer, parameter_count
from .places import MODEL, read_description, require_page, require_picture
from .runs import parcels, stretches
from .runs.averaging import average
from .runs.options import Options
from .runs.pipeline import Job, carry_out
from .runs.presets import PRESETS, Preset
from .runs.series import Series, carry_out_series
from .runs.starting import provenance
from .runs.training import (
    Settings,
    at_constant_rate,
    start,
    with_peak,
    with_rows,
    with_seed,
)

SIZE_OPTIONS = ("bytes", "carets", "typed", "stretch", "seed")
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
INHERITED = "that of the model it began with, fitted to other weights"
NO_TUNING = "none: local text is off, and when to show a suggestion is a guess"
CLEARLY_WORSE = 1.01
SHORT_MINUTES = 5  # compiling takes about a minute, which pays only for longer CPU runs


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command; returns the exit status."""
    if getattr(options, "threads", 0):
        torch.set_num_threads(options.threads)
    try:
        return COMMANDS[options.command](options)
    except KeyboardInterrupt:
        return _complain(options, "stopped; unfinished work was not kept", 130)
    except (TrainerError, engine.EngineError, corpus.CorpusError, ValueError) as error:
        return _complain(options, str(error))
    except (OSError, MemoryError, RuntimeError) as error:
        if (known := _known(error)) is None:
            raise
        return _complain(options, known)


def _complain(options: argparse.Namespace, problem: str, status: int = 1) -> int:
    print(f"python -m trainer {options.command}: {problem}", file=sys.stderr)
    return status


def _known(error: OSError | MemoryError | RuntimeError) -> str | None:
    """The message for an error of the machine; None for any other error."""
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror or error}{place}; put that right and run the same command again"
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY):
        return (
            "out of memory; give fewer --rows per pass (the step stays the same), a smaller "
            f"preset, or end other programs. It said: {str(error).partition(chr(10))[0]}"
        )
    return None


def _train(options: argparse.Namespace) -> int:
    processes = from_environment()
    compute = _compute(options, processes.local)
    if compute.device.type == "cpu":
        keep_freed_memory()
    tell = print if processes.leads else lambda line: None
    asked = Options(
        _preset(options),
        options.data,
        options.out,
        options.tokens,
        options.minutes,
        options.decay_from,
        compute,
        processes.size,
    )
    settings = _settings(options, processes)
    with connected(processes, compute.device):
        start(asked, settings, tell)
    tell(f"next           python -m trainer export --run {options.out} --out MODEL_DIRECTORY")
    return 0


def _settings(options: argparse.Namespace, processes: Processes) -> Settings:
    seconds = 60 * options.checkpoint_minutes
    return Settings(seconds, options.log_every, options.start, processes, options.patience)


def _preset(options: argparse.Namespace) -> Preset:
    preset = PRESETS[options.preset]
    if changes := getattr(options, "set", None):
        preset = dataclasses.replace(preset, recipe=preset.recipe.changed(changes))
    if getattr(options, "rows", None):
        preset = with_rows(preset, options.rows)
    if getattr(options, "constant", False) or getattr(options, "decay_from", None) is not None:
        preset = at_constant_rate(preset)
    if getattr(options, "seed", None) is not None:
        preset = with_seed(preset, options.seed)
    if getattr(options, "peak", None) is not None:
        preset = with_peak(preset, options.peak)
    return preset


def _compute(options: argparse.Namespace, local: int = 0) -> Compute:
    device = choose_device(options.device, local)
    precision = options.precision
    if precision == "auto":
        half = "bf16" if has_bfloat16(device) else "fp16" if device.type == "cuda" else "fp32"
        precision = half
    compiled = {"on": True, "off": False}.get(options.compile)
    if compiled is None:
        compiled = can_compile(device) and (device.type == "cuda" or _is_long(options))
    float16 = precision == "fp16"
    return Compute(device, precision == "bf16", compiled, options.attention, float16)


def _is_long(options: argparse.Namespace) -> bool:
    if getattr(options, "minutes", None) is not None:
        return options.minutes > SHORT_MINUTES
    tokens = getattr(options, "tokens", None) or 0
    if not hasattr(options, "preset"):
        return False
    # 20 GFLOP/s, as of two slow cores, and 6 operations per weight and token
    seconds = 6.0 * parameter_count(PRESETS[options.preset].model) * tokens / 20e9
    return seconds > 60 * SHORT_MINUTES


def _export(options: argparse.Namespace) -> int:
    newest = _chosen(options)
    tokenizer = _tokenizer(options)
    if options.format == "safetensors":
        save_safetensors(newest, tokenizer, options.out)
    elif options.format == "pth":
        save_pth(newest, options.out)
    elif options.format == "onnx":
        _export_onnx(newest, tokenizer, options)
    elif options.format == "gguf":
        _export_gguf(newest, tokenizer, options)
    elif options.format == "transformers":
        config = ModelConfig.from_dict(checkpoint.load_state(newest)["model"])
        huggingface.save(config, checkpoint.best_weights(newest), tokenizer, options.out)
    else:
        _export_directory(newest, tokenizer, options)
    print(f"{options.out}: exported {newest.name} as {options.format}")
    if options.format == "model":
        print(f"next           python -m trainer personal --use {options.out}    in every editor")
    return 0


def _chosen(options: argparse.Namespace) -> Path:
    """The checkpoint to export; prints a note if an earlier one is clearly better."""
    newest = checkpoint.newest_intact(options.run, print)
    if newest is None:
        raise CheckpointError(f"{options.run}: no checkpoint there")
    if options.checkpoint == checkpoint.BEST:
        return _best(options.run / checkpoint.BEST)
    watched = checkpoint.load_state(newest).get("watched", {})
    lowest, latest = watched.get("best"), watched.get("latest")
    if lowest and latest and latest > CLEARLY_WORSE * lowest:
        print(
            f"note           held-out text was easier at step {watched['best_step']:,} "
            f"({lowest:.4f}, now {latest:.4f}): --checkpoint best exports that one"
        )
    return newest


def _best(path: Path) -> Path:
    if not path.is_dir():
        raise CheckpointError(f"{path}: the run measured nothing on held-out text")
    if problems := checkpoint.damage(path):
        raise CheckpointError(f"{'; '.join(problems)}; export the newest instead")
    return path


def _tokenizer(options: argparse.Namespace) -> Path:
    """The run's own copy of the tokenizer, or that of the shards."""
    folders = [options.run, *([options.data] if options.data else [])]
    for folder in folders:
        if (folder / TOKENIZER).is_file():
            return folder / TOKENIZER
    raise ConfigError(f"{options.run} has no {TOKENIZER}; give the shards with --data")


def _export_directory(newest: Path, tokenizer: Path, options: argparse.Namespace) -> None:
    require_writable(options.out, MODEL)
    state, weights = checkpoint.load_state(newest), checkpoint.best_weights(newest)
    config = ModelConfig.from_dict(state["model"])
    training = provenance(state)
    name, block = options.name or options.out.name, options.block or _own_block(state)
    rounding = Quantisation.in_blocks(block, options.bits)
    tuning = options.run / GATE if (options.run / GATE).is_file() else None
    training["tuning"] = INHERITED if tuning else NO_TUNING
    export(config, weights, tokenizer, options.out, name, rounding, training, tuning)
    print(_tuning_line(training["tuning"], options))
    texts = _validation_texts(options)
    if not texts:
        print("cost           not measured: give the shards with --data for validation text")
        return
    choices = [Quantisation.in_blocks(block, bits) for bits in (32, 8, 4)]
    costs = quantisation_costs(config, weights, tokenizer, texts, choices)
    print("\n".join(lines(costs)))


def _tuning_line(tuning: str, options: argparse.Namespace) -> str:
    """The lines on the model's tuning, and how to fit it: without its own, much stays unused."""
    data = options.data or Path(read_description(options.run).get("data", "SHARDS"))
    files = data / "files" / "validation"
    return (
        f"tuning         {tuning}; to fit it:\n"
        f"               python -m trainer tune --model {options.out} --files {files}"
    )


def _own_block(state: dict[str, Any]) -> int:
    """How many columns share a scale in the preset that was trained."""
    return PRESETS.get(state["provenance"].get("preset"), PRESETS["small"]).block


def _validation_texts(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Validation documents to measure rounding on; none if it is off or no shards are at hand."""
    data = options.data or Path(read_description(options.run).get("data", ""))
    if not options.cost_bytes or not (data / "shards.json").is_file():
        return []
    return [pair for pair in documents(data, "validation", options.cost_bytes) if pair[1]]


def _export_onnx(newest: Path, tokenizer: Path, options: argparse.Namespace) -> None:
    state, weights = checkpoint.load_state(newest), checkpoint.best_weights(newest)
    rounding = Quantisation.in_blocks(options.block or _own_block(state), options.bits)
    save_onnx(ModelConfig.from_dict(state["model"]), weights, tokenizer, options.out, rounding)


def _average(options: argparse.Namespace) -> int:
    shares = options.shares or [1.0] * len(options.models)
    out = average(
        options.models, shares, options.out, options.name or options.out.name, options.bits
    )
    print(f"{out}: the mean of {len(shares)} models; whether it is better, evaluate tells")
    print(f"next           python -m trainer tune --model {out} --files SHARDS/files/validation")
    return 0


def _convert(options: argparse.Namespace) -> int:
    from .export.convert import convert

    print(f"{convert(options.old, options.new)}: converted, nothing rounded again")
    return 0


def _export_gguf(newest: Path, tokenizer: Path, options: argparse.Namespace) -> None:
    from .export.gguf import save_gguf

    state = checkpoint.load_state(newest)
    weights = checkpoint.best_weights(newest)
    arrays = {name: value.float().numpy() for name, value in weights.items()}
    config = ModelConfig.from_dict(state["model"])
    save_gguf(config, arrays, tokenizer, options.out, options.name or options.out.stem)


def _keep(options: argparse.Namespace) -> int:
    description = read_description(options.run)
    preset = PRESETS[description["preset"]]
    peak = round(description["recipe"]["matrix_rate"] / preset.recipe.matrix_rate, 3)
    today = datetime.now(UTC).date().isoformat()
    stretch = stretches.measured(options.run, options.data, preset.name, peak, today)
    newest = checkpoint.newest_intact(options.run)
    assert newest is not None, "it was measured"
    stretches.save_stem(newest, _tokenizer(options), options.stem)
    stretches.append(options.log, stretch)
    if options.page:
        stretches.write_table(options.log, options.page)
    print(stretch)
    return 0


def _sft(options: argparse.Namespace) -> int:
    from .instruction.run import Job, tune_on_pairs

    start = options.start or engine.load().directory.path
    job = Job(
        options.pairs,
        start,
        options.out,
        _compute(options),
        options.form,
        options.epochs,
        options.peak,
        options.language,
        options.patience,
        options.answers,
        options.rows,
        tuple(options.set),
        60 * options.checkpoint_minutes,
    )
    tune_on_pairs(job)
    print(f"next           python -m trainer export --run {options.out} --out MODEL_DIRECTORY")
    return 0


def _tune(options: argparse.Namespace) -> int:
    if options.plot:
        require_picture(options.plot)
    torch.set_num_threads(1)  # for small tensors, a second thread costs more than it saves
    if options.only_mixing:
        tune_together(options.model, options.files, options.bytes)
        return 0
    by_language = tune(
        options.model, options.files, options.bytes, options.typed, options.stride,
        keep_mixing=options.keep_mixing, languages=options.languages,
        threshold=THRESHOLD if options.threshold is None else options.threshold,
    )  # fmt: skip
    for language, rows in by_language.items():
        print(language or "languages the model was not trained on")
        for confidence, right, count in rows:
            print(f"confidence {confidence:.2f}   first word right {right:.2f}   of {count}")
    if options.plot:
        plot_calibration(by_language, options.plot)
    return 0


def _attach(options: argparse.Namespace) -> int:
    taken = attach(options.model, options.specialist, options.files, options.bytes)
    print(f"{options.model}: {options.specialist} serves {', '.join(taken) or 'no language'}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    if options.document:
        require_page(options.document, HEADING)
    model = engine.load(options.model or PACKAGED / DEFAULT)
    sizes = Sizes(
        options.bytes, options.carets, options.typed, options.stretch, options.seed,
        options.threshold,
    )  # fmt: skip
    results = evaluate(model, options.files, sizes, lambda line: print(line, file=sys.stderr))
    print(json.dumps(results, indent=1) if options.json else table(results))
    if options.document:
        _write_page(options, results)
    return 0


def _write_page(options: argparse.Namespace, results: dict[str, Any]) -> None:
    picture = options.document.with_suffix(".png")
    plot_evaluation(results, picture)
    text = page(results, _command(options), picture.name)
    options.document.write_text(text, encoding="utf-8")


def _command(options: argparse.Namespace) -> str:
    """The command that repeats the measurement, with a placeholder for the folder of shards."""
    model = f" --model {options.model}" if options.model else ""
    sizes = " ".join(f"--{name} {getattr(options, name)}" for name in SIZE_OPTIONS)
    return f"python -m trainer evaluate{model} --files SHARDS/files/test {sizes}"


def _sample(options: argparse.Namespace) -> int:
    newest = checkpoint.newest_intact(options.run, print)
    if newest is None:
        raise CheckpointError(f"{options.run}: no checkpoint there")
    state = checkpoint.load_state(newest)
    model = Transformer(ModelConfig.from_dict(state["model"])).eval()
    model.load_state_dict(checkpoint.best_weights(newest))
    vocabulary = Tokenizer.load(_tokenizer(options))
    sampling = Sampling(options.tokens, options.temperature, seed=options.seed)
    prompt = _unescaped(options.prompt) if options.escapes else options.prompt
    print(prompt + sample(model, vocabulary, prompt, options.language, sampling))
    return 0


def _unescaped(text: str) -> str:
    """Text with escapes such as ``\\n`` read as in Python; other characters, such as é, stay."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def _personal(options: argparse.Namespace) -> int:
    from .personal.command import run as run_personal

    return run_personal(options)


def _federated(options: argparse.Namespace) -> int:
    from .federated.command import run as run_federated

    return run_federated(options)


def _presets(options: argparse.Namespace) -> int:
    for preset in PRESETS.values():
        recipe = preset.recipe
        print(
            f"{preset.name:22} {parameter_count(preset.model):>12,}  {recipe.optimiser:5}  "
            f"{recipe.step_tokens:>7,} tokens/step  {preset.purpose}"
        )
    return 0


def _pipeline(options: argparse.Namespace) -> int:
    job = Job(
        _preset(options),
        options.data,
        options.out,
        options.minutes,
        _compute(options),
        options.packed,
        options.smoke_seconds,
        options.cost_bytes,
        60 * options.checkpoint_minutes,
    )
    carry_out(job)
    return 0


def _series(options: argparse.Namespace) -> int:
    series = Series(
        options.packed,
        options.out,
        options.minutes,
        _compute(options),
        smoke_seconds=options.smoke_seconds,
        checkpoint_seconds=60 * options.checkpoint_minutes,
    )
    carry_out_series(series)
    return 0


def _unwrap(options: argparse.Namespace) -> int:
    print(f"{parcels.unwrap(options.parcels, options.out)}: reassembled and verified")
    return 0


COMMANDS = {
    "train": _train,
    "export": _export,
    "average": _average,
    "keep": _keep,
    "sft": _sft,
    "convert": _convert,
    "tune": _tune,
    "attach": _attach,
    "evaluate": _evaluate,
    "sample": _sample,
    "personal": _personal,
    "federated": _federated,
    "presets": _presets,
    "pipeline": _pipeline,
    "series": _series,
    "unwrap": _unwrap,
}
