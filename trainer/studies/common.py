"""The options and outputs that studies of small models have in common."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from codecomplete.corpus.outputs import claim
from codecomplete.corpus.pages import write_between

from ..places import STUDY, require_picture


def parser_of(
    description: str | None, plot: bool = False, required: bool = True
) -> argparse.ArgumentParser:
    """The options of every study; with ``plot``, also one for its picture."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=required, help="shards, vocabulary 4,096")
    parser.add_argument("--work", type=Path, required=required, help="where the runs are kept")
    if plot:
        parser.add_argument("--plot", type=Path, required=required, help="picture to write")
    parser.add_argument(
        "--page", type=Path, help="page to write the table into, between the study's marks"
    )
    parser.add_argument("--threads", type=int, default=1)
    return parser


def dot(axes: Any, name: str, place: tuple[float, float], height: float) -> None:
    """Draw one model in a picture, with its name ``height`` points above it."""
    axes.plot(*place, "o", color="#08519c")
    axes.annotate(name, place, xytext=(5, height), textcoords="offset points", fontsize="small")


def begin(options: argparse.Namespace) -> None:
    """Raise an error if results could not be written at the end, and claim the folder."""
    if getattr(options, "plot", None) is not None:
        require_picture(options.plot)
    claim(options.work, STUDY)
    torch.set_num_threads(options.threads)


def finish(name: str, results: Any, table: str, options: argparse.Namespace) -> None:
    """Print the table, store its data, and write it into the page."""
    print(table)
    (options.work / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if options.page is not None:
        write_between(options.page, name, table + "\n")
