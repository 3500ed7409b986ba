"""python -m trainer: train, export and measure models."""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from codecomplete import __version__
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED, TOKENIZER
from codecomplete.trainer.federated import options as federated
from codecomplete.trainer.personal import options as personal
from codecomplete.trainer.runs.presets import PRESETS

INTRODUCTION = """\
python -m trainer makes a code model from token shards, on a laptop or on GPUs.

    python -m corpus build ...      token shards, from named public packages
    python -m trainer train ...     a run: checkpoints, a log, a loss plot; resumes by itself
    python -m trainer export ...    a model directory that the engine and every editor load
    python -m trainer evaluate ...  how good it is, on files it has never seen

Four options matter: --preset (python -m trainer presets), --data, --minutes or --tokens, --out.
Everything else follows from them, is printed before the run starts, and is stored in its
directory. Every command explains its options with --help.
"""
SENSIBLE_MINUTES = 3
MOST_TOKENS = 4096  # of a vocabulary for models that a small machine trains
BEFORE = """\
There are no shards here yet. This command makes some in two minutes, from public packages and your
own code, in the vocabulary of the packaged model, so that a run can start from that model:

    python -m corpus build --profile own --folder YOUR_CODE --tokenizer {tokenizer} \\
        --work work --out shards

It reads Python, C and Java; --languages c reads C only, which is quicker, and --profile ten reads
ten languages, which takes longer. Leave out --folder to use public packages only, and --tokenizer
to train a model from scratch. After that, python -m trainer proposes a run.
"""
TOO_LARGE = """\
{shards} has a vocabulary for large models, which a small machine cannot train in useful time.
This command writes the same text in a smaller vocabulary, in a few minutes:

    python -m corpus recode {shards} shards-small --vocabulary {vocabulary}

After that, python -m trainer proposes a run. For a large GPU: python -m trainer pipeline --help
"""
SHARDS_WITHIN = ("shards.json", "*/shards.json", "*/*/shards.json")


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    options = _offer() if given.command is None else given
    if options is None:
        return 0
    from codecomplete.trainer import commands

    return commands.run(options)


def _offer() -> argparse.Namespace | None:
    """Explain, and propose a small run; returns its options if the user agrees on a terminal."""
    print(INTRODUCTION)
    found = [p.parent for w in SHARDS_WITHIN for p in sorted(Path().glob(w))]
    shards = next((p for p in found if _fitting(p)), next(iter(found), None))
    if shards is None:
        print(BEFORE.format(tokenizer=_packaged() / TOKENIZER))
        return None
    if (preset := _fitting(shards)) is None:
        print(TOO_LARGE.format(shards=shlex.quote(str(shards)), vocabulary=MOST_TOKENS))
        return None
    arguments = ["train", "--preset", preset, "--data", str(shards), "--minutes"]
    arguments += [str(SENSIBLE_MINUTES), "--out", "runs/first", *_beginning(shards)]
    print(f"A sensible small run, {SENSIBLE_MINUTES} minutes on this machine:\n")
    print(f"    python -m trainer {shlex.join(arguments)}\n")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    answer = input("Start it now? [y/N] ")
    return _parser().parse_args(arguments) if answer.strip().lower() in ("y", "yes") else None


def _fitting(shards: Path) -> str | None:
    """The smallest preset for a small machine with a vocabulary as large as that of the shards."""
    try:
        size = int(json.loads((shards / "shards.json").read_text())["vocabulary_size"])
    except (OSError, ValueError, KeyError, TypeError):
        return "small"
    fitting = (name for name in ("toy", "small") if PRESETS[name].model.vocabulary_size >= size)
    return next(fitting, None)


def _beginning(shards: Path) -> list[str]:
    """Options that start from the packaged model, if the shards have its vocabulary."""
    own, packaged = shards / TOKENIZER, _packaged()
    try:
        same = own.read_bytes() == (packaged / TOKENIZER).read_bytes()
    except OSError:
        return []
    return ["--start", str(packaged), "--peak", "0.25"] if same else []


