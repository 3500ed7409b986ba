"""The command line of ``python -m trainer personal``; loads nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path

from .pace import PEAK, READINGS

EXPLANATION = """\
Train the model on code of yours, on this machine, and use it in every editor and prompt from then
on. Files that git ignores, that are private by name or that hold private keys are not read; keys,
passwords and addresses are taken out of all others before anything else. Nothing is sent anywhere.
The same command goes on after it was ended at any moment.
"""
MOST_MINUTES_SAID = 24 * 60


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command to a parser."""
    parser.description = EXPLANATION
    argument = parser.add_argument
    argument("paths", type=Path, nargs="*", metavar="PATH", help="folders with code of yours")
    argument("--minutes", type=float, default=30.0, help="of training, at most (default: 30)")
    argument("--name", help="of the new model (default: that of the first folder, and the day)")
    argument(
        "--replay",
        type=Path,
        metavar="SHARDS",
        help="shards of public code to read in between (default: none)",
    )
    argument(
        "--start",
        type=Path,
        metavar="DIRECTORY",
        help="model directory, run or stem to begin with (default: the packaged model)",
    )
    argument(
        "--ways", default="full,adapters", help="what to train: full, adapters, or both (default)"
    )
    argument(
        "--typed",
        type=int,
        default=12_000,
        metavar="CHARACTERS",
        help="replayed typing on which the result is judged",
    )
    argument(
        "--tune",
        action="store_true",
        help="fit again how far local text is believed and when to show: fewer wrong suggestions, "
        "and somewhat fewer keys saved",
    )
    argument(
        "--peak",
        type=float,
        default=PEAK,
        metavar="SHARE",
        help="highest rate, as a share of those with which a model is trained from nothing "
        f"(default: {PEAK})",
    )
    argument(
        "--readings",
        type=float,
        default=READINGS,
        metavar="TIMES",
        help=f"how often one pass reads your code (default: {READINGS:g})",
    )
    argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    argument("--no-use", action="store_true", help="keep the new model, but do not switch to it")
    instead = parser.add_argument_group("instead of training").add_mutually_exclusive_group()
    other = instead.add_argument
    other("--list", action="store_true", help="models of yours, and which one is in use")
    other("--use", metavar="NAME", help="use this one: a name, 'packaged', or a model directory")
    other("--undo", action="store_true", help="go back to what was in use before")
    other("--remove", metavar="NAME", help="delete a model of yours")
    other(
        "--show-memorised",
        metavar="NAME",
        nargs="?",
        const="",
        help="long pieces of your text that a model has by heart (default: the one in use)",
    )
