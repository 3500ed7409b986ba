"""A model directory that is damaged, and sealed again so that no digest tells, is refused.

What is refused is refused in Python, with an error of the engine's own. What is not refused runs:
whatever its numbers are, no step reads or writes beyond the memory that it was given.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.directory import open_directory, seal
from codecomplete.engine.modeldir.names import DEFAULT, DESCRIPTION, PACKAGED, WEIGHTS
from codecomplete.engine.state.runtime import Runtime

NUMBERS = (0, -1, 1, 2, 3, 7, 63, 64, 65, 4096, 2**31 - 1, 2**31, 2**32, 2**63, 2**64, 2**80, 0.5)
OTHERS = (None, True, "", "1", [], {}, [1, 2, 3], float("nan"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory, vocabulary_file) -> Path:
    from tests.tiny import build

    return build("sliding", vocabulary_file, tmp_path_factory.mktemp("whole"), bits=8).directory


@pytest.fixture
def directory(whole, tmp_path) -> Path:
    return shutil.copytree(whole, tmp_path / "model")


def damage(values: dict, rng: random.Random) -> str:
    """Change one number or name somewhere in a description; returns what was done."""
    tensors = values["tensors"]
    name = rng.choice(sorted(tensors))
    kind = rng.choice(["offset", "shape", "bits", "block", "missing", "unknown", "swap", "config"])
    new = rng.choice(NUMBERS if rng.random() < 0.8 else OTHERS)
    if kind == "missing":
        del tensors[name]
    elif kind == "unknown":
        tensors["another.weight"] = copy.deepcopy(tensors[name])
    elif kind == "swap":
        other = rng.choice(sorted(tensors))
        tensors[name], tensors[other] = tensors[other], tensors[name]
    elif kind == "shape":
        shape = tensors[name]["shape"]
        shape[rng.randrange(len(shape))] = new
    elif kind == "config":
        name = rng.choice(sorted(values["config"]))
        values["config"][name] = new
    else:
        tensors[name][kind] = new
    return f"{kind} of {name}: {new!r}"


def try_it(directory: Path) -> bool:
    """Load and run a few steps; whether it was accepted."""
    try:
        opened = open_directory(directory)
        buffers = Runtime(opened).new_buffers()
    except engine.EngineError as error:
        assert "Traceback" not in str(error) and str(directory) in str(error)
        return False
    except MemoryError:  # sizes that are right, of a model that this machine cannot hold
        return False
    ids = [one % opened.config.vocabulary_size for one in range(3)]
    room = min(3, opened.config.capacity)
    logits = buffers.step(ids[:room], 0, 0)
    assert logits.shape == (opened.config.vocabulary_size,)
    return True


@pytest.mark.parametrize("seed", range(400))
def test_damaged_descriptions_are_refused_or_run(directory, seed):
    rng = random.Random(seed)
    values = json.loads((directory / DESCRIPTION).read_text())
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        damage(values, rng)
    text = json.dumps(values)
    (directory / DESCRIPTION).write_text(text)
    try_it(directory)


def test_most_damage_is_refused(directory, whole):
    refused = 0
    for seed in range(60):
        values = json.loads((whole / DESCRIPTION).read_text())
        damage(values, random.Random(seed))
        (directory / DESCRIPTION).write_text(json.dumps(values))
        refused += not try_it(directory)
    assert refused > 35


@pytest.mark.parametrize("seed", range(30))
def test_damaged_weights_run_without_harm(directory, seed):
    rng = np.random.default_rng(seed)
    path = directory / WEIGHTS
    data = np.fromfile(path, np.uint8)
    places = rng.integers(0, len(data), 1 + seed * 50)
    data[places] = rng.choice([0, 127, 128, 255], len(places))
    if seed % 3 == 0:  # not numbers, and infinities, wherever floats are
        data.view(np.uint32)[rng.integers(0, len(data) // 4, 200)] = [0x7FC00000, 0x7F800000] * 100
    path.write_bytes(data.tobytes())
    seal(directory, json.loads((directory / DESCRIPTION).read_text()))
    assert try_it(directory)


@pytest.mark.parametrize("lost", [1, 63, 64, 5000])
def test_shorter_weights_are_refused(directory, lost):
    path = directory / WEIGHTS
    path.write_bytes(path.read_bytes()[:-lost])
    seal(directory, json.loads((directory / DESCRIPTION).read_text()))
    with pytest.raises(engine.ModelDirectoryError, match=r"ends at [\d,]+, the file at [\d,]+"):
        open_directory(directory)


def test_the_packaged_directory_has_no_problems():
    assert open_directory(PACKAGED / DEFAULT).tensors
