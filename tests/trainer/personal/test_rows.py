"""Every one of the user's tokens is learned once per pass, whatever is replayed in between."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.personal.reading import read
from codecomplete.trainer.personal.rows import Mixed, own_rows

RECIPE = Recipe(row_tokens=64, batch_rows=8, document_starts=0.0)


@pytest.fixture(scope="module")
def rows(mine, vocabulary_file):
    files = read([mine]).files
    half = len(files) // 2
    own = own_rows(files[:half], vocabulary_file, RECIPE, 1)
    return own, own_rows(files[half:], vocabulary_file, RECIPE, 1)


def test_an_epoch_has_every_row_of_the_users_once(rows):
    own, public = rows
    mixed = Mixed(own, public, 2)
    count = own.tokens // 64 // 6 - 1
    seen = [row.tobytes() for number in range(count) for row in mixed.batch(number, 8)[:6]]
    assert len(set(seen)) == len(seen) == count * 6


def test_so_many_rows_of_each_batch_are_public_and_none_without_public_code(rows):
    own, public = rows
    both, alone = Mixed(own, public, 2), Mixed(own, None, 2)
    assert both.batch(3, 8).shape == alone.batch(3, 8).shape == (8, 65)
    assert np.array_equal(both.batch(0, 8)[6:], public.batch(0, 2))
    assert np.array_equal(alone.batch(0, 8), own.batch(0, 8))


def test_another_pass_has_another_order_and_the_same_seed_the_same(rows):
    mixed = Mixed(*rows, 2)
    assert not np.array_equal(mixed.in_order_of(2).batch(0, 8), mixed.in_order_of(3).batch(0, 8))
    assert np.array_equal(mixed.in_order_of(2).batch(5, 8), mixed.in_order_of(2).batch(5, 8))


def test_processes_share_the_rows_of_a_batch(rows):
    mixed = Mixed(*rows, 2)
    parts = [mixed.batch(1, 8, rank, 2) for rank in range(2)]
    assert np.array_equal(np.concatenate(parts), mixed.batch(1, 8)[[0, 2, 4, 6, 1, 3, 5, 7]])
