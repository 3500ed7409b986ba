"""The kinds of folders and files that the trainer writes, by which it knows its own again.

Nothing else is ever written over: see ``corpus/outputs.py``. Knows names and marks, no contents.
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
    """The files that ``model.json`` has digests of."""
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
    """``run.json`` of a run, or an empty dictionary where it has none."""
    return _json(run / RUN_DESCRIPTION)


def is_run(folder: Path) -> bool:
    """Whether a folder without a marker is a run: it says so, or has checkpoints."""
    described = {"recipe", "model"} <= read_description(folder).keys()
    return described or any(steps(folder))


def is_pipeline(folder: Path) -> bool:
    return {"preset", "stages"} <= _json(folder / "pipeline.json").keys()


def is_series(folder: Path) -> bool:
    return any("outcome" in row for row in _json(folder / "series.json").values())


def steps(run: Path) -> list[Path]:
    """The checkpoints of a run, oldest first, by their names."""
    return sorted(path for path in run.glob("step-*") if STEP.fullmatch(path.name))


def unfinished_steps(run: Path) -> list[Path]:
    """Checkpoints whose writing was interrupted."""
    return [path for path in run.glob(".writing-*") if UNFINISHED_STEP.fullmatch(path.name)]


def require_picture(path: Path) -> None:
    """OutputError unless a picture can be written there without a loss."""
    begins = PICTURES.get(path.suffix.lower())
    if begins is None:
        raise OutputError(f"{path}: expected a name that ends in one of {', '.join(PICTURES)}")
    require_file(path, begins)


def require_page(page: Path, heading: str) -> None:
    """OutputError unless a page of that heading and the picture beside it may be written."""
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
