"""Shared fixtures: tiny models built from a seed, nothing downloaded."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from pathlib import Path

import hypothesis
import pytest

# The process that only hands out tests to workers reads this file too; nothing slow is imported
# before there is something to run.

# How long an example takes says how busy the machine is, not whether a property holds.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Let every program that a test starts end when it is told to.

    Under ``nohup`` or behind ``&`` signals are ignored, which a new program inherits; what has a
    handler here has its default there.
    """
    if config.getoption("tx"):
        from tests import scheduling, workers

        config.pluginmanager.register(scheduling)
        config.pluginmanager.register(workers)
    gc.disable()  # until every module is imported, which leaves little of it
    # Whoever has chosen a model of their own tests the packaged one all the same.
    data = tempfile.TemporaryDirectory(prefix="codecomplete-data-")
    config.add_cleanup(data.cleanup)
    os.environ["XDG_DATA_HOME"] = data.name
    for one in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:  # Python ignores these
        if signal.getsignal(one) is signal.SIG_IGN:
            signal.signal(one, lambda *_: None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker waits for another at the end."""
    from tests.scheduling import TOGETHER

    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not item.nodeid.startswith(TOGETHER), item.path not in slow))


def pytest_collection_finish() -> None:
    """Modules stay until the end: search them for garbage once, and not again in every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # nor for the little that one test leaves
    gc.enable()
    import torch

    torch.set_num_threads(1)  # tests run beside each other, and their models are tiny


@pytest.fixture(scope="session")
def vocabulary_file(tmp_path_factory) -> Path:
    """A byte-level vocabulary of 512 tokens, learned from a few lines of code."""
    from tests import tiny

    path = tmp_path_factory.mktemp("vocabulary") / "tokenizer.json"
    tiny.train_tokenizer().save(str(path))
    return path


@pytest.fixture(scope="session")
def tokenizer(vocabulary_file):
    from codecomplete.engine.tokenizer import Tokenizer

    return Tokenizer.load(vocabulary_file)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory, vocabulary_file):
    """Builds (once per kind) a tiny model: ``make_model("sliding")`` or ``make_model("block")``."""
    from tests import tiny

    built: dict[str, tiny.TinyModel] = {}

    def make(kind: str) -> tiny.TinyModel:
        if kind not in built:
            built[kind] = tiny.build(kind, vocabulary_file, tmp_path_factory.mktemp(kind))
        return built[kind]

    return make