def _packaged() -> Path:
    """The packaged model, by a short path if there is one."""
    found = PACKAGED / DEFAULT
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer", description=__doc__)
    parser.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train a preset on shards; resumes by itself"))
    _add_export(commands.add_parser("export", help="write a run's checkpoint in a format for use"))
    _add_average(commands.add_parser("average", help="average the weights of several models"))
    _add_keep(commands.add_parser("keep", help="keep a stretch of training for the next one"))
    _add_convert(
        commands.add_parser("convert", help="convert a model directory from an older format")
    )
    _add_tune(
        commands.add_parser("tune", help="fit a model's gate and local text, on validation files")
    )
    _add_attach(commands.add_parser("attach", help="serve a specialist where it is better"))
    _add_sft(commands.add_parser("sft", help="tune on requests and answers (instruction tuning)"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a model directory on files"))
    _add_sample(commands.add_parser("sample", help="print text that a run's checkpoint writes"))
    personal.add(commands.add_parser("personal", help="train a model on your own code"))
    federated.add(commands.add_parser("federated", help="improve one model with several people"))
    commands.add_parser("presets", help="list the presets with their sizes")
    _add_pipeline(
        commands.add_parser("pipeline", help="from shards to measured results in one command")
    )
    _add_series(commands.add_parser("series", help="train every model that needs a large GPU"))
    unwrap = commands.add_parser("unwrap", help="reassemble the parcels of a pipeline")
    unwrap.add_argument("parcels", type=Path)
    unwrap.add_argument("out", type=Path)
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--preset", choices=sorted(PRESETS), default="small", metavar="NAME", help="default: small")
    add("--data", type=Path, required=True, help="output of python -m corpus build")
    add("--tokens", type=int, help="train for this many tokens")
    add("--minutes", type=time_span, help="train for about this long")
    add("--out", type=Path, required=True, help="directory of the run")
    more = parser.add_argument_group("schedules over several sessions")
    more.add_argument(
        "--constant", action="store_true", help="keep the learning rate constant after warm-up"
    )
    more.add_argument(
        "--decay-from",
        type=int,
        metavar="STEP",
        help="end a constant-rate run: lower the rate to zero from this step to --tokens",
    )
    more.add_argument(
        "--start", type=Path, metavar="DIRECTORY", help="start from the weights of a run or model"
    )
    more.add_argument(
        "--peak", type=float, metavar="SHARE", help="fraction of the preset's learning rates to use"
    )
    more.add_argument("--seed", type=int, help="seed for the order of the rows")
    more.add_argument(
        "--patience",
        type=whole(0),
        default=0,
        metavar="N",
        help="stop after N measurements on held-out text without an improvement (default: never)",
    )
    _add_machine(parser)
    _add_rows(parser)
    _add_recipe(parser)
    parser.add_argument("--log-every", type=whole(1), default=10, metavar="STEPS")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    """Options that change only how fast a run is, not what it learns."""
    add = parser.add_argument_group("machine").add_argument
    add("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add("--precision", choices=("auto", "bf16", "fp16", "fp32"), default="auto")
    add("--compile", choices=("auto", "on", "off"), default="auto", help="torch.compile")
    add(
        "--attention",
        choices=("plain", "blocks", "flex"),
        help="implementation of sliding attention",
    )
    add("--threads", type=whole(0), default=0, help="CPU threads (default: all cores)")
    add("--checkpoint-minutes", type=time_span, default=3.0, metavar="MINUTES")


def _add_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=whole(1), help="rows per pass; the step stays the same")


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="change the recipe, such as accumulation=8 epsilon=1e-6 clip=0.5 skip=10",
    )


def whole(least: int) -> Callable[[str], int]:
    """Reads a whole number of at least ``least``."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(
                f"{text!r}; expected a whole number of at least {least}"
            )
        return number

    return read


def time_span(text: str) -> float:
    """Reads minutes: a finite number of at least 0."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not (math.isfinite(minutes) and minutes >= 0):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a finite number of at least 0")
    return minutes


def _add_average(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "models",
        type=Path,
        nargs="+",
        metavar="MODEL",
        help="runs or model directories with one origin; the first gives the tuning",
    )
    add("--shares", type=float, nargs="+", metavar="N", help="their weights (default: all alike)")
    add("--out", type=Path, required=True, help="model directory to write")
    add("--name", help="name of the model (default: the directory's name)")
    add("--bits", type=int, choices=(4, 8, 32), default=8, help="bits per weight")


