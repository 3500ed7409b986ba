"""A user with code and a tiny model, for whom a whole training takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.trainer.evaluation import tuning
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.personal import command, training

from .project import code


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "codecomplete"


@pytest.fixture(scope="session")
def mine(tmp_path_factory) -> Path:
    """The user's folder; not to be changed."""
    return code(tmp_path_factory.mktemp("user") / "mine")


@pytest.fixture(scope="session")
def base(tmp_path_factory, vocabulary_file) -> Path:
    """A model that knows nothing yet, with tuning."""
    import torch

    torch.manual_seed(3)
    config = ModelConfig(
        vocabulary_size=512, n_layer=1, n_head=2, n_kv_head=2, head_size=16, n_embd=32,
        n_hidden=64, window=32, softcap=30.0,
    )  # fmt: skip
    directory = tmp_path_factory.mktemp("base")
    model = Transformer(config)
    export(config, model.state_dict(), vocabulary_file, directory, "base", Quantisation(8, 32, 32))
    tuning.write_tuning(directory, threshold=0.3)
    return directory


@pytest.fixture
def quick(monkeypatch) -> None:
    quicken(monkeypatch)


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Little to measure, and short rows."""
    patch.setattr(command, "STOPPED_BY", 1_500)
    patch.setattr(command, "JUDGED_BY", 2_000)
    patch.setattr(command, "MEMORISED_BYTES", 5_000)
    patch.setattr(command, "FEWEST_TYPED", 100)
    patch.setattr(training, "ROW_TOKENS", 128)
    patch.setattr(tuning, "NEAR_STEPS", 50)
    # as many steps as a machine of this speed makes, however busy the one is that tests
    patch.setattr(training, "_speed", lambda *_: 60_000.0)
