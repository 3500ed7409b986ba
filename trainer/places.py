"""The kinds of folders and files that the trainer writes, and how it recognises them.

It never overwrites anything else: see ``corpus/outputs.py``. Knows names and marks, no contents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from codecomplete.corpus import OutputError
from codecomplete.corpus.outputs import Kind, require_file
from codecomplete.engine.modeldir.names import DESCRIPTION

RUN_DESCRIPTION = "run.json"
PICTURES = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".jpg": b"\xff\xd8\xff"}
GGUF, ZIP = b"GGUF", b"PK\x03\x04"
STEP = re.compile(r"step-\d{8}")
UNFINISHED_STEP = re.compile(r"\.writing-\d{8}")


def _sealed(folder: Path) -> Collection[str] | None:
    """The files for which ``model.json`` has digests."""
    facts = _json(folder / DESCRIPTION)
    return [*facts["files"], DESCRIPTION] if {"format", "files"} <= facts.keys() else None


MODEL = Kind("a model directory", _sealed)
PLAIN_WEIGHTS = Kind("weights as safetensors")
RUN = Kind("a training run")
STEM = Kind("the stem of a training")
PIPELINE = Kind("the results of a pipeline")
GRAPH = Kind("an ONNX graph")
SERIES = Kind("the results of a series")
PARCELS = Kind("parcels")
UNWRAPPED = Kind("what came out of parcels")
STUDY = Kind("the runs of a study")


def read_description(run: Path) -> dict[str, Any]:
    """The content of a run's ``run.json``, or an empty dictionary if there is none."""
    return _json(run / RUN_DESCRIPTION)


def is_run(folder: Path) -> bool:
    """Whether a folder without a marker is a run: it has a description or checkpoints."""
    described = {"recipe", "model"} <= read_description(folder).keys()
    return described or any(steps(folder))


def is_pipeline(folder: Path) -> bool:
    return {"preset", "stages"} <= _json(folder / "pipeline.json").keys()


def is_series(folder: Path) -> bool:
    return any("outcome" in row for row in _json(folder / "series.json").values())


def steps(run: Path) -> list[Path]:
    """A run's checkpoints, ordered by their names, oldest first."""
    return sorted(path for path in run.glob("step-*") if STEP.fullmatch(path.name))


def unfinished_steps(run: Path) -> list[Path]:
    """Checkpoints whose writing was interrupted."""
    return [path for path in run.glob(".writing-*") if UNFINISHED_STEP.fullmatch(path.name)]


def require_picture(path: Path) -> None:
    """Raise OutputError unless a picture can be written there without overwriting another file."""
    begins = PICTURES.get(path.suffix.lower())
    if begins is None:
        raise OutputError(f"{path}: expected a name that ends in one of {', '.join(PICTURES)}")
    require_file(path, begins)


def require_page(page: Path, heading: str) -> None:
    """Raise OutputError unless a page with that heading and its picture may be written."""
    picture = page.with_suffix(".png")
    require_file(page, heading.encode())
    require_picture(picture)
    if picture.exists() and not page.exists():
        raise OutputError(
            f"{picture} is there without {page.name}, so it belongs to something else; nothing was "
            "changed: choose another name for the page"
        )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
