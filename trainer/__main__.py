"""python -m trainer: train, export and measure models."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

from codecomplete import __version__
from codecomplete.trainer.federated import options as federated
from codecomplete.trainer.personal import options as personal
from codecomplete.trainer.runs.presets import PRESETS

INTRODUCTION = """\
python -m trainer makes a code model from token shards, on a laptop or on GPUs.

    python -m corpus build ...      token shards, from named public packages
    python -m trainer train ...     a run: checkpoints, a log, a loss plot; resumes by itself
    python -m trainer export ...    a model directory that the engine and every editor load
    python -m trainer evaluate ...  what it is worth, on files it has never seen

Four dials: --preset (python -m trainer presets), --data, --minutes or --tokens, --out. The rest
follows from them, and is printed before the run starts and stored in its directory. Every
command explains its options with --help.
"""
SENSIBLE_MINUTES = 20
SHARDS_WITHIN = ("shards.json", "*/shards.json", "*/*/shards.json")


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    options = _offer() if given.command is None else given
    if options is None:
        return 0
    from codecomplete.trainer import commands

    return commands.run(options)


def _offer() -> argparse.Namespace | None:
    """Explain, and propose a small run; its options if the user says yes on a terminal."""
    print(INTRODUCTION)
    shards = next((p.parent for w in SHARDS_WITHIN for p in sorted(Path().glob(w))), None)
    if shards is None:
        print("No shards lie here yet. Make some first: python -m corpus build --help")
        return None
    arguments = ["train", "--preset", _fitting(shards), "--data", str(shards), "--minutes"]
    arguments += [str(SENSIBLE_MINUTES), "--out", "runs/first"]
    print(f"A sensible small run, {SENSIBLE_MINUTES} minutes on this machine:\n")
    print(f"    python -m trainer {shlex.join(arguments)}\n")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    answer = input("Start it now? [y/N] ")
    return _parser().parse_args(arguments) if answer.strip().lower() in ("y", "yes") else None


def _fitting(shards: Path) -> str:
    """The smallest preset whose vocabulary holds that of the shards."""
    try:
        size = int(json.loads((shards / "shards.json").read_text())["vocabulary_size"])
    except (OSError, ValueError, KeyError, TypeError):
        return "small"
    fitting = [name for name in ("toy", "small", "flagship")
               if PRESETS[name].model.vocabulary_size >= size]  # fmt: skip
    return fitting[0] if fitting else "small"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer", description=__doc__)
    parser.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train a preset on shards; resumes by itself"))
    _add_export(commands.add_parser("export", help="write a run's newest checkpoint for use"))
    _add_keep(commands.add_parser("keep", help="keep a stretch of training for the next one"))
    _add_convert(commands.add_parser("convert", help="a model directory of an older format"))
    _add_tune(commands.add_parser("tune", help="fit what belongs to a model, on validation files"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a model directory on files"))
    _add_sample(commands.add_parser("sample", help="see what a run's checkpoint writes"))
    personal.add(commands.add_parser("personal", help="a model trained on code of yours"))
    federated.add(commands.add_parser("federated", help="one model that several people improve"))
    commands.add_parser("presets", help="list the presets with their sizes")
    _add_pipeline(commands.add_parser("pipeline", help="shards to measured results, in one go"))
    _add_series(commands.add_parser("series", help="every model a large GPU is wanted for"))
    unwrap = commands.add_parser("unwrap", help="put the parcels of a pipeline together again")
    unwrap.add_argument("parcels", type=Path)
    unwrap.add_argument("out", type=Path)
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--preset", choices=sorted(PRESETS), default="small", metavar="NAME", help="default: small")
    add("--data", type=Path, required=True, help="output of python -m corpus build")
    add("--tokens", type=int, help="train for this many tokens")
    add("--minutes", type=float, help="train for about this long")
    add("--out", type=Path, required=True, help="directory of the run")
    more = parser.add_argument_group("schedules over several sittings")
    more.add_argument("--constant", action="store_true", help="hold the rate after warm-up")
    more.add_argument(
        "--decay-from",
        type=int,
        metavar="STEP",
        help="end a constant-rate run: bring the rate to zero from this step to --tokens",
    )
    more.add_argument(
        "--start", type=Path, metavar="DIRECTORY", help="begin with the weights of a run or model"
    )
    more.add_argument(
        "--peak", type=float, metavar="SHARE", help="the part of the preset's rates to use"
    )
    more.add_argument("--seed", type=int, help="draw the rows in another order")
    _add_machine(parser)
    _add_rows(parser)
    parser.add_argument("--log-every", type=int, default=10, metavar="STEPS")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    """Options that change how fast a run is, and nothing about what it learns."""
    add = parser.add_argument_group("machine").add_argument
    add("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add("--precision", choices=("auto", "bf16", "fp32"), default="auto")
    add("--compile", choices=("auto", "on", "off"), default="auto", help="torch.compile")
    add("--attention", choices=("plain", "blocks", "flex"), help="path of sliding attention")
    add("--threads", type=int, default=0, help="CPU threads (default: all cores)")
    add("--checkpoint-minutes", type=float, default=3.0, metavar="MINUTES")


def _add_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, help="rows of one pass; the step stays the same")


def _add_export(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    formats = ("model", "onnx", "safetensors", "gguf", "pth")
    add("--run", type=Path, required=True, help="directory of the run")
    add(
        "--out",
        type=Path,
        required=True,
        help="directory (model, onnx, safetensors) or file to write",
    )
    add("--format", choices=formats, default="model", help="default: a model directory")
    add("--data", type=Path, help="shards it was trained on (default: where they were then)")
    add("--name", help="name of the model (default: that of the directory)")
    add("--bits", type=int, choices=(4, 8, 32), default=8, help="per weight, of a model directory")
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
    add("--data", type=Path, required=True, help="its shards; the loss on validation is measured")
    add("--stem", type=Path, required=True, help="directory of the weights to go on from")
    add("--log", type=Path, required=True, help="CSV that gets one more line")
    add("--page", type=Path, help="Markdown page in which the log is shown as a table")


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="model directory of the previous format")
    parser.add_argument("new", type=Path, help="directory to write")


def _add_tune(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, required=True, help="model directory; its gate.json is written")
    add("--files", type=Path, required=True, help="validation files, never those of a test")
    add("--bytes", type=int, default=100_000, help="per language, to fit local text on")
    add("--typed", type=int, default=16_000, help="characters per language, to fit the gate on")
    add("--stride", type=int, default=5, help="characters between two proposals")
    add("--plot", type=Path, help="draw the gate's calibration (PNG)")
    add("--keep-mixing", action="store_true", help="fit the gate only, local text being fitted")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--model", type=Path, help="model directory (default: the packaged one)")
    add("--files", type=Path, required=True, help="folder LANGUAGE/PACKAGE/..., or a list of files")
    add("--bytes", type=int, default=200_000, help="scored per language, at most about")
    add("--carets", type=int, default=200, help="places per language where lines are completed")
    add("--typed", type=int, default=3_000, help="characters per language of replayed typing")
    add("--stretch", type=int, default=300, help="characters typed at one place")
    add("--threshold", type=float, help="least confidence shown in typing (default: the model's)")
    add("--seed", type=int, default=1, help="of the random places")
    add("--json", action="store_true", help="print one JSON object")
    add(
        "--document", type=Path, metavar="PAGE", help="also write a page (Markdown) and its picture"
    )


def _add_sample(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", type=Path, required=True, help="directory of the run")
    add("--data", type=Path, help="shards, if the run has no tokenizer of its own")
    add("--prompt", default="", help="text to continue")
    add("--escapes", action="store_true", help="read \\n and the like in the prompt")
    add("--language", help="such as python")
    add("--tokens", type=int, default=100)
    add("--temperature", type=float, default=0.0)
    add("--seed", type=int, default=1)


def _add_pipeline(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--preset", choices=sorted(PRESETS), default="flagship", metavar="NAME")
    add("--data", type=Path, required=True, help="shards, or where packed ones are unpacked to")
    add("--packed", type=Path, help="packed shards (python -m corpus pack)")
    add("--out", type=Path, required=True, help="directory of everything that comes of it")
    add("--minutes", type=float, default=20.0, help="of training")
    add("--smoke-seconds", type=float, default=60.0, help="of measuring speeds beforehand")
    add("--cost-bytes", type=int, default=100_000, metavar="BYTES", help="measured per language")
    _add_machine(parser)
    _add_rows(parser)


def _add_series(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--packed", type=Path, required=True, help="packed shards (python -m corpus pack)")
    add("--out", type=Path, required=True, help="shards, and a folder for each model")
    add("--minutes", type=float, default=28.0, help="in all, unpacking and measuring included")
    add("--smoke-seconds", type=float, default=60.0, help="of measuring speeds, for each model")
    _add_machine(parser)


if __name__ == "__main__":
    sys.exit(main())
