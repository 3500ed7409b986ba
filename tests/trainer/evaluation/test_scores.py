"""Bits per byte and ranks, against a plain forward pass."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from codecomplete.trainer.evaluation.scores import accuracy, bits_of, score
from tests.tiny import SOURCE


def oracle_bits(tiny, begin: list[int], ids: list[int]) -> np.ndarray:
    with torch.inference_mode():
        logits = tiny.oracle(torch.tensor([[*begin, *ids]]))[0].double()
    losses = -logits.log_softmax(-1)[len(begin) - 1 : -1]
    return (losses[torch.arange(len(ids)), ids] / math.log(2)).numpy()


def test_sliding_costs_equal_one_forward_over_the_whole_file(make_model):
    tiny = make_model("sliding")
    scores = score(tiny.model, SOURCE, "python")
    begin = [tiny.model.tokenizer.special(name) for name in ("<bos>", "<python>")]
    ids = tiny.model.tokenizer.encode(SOURCE)
    assert len(ids) > 3 * tiny.model.config.capacity, "the window should roll"
    np.testing.assert_allclose(scores.bits, oracle_bits(tiny, begin, ids), rtol=1e-3, atol=1e-3)


def test_block_costs_equal_a_forward_over_each_window(make_model):
    tiny = make_model("block")
    text = SOURCE[:60]
    ids = tiny.model.tokenizer.encode(text)
    begin = [tiny.model.tokenizer.special(name) for name in ("<bos>", "<python>")]
    first = tiny.model.config.window - len(begin)
    scores = score(tiny.model, text, "python")
    wanted = oracle_bits(tiny, begin, ids[:first])
    np.testing.assert_allclose(scores.bits[:first], wanted, rtol=1e-3, atol=1e-3)
    assert len(scores.bits) == len(ids)


def test_bits_are_those_of_all_tokens(make_model):
    model = make_model("sliding").model
    assert bits_of(model, SOURCE, None) == pytest.approx(score(model, SOURCE, None).bits.sum())
    assert bits_of(model, "", "python") == 0.0


def test_ranks_count_the_tokens_that_were_likelier(make_model):
    tiny = make_model("sliding")
    ids = tiny.model.tokenizer.encode(SOURCE)
    scores = score(tiny.model, SOURCE, "python")
    begin = [tiny.model.tokenizer.special(name) for name in ("<bos>", "<python>")]
    for place in (0, 7, 20):
        logits = tiny.oracle_logits([*begin, *ids[:place]])
        assert scores.ranks[place] == 1 + (logits > logits[ids[place]]).sum()


def test_accuracy_leaves_white_space_out(make_model):
    model = make_model("sliding").model
    text = "x = 1\n        \n        y = 2\n"
    found = accuracy(model, [score(model, text, "python")])
    visible = [t for t in model.tokenizer.encode(text) if model.tokenizer.token_bytes[t].strip()]
    assert found["tokens"] == len(visible) and found["word_tokens"] == 2
    assert 0 <= found["top1"] <= found["top5"] <= 1 and 0 < found["mrr"] <= 1
