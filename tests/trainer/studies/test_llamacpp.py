"""llama.cpp runs what it is given: the tokens, after those that it has read, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED, TOKENIZER
from codecomplete.trainer.errors import MissingExtraError
from codecomplete.trainer.export.gguf import save_gguf
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.studies import llamacpp

IDS = np.random.default_rng(0).integers(20, 500, 40).tolist()


@pytest.fixture
def small(tmp_path):
    config = llamacpp.like(PRESETS["toy"].model)
    arrays = {name: value.numpy() for name, value in Transformer(config).state_dict().items()}
    path = tmp_path / "model.gguf"
    vocabulary = llamacpp.plain_vocabulary(PACKAGED / DEFAULT / TOKENIZER, tmp_path / TOKENIZER)
    save_gguf(config, arrays, vocabulary, path, "test", eight_bits=True)
    opened = llamacpp.LlamaCpp(path, 64)
    yield opened
    opened.close()


def test_a_step_continues_what_was_read(small):
    wanted = small.step(IDS, 0).copy()
    small.step(IDS[:-1], 0)
    assert np.corrcoef(small.step(IDS[-1:], len(IDS) - 1), wanted)[0, 1] > 0.9999
    small.step(IDS[:30] + IDS[:5], 0)
    assert np.corrcoef(small.step(IDS[30:], 30), wanted)[0, 1] > 0.9999
    assert np.corrcoef(small.step(IDS[:-1], 0), wanted)[0, 1] < 0.99


def test_more_than_fits_is_refused(small):
    small.step(IDS, 0)
    with pytest.raises(ValueError, match="30 tokens after 40, but 40 were read, 64 fit"):
        small.step(IDS[:30], 40)
    small.step(IDS[:24], 40)


def test_tokens_after_none_are_refused(small):
    with pytest.raises(ValueError, match="3 tokens after 20, but 0 were read"):
        small.step(IDS[:3], 20)


@pytest.mark.parametrize("name", ["small", "flagship", "system-a", "characters"])
def test_its_llama_has_about_as_many_weights(name):
    ours = PRESETS[name].model
    theirs = llamacpp.like(ours)
    assert (theirs.n_embd, theirs.n_layer, theirs.n_head, theirs.n_kv_head) == (
        ours.n_embd, ours.n_layer, ours.n_head, ours.n_kv_head,
    )  # fmt: skip
    sizes = [sum(p.numel() for p in Transformer(one).parameters()) for one in (ours, theirs)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.03)


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF of another kind")
    with pytest.raises(ValueError, match=r"model\.gguf: llama\.cpp cannot load"):
        llamacpp.LlamaCpp(tmp_path / "model.gguf", 64)


def test_without_its_package_it_says_so(monkeypatch):
    monkeypatch.setattr(llamacpp, "PACKAGE", "a_package_that_nobody_has")
    assert not llamacpp.is_installed()
    llamacpp._open.cache_clear()
    with pytest.raises(MissingExtraError, match="a_package_that_nobody_has"):
        llamacpp._open()
