"""python -m trainer: train, export and measure models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .presets import PRESETS


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    from . import commands  # torch takes a second to import; help does not need it

    return commands.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    train = commands.add_parser("train", help="train a preset on token shards; resumes by itself")
    train.add_argument("--preset", choices=sorted(PRESETS), default="small")
    train.add_argument("--data", type=Path, required=True, help="output of python -m corpus build")
    train.add_argument("--out", type=Path, required=True, help="directory of the run")
    train.add_argument("--tokens", type=int, help="stop after this many training tokens")
    train.add_argument(
        "--constant",
        action="store_true",
        help="hold the rate after warm-up; end the run later with --decay-from",
    )
    train.add_argument(
        "--decay-from",
        type=int,
        metavar="STEP",
        help="bring a constant-rate run down from this step",
    )
    train.add_argument("--threads", type=int, default=0, help="CPU threads (default: all cores)")
    export = commands.add_parser("export", help="write the model directory of a checkpoint")
    export.add_argument("--run", type=Path, required=True, help="directory of the run")
    export.add_argument("--data", type=Path, required=True, help="shards it was trained on")
    export.add_argument("--out", type=Path, required=True, help="model directory to write")
    export.add_argument("--name", help="name of the model (default: that of the directory)")
    export.add_argument("--bits", type=int, choices=(4, 8, 32), default=8)
    export.add_argument("--block", type=int, default=64, help="columns that share a scale")
    evaluate = commands.add_parser("evaluate", help="measure a model directory on files")
    evaluate.add_argument("--model", type=Path, help="model directory (default: the packaged one)")
    evaluate.add_argument(
        "--files",
        type=Path,
        required=True,
        help="folder LANGUAGE/PACKAGE/... as corpus build writes it",
    )
    evaluate.add_argument("--bytes", type=int, default=300_000, help="per language, at most")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    commands.add_parser("presets", help="list the presets with their sizes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