def _add_export(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    formats = ("model", "onnx", "safetensors", "gguf", "transformers", "pth")
    add("--run", type=Path, required=True, help="directory of the run")
    add(
        "--out",
        type=Path,
        required=True,
        help="file (gguf, pth) or directory to write",
    )
    add("--format", choices=formats, default="model", help="default: a model directory")
    add(
        "--data",
        type=Path,
        help="shards it was trained on (default: where they were during training)",
    )
    add(
        "--checkpoint",
        choices=("newest", "best"),
        default="newest",
        help="the newest checkpoint (default), or the best on held-out text",
    )
    add("--name", help="name of the model (default: the directory's name)")
    add(
        "--bits",
        type=int,
        choices=(4, 8, 32),
        default=8,
        help="bits per weight in a model directory",
    )
    add("--block", type=int, help="columns that share a scale (default: the preset's)")
    add(
        "--cost-bytes",
        type=int,
        default=20_000,
        metavar="BYTES",
        help="validation text per language on which the cost of 8 and 4 bits is measured; 0: off",
    )


def _add_keep(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", type=Path, required=True, help="directory of a run at a constant rate")
    add(
        "--data",
        type=Path,
        required=True,
        help="its shards, on which the validation loss is measured",
    )
    add(
        "--stem",
        type=Path,
        required=True,
        help="directory for the weights that the next run starts from",
    )
    add("--log", type=Path, required=True, help="CSV that gets one more line")
    add("--page", type=Path, help="Markdown page that shows the log as a table")


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="model directory of the previous format")
    parser.add_argument("new", type=Path, help="directory to write")


def _add_tune(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="model directory; its gate.json is written")
    add("--files", type=Path, required=True, help="validation files, never those of a test")
    add("--bytes", type=int, default=100_000, help="bytes per language for fitting local text")
    add("--typed", type=int, default=16_000, help="characters per language for fitting the gate")
    add("--stride", type=int, default=5, help="characters between two proposals")
    add("--plot", type=Path, help="draw the gate's calibration (PNG)")
    add(
        "--keep-mixing",
        action="store_true",
        help="fit only the gate, and keep the fit of local text",
    )
    add(
        "--only-mixing",
        action="store_true",
        help="fit only local text: once for the model and its specialists, on all languages",
    )
    add("--languages", type=_names, default=(), help="fit only on these languages, such as go,rust")
    add("--threshold", type=float, help="lowest confidence that is shown (default: 0.25)")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _add_attach(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="model directory; its model.json is written")
    add("--specialist", required=True, metavar="NAME", help="folder in its specialists/")
    add("--files", type=Path, required=True, help="validation files, never those of a test")
    add("--bytes", type=int, default=40_000, help="bytes per language to compare on")


def _add_sft(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--pairs",
        type=Path,
        required=True,
        help="JSON lines in Alpaca's format, or a folder from python -m corpus pairs",
    )
    add("--start", type=Path, help="run, stem or model to tune (default: the packaged model)")
    add("--out", type=Path, required=True, help="directory of the run")
    add(
        "--form",
        choices=("inline", "marks", "alpaca"),
        default="inline",
        help="a comment above its code as in editors (default), two marks, or Alpaca's template",
    )
    add(
        "--epochs",
        type=time_span,
        default=3.0,
        help="how many times every pair is read; default: 3",
    )
    add(
        "--peak",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="fraction of the usual learning rates; default: 0.1",
    )
    add("--language", default="python", help="language of pairs that name none; default: python")
    add("--patience", type=whole(0), default=3, metavar="N", help="as in train; default: 3")
    add("--answers", type=whole(1), default=100, help="programs to write and compile at the end")
    _add_machine(parser)
    parser.add_argument("--rows", type=whole(1), default=16, help="rows per step; default: 16")
    _add_recipe(parser)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, help="model directory (default: the packaged one)")
    add("--files", type=Path, required=True, help="folder LANGUAGE/PACKAGE/..., or a list of files")
    add("--bytes", type=int, default=200_000, help="approximate most bytes scored per language")
    add("--carets", type=int, default=200, help="places per language where lines are completed")
    add("--typed", type=int, default=3_000, help="characters per language of replayed typing")
    add("--stretch", type=int, default=300, help="characters typed at one place")
    add(
        "--threshold",
        type=float,
        help="lowest confidence shown while typing (default: the model's)",
    )
    add("--seed", type=int, default=1, help="seed for the random places")
    add("--json", action="store_true", help="print one JSON object")
    add(
        "--document", type=Path, metavar="PAGE", help="also write a page (Markdown) and its picture"
    )


def _add_sample(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", type=Path, required=True, help="directory of the run")
    add("--data", type=Path, help="shards, if the run has no tokenizer of its own")
    add("--prompt", default="", help="text to continue")
    add("--escapes", action="store_true", help="interpret \\n and the like in the prompt")
    add("--language", help="language, such as python")
    add("--tokens", type=int, default=100)
    add("--temperature", type=float, default=0.0)
    add("--seed", type=int, default=1)


def _add_pipeline(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--preset", choices=sorted(PRESETS), default="flagship", metavar="NAME")
    add("--data", type=Path, required=True, help="shards, or where packed ones are unpacked to")
    add("--packed", type=Path, help="packed shards (python -m corpus pack)")
    add("--out", type=Path, required=True, help="directory for all results")
    add("--minutes", type=time_span, default=20.0, help="minutes of training")
    add(
        "--smoke-seconds",
        type=float,
        default=60.0,
        help="seconds spent measuring speeds beforehand",
    )
    add("--cost-bytes", type=int, default=100_000, metavar="BYTES", help="bytes per language")
    _add_machine(parser)
    _add_rows(parser)
    _add_recipe(parser)


def _add_series(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--packed", type=Path, required=True, help="packed shards (python -m corpus pack)")
    add("--out", type=Path, required=True, help="shards, and a folder for each model")
    add(
        "--minutes",
        type=time_span,
        default=28.0,
        help="minutes in all, including unpacking and measuring",
    )
    add(
        "--smoke-seconds",
        type=float,
        default=60.0,
        help="seconds spent measuring speeds, for each model",
    )
    _add_machine(parser)


if __name__ == "__main__":
    sys.exit(main())
