"""Rows of examples: whole, and with a loss of the answers alone, over the whole step."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from codecomplete.trainer.instruction.forms import Example
from codecomplete.trainer.instruction.rows import PairRows, packed
from codecomplete.trainer.learning.compute import predicted, row_loss
from codecomplete.trainer.learning.loop import Run, State, train_step
from codecomplete.trainer.network.transformer import Transformer

from ..toy import PLAIN, preset

EXAMPLES = [Example(list(range(10 * n, 10 * n + 4 + n)), 2) for n in range(1, 9)]


def test_every_example_is_whole_in_one_row():
    rows = packed(EXAMPLES, 24, padding=0, seed=1)
    text = " ".join(" ".join(map(str, np.where(row < 0, ~row, row))) for row in rows)
    for example in EXAMPLES:
        assert " ".join(map(str, example.ids)) in text
    asked = {id_ for example in EXAMPLES for id_ in example.response}
    assert set(rows[rows >= 0].tolist()) == asked, "what is read is never to be predicted"


def test_what_does_not_fit_and_what_has_no_answer_is_left_out():
    rows = packed([Example(list(range(40)), 2), Example([1, 2], 2), EXAMPLES[0]], 24, 0, 1)
    assert rows.shape == (1, 25) and set(rows[rows >= 0].tolist()) == set(EXAMPLES[0].response)
    assert packed([], 24, 0, 1).shape == (0, 25)


def test_every_row_comes_once_an_epoch_in_another_order():
    rows = PairRows(np.arange(12)[:, None], seed=3)
    epochs = [np.concatenate([rows.batch(4 * epoch + n, 3) for n in range(4)]) for epoch in (0, 1)]
    for epoch in epochs:
        assert sorted(epoch[:, 0].tolist()) == list(range(12))
    assert epochs[0].tolist() != epochs[1].tolist()
    halves = [rows.batch(1, 4, rank, 2) for rank in (0, 1)]
    whole = rows.batch(1, 4)
    assert np.array_equal(whole[0::2], halves[0]) and np.array_equal(whole[1::2], halves[1])


def model() -> Transformer:
    torch.manual_seed(2)
    fresh = Transformer(preset().model)
    with torch.no_grad():
        for parameter in fresh.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return fresh


def gradients(fresh: Transformer) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in fresh.parameters() if p.grad is not None])


def test_labels_of_a_prompt_change_no_gradient():
    """The last id of a row is only a label: as part of a prompt it changes nothing, as part of an
    answer it does."""
    found = []
    for last in (~7, ~400, 7):
        rows = torch.tensor([[~1, ~5, 9, 12, 30, last]])
        fresh = model()
        row_loss(fresh, rows).backward()
        found.append(gradients(fresh))
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2])


def test_the_loss_is_that_of_the_answers_alone():
    rows = torch.tensor([[~1, ~5, 9, 12, ~30, 8]])
    fresh = model()
    logits = fresh(torch.tensor([[1, 5, 9, 12, 30]]))[0]
    wanted = F.cross_entropy(logits[[1, 2, 4]], torch.tensor([9, 12, 8]))
    assert predicted(rows) == 3
    torch.testing.assert_close(row_loss(fresh, rows), wanted)


@pytest.mark.parametrize("passes", [1, 4])
def test_a_step_averages_over_the_answers_of_all_its_passes(passes, tmp_path):
    """Passes with one, three and no token to predict: the mean over tokens, not over passes."""
    rows = torch.tensor(
        [
            [~1, ~5, 9, ~12, ~30, ~8],
            [~1, ~5, 9, 12, 30, ~8],
            [~1, ~5, ~9, ~12, ~30, ~8],
            [~3, 5, 9, 11, 10, 2],
        ]
    )
    recipe = dataclasses.replace(
        preset().recipe, accumulation=passes, batch_rows=4 // passes, clip=0.0, responses_only=True
    )
    fresh = model()
    seen: list[torch.Tensor] = []

    class Still(torch.optim.SGD):
        def step(self, closure=None):
            seen.append(gradients(fresh))

    state = State(fresh, [Still(fresh.parameters(), lr=1.0)])
    run = Run(preset().model, recipe, None, 1, tmp_path, PLAIN)
    loss, _ = train_step(run, state, row_loss, iter(rows.split(4 // passes)))
    plain = model()
    wanted = row_loss(plain, rows)
    wanted.backward()
    assert loss == pytest.approx(wanted.item(), rel=1e-5)
    torch.testing.assert_close(seen[0], gradients(plain), rtol=1e-4, atol=1e-6)
