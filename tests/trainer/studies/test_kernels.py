"""The comparison of kernels runs every contender on the same weights."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.engine.modeldir.directory import open_directory
from codecomplete.engine.state.runtime import Runtime
from codecomplete.trainer.export.graphrun import Graph
from codecomplete.trainer.studies import kernels


def test_the_contenders_run_the_same_model(tmp_path):
    sizes = kernels.prepare("small", tmp_path)
    assert sizes[kernels.KERNEL_4] < 0.7 * sizes[kernels.KERNEL] < 0.3 * sizes[kernels.TORCH]
    ids = np.random.default_rng(0).integers(20, 4000, 40).tolist()
    ours = Runtime(open_directory(tmp_path / kernels.KERNEL)).new_buffers().step(ids, 0, 0)
    theirs = Graph(tmp_path / kernels.ONNX).step(ids, 0, 0)[0]
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    assert sizes[kernels.LLAMA] == pytest.approx(sizes[kernels.KERNEL], rel=0.05)
    for name in kernels.present():
        contender = kernels.open_contender(name, tmp_path)
        contender.first()
        contender.replay()
        contender.step()


def test_what_is_not_installed_is_left_out(monkeypatch):
    assert kernels.LLAMA in kernels.present()
    monkeypatch.setattr(kernels.llamacpp, "PACKAGE", "a_package_that_nobody_has")
    monkeypatch.setattr(kernels.native, "paths", lambda library: {"scalar": 0})
    left_out = {kernels.LLAMA, kernels.KERNEL_AVX2}
    assert kernels.present() == [one for one in kernels.CONTENDERS if one not in left_out]


def test_turns_are_shared_out_evenly():
    runs: list[str] = []
    contenders = {
        name: kernels.Contender(lambda name=name: runs.append(name), lambda: None, lambda: None)
        for name in "ab"
    }
    times = kernels.race(contenders, 5)
    assert runs.count("a") == runs.count("b") == 100
    assert times["a"]["step_ms"] <= times["a"]["step_ms_median"]


def test_the_table_holds_every_contender():
    row = {"step_ms": 1.0, "step_ms_median": 2.0, "replay_ms": 3.0, "weights_mb": 4.0}
    row |= {"load_s": 0.1, "added_mb": 5.0}
    models = {"small": {name: dict(row) for name in kernels.CONTENDERS}}
    shown = kernels.table({"bandwidth_gb_s": 10.0, "models": models})
    wanted = "1.000 / 2.000 | 1.00 | 1.00 | 3.0 | 1.00 | 1.00"
    assert all(f"| {name} | {wanted} |" in shown for name in kernels.CONTENDERS)
    del models["small"][kernels.LLAMA]
    shown = kernels.table({"bandwidth_gb_s": 10.0, "models": models})
    assert f"| {kernels.ONNX} | 1.000 / 2.000 | 1.00 |  | 3.0 | 1.00 |  |" in shown
