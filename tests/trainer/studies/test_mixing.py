"""The study of networks for local text sees what the tables see, and its networks give
distributions."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from codecomplete import engine
from codecomplete.engine.local.mixing import SHAPE, Mixer
from codecomplete.engine.local.text import SOURCES
from codecomplete.trainer.evaluation.files import SourceText
from codecomplete.trainer.evaluation.local import SLOTS, logits_of, observe
from codecomplete.trainer.evaluation.report import project
from codecomplete.trainer.evaluation.tuning import write_tuning
from codecomplete.trainer.studies import mixing
from codecomplete.trainer.studies.mixing import PROPOSED, Networks, Places

ROOT = Path(__file__).parents[3]
BEGIN = 1 / (1 + math.exp(3))  # the share that every match has before the networks are fitted
ALIKE = Mixer({source: np.full(SHAPE, BEGIN, np.float32) for source in SOURCES})


@pytest.fixture
def files(tmp_path) -> Path:
    """Packages of two files, to fit on and to measure."""
    for split, names in {"validation": ("edits", "window"), "test": ("runtime", "context")}.items():
        folder = tmp_path / "shards" / "files" / split / "python" / "package"
        folder.mkdir(parents=True)
        for name in names:
            shutil.copy(ROOT / f"engine/state/{name}.py", folder)
    return tmp_path / "shards"


@pytest.fixture
def directory(make_model, tmp_path) -> Path:
    """A model that believes every match alike."""
    copy = shutil.copytree(make_model("sliding").directory, tmp_path / "model")
    write_tuning(copy, mixing=ALIKE.to_dict())
    return copy


def test_before_they_are_fitted_the_networks_say_what_even_tables_say(directory, files):
    model, root = engine.load(directory), files / "files" / "test"
    path = root / "python" / "package" / "runtime.py"
    text = SourceText(path, "python", path.read_text()[:3000])
    beside = project(model, text, root)
    tables = observe(model, text.text, "python", beside).surprise(logits_of(ALIKE))
    seen = mixing.places(model, text, root)
    assert torch.allclose(Networks(seen, 4, 4)(seen), tables, atol=1e-3)
    assert (seen.there.sum(1) > 8).any(), "several sources match somewhere"


def test_whatever_the_networks_say_the_result_is_a_distribution():
    """Five tokens, of which two followed a match: one row for each that may come next."""
    model = torch.tensor([0.1, 0.3, 0.2, 0.15, 0.25])
    followed = torch.tensor([2 / 3, 1 / 3, 0, 0, 0])
    is_target = torch.zeros(5, PROPOSED, dtype=torch.bool)
    is_target[0, 0] = is_target[1, 1] = True
    slot = torch.nn.functional.one_hot(torch.tensor(3), SLOTS)
    proposed = torch.zeros(PROPOSED)
    proposed[:2] = model[:2]
    shares = torch.zeros(PROPOSED, SLOTS)
    shares[:2] = followed[:2, None] * slot
    seen = Places(
        target=model,
        matches=torch.randn(SLOTS, 14).expand(5, -1, -1),
        there=slot.float().expand(5, -1),
        shares=followed[:, None] * slot,
        tokens=torch.randn(PROPOSED, 14).expand(5, -1, -1),
        proposed=proposed.expand(5, -1),
        proposed_shares=shares.expand(5, -1, -1),
        is_target=is_target,
    )
    networks = Networks(seen, 6, 6)
    assert networks.correct is not None
    for network in (networks.pull, networks.correct):
        torch.nn.init.normal_(network[2].weight)
    likely = torch.exp2(-networks(seen))
    assert likely.sum().item() == pytest.approx(1, abs=1e-5)
    even = torch.exp2(-Networks(seen, 6, 6)(seen))
    assert not torch.allclose(likely, even, atol=1e-3), "they do say something"


def test_the_table_is_written_and_fitting_helps(directory, files, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(mixing, "STEPS", 60)
    page = tmp_path / "page.md"
    page.write_text("<!-- mixing: begin -->\n<!-- mixing: end -->\n")
    places = ["--data", str(files), "--work", str(tmp_path / "work"), "--page", str(page)]
    sizes = ["--languages", "python", "--bytes", "6000", "--local", "4000"]
    mixing.main(["--model", str(directory), *places, *sizes])
    even, pulling, correcting = json.loads((tmp_path / "work/results.json").read_text()).values()
    assert capsys.readouterr().out.strip() in page.read_text()
    assert even["numbers"] == len(SOURCES) * math.prod(SHAPE) > correcting["numbers"]
    for name in ("bits per byte, file", "bits per byte, project"):
        assert pulling[name] < even[name] and correcting[name] < even[name]
