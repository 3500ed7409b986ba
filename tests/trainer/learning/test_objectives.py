"""Other objectives: what is read, what is predicted, and that every row stays a row."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from codecomplete.engine.tokenizer import Tokenizer, language_tag
from codecomplete.trainer.learning import objectives
from codecomplete.trainer.learning.data import open_rows
from codecomplete.trainer.learning.objectives import Objective
from codecomplete.trainer.learning.recipe import OBJECTIVES, Recipe

from ..toy import preset

CODE = '''import os
from pathlib import Path

def names(folder):
    """Return the names in a folder."""
    found = os.listdir(folder)
    return [Path.home() for name in found if os.path.exists(name)]

x = 1
'''
RANDOM = np.random.default_rng(3)


@pytest.fixture(scope="module")
def vocabulary(vocabulary_file) -> Tokenizer:
    return Tokenizer.load(vocabulary_file)


def turned(vocabulary: Tokenizer, name: str, text: str = CODE) -> tuple[np.ndarray, np.ndarray]:
    tag = vocabulary.special(language_tag("python"))
    row = np.array([tag, *vocabulary.encode(text)], dtype=np.uint16)
    return row, Objective(name, vocabulary).row(row, np.random.default_rng(1))


def predicted(vocabulary: Tokenizer, row: np.ndarray) -> str:
    return vocabulary.decode(row[row >= 0].tolist())


def read(vocabulary: Tokenizer, row: np.ndarray) -> str:
    return vocabulary.decode((~row[row < 0]).tolist())


def test_the_rest_of_every_line_is_predicted_and_nothing_is_moved(vocabulary):
    row, made = turned(vocabulary, "lines")
    assert np.array_equal(np.where(made < 0, ~made, made), row)
    assert (made < 0)[0] and 0.2 < (made < 0).mean() < 0.8
    ends = [b"\n" in vocabulary.token_bytes[id_] for id_ in row]
    for at in range(1, len(row) - 1):
        if made[at] >= 0 and not ends[at]:
            assert made[at + 1] >= 0, "from the caret on, to the end of the line"


def test_only_names_are_predicted(vocabulary):
    row, made = turned(vocabulary, "identifiers")
    assert np.array_equal(np.where(made < 0, ~made, made), row)
    for id_ in made[made >= 0]:
        first = vocabulary.token_bytes[id_].strip()[:1]
        assert first.isalpha() or first == b"_"
    assert "return" in predicted(vocabulary, made) and "(" in read(vocabulary, made)


def test_a_docstring_is_predicted_from_the_function(vocabulary):
    _, made = turned(vocabulary, "docstrings")
    given, _, _ = read(vocabulary, made).partition("x = 1")
    assert "def names(folder):\n    found = os" in given and '"""' not in given
    assert predicted(vocabulary, made).startswith('    """Return the names in a folder."""\n')


def test_calls_are_predicted_from_imports(vocabulary):
    _, made = turned(vocabulary, "calls")
    assert read(vocabulary, made).startswith("import os\nfrom pathlib import Path\n")
    assert predicted(vocabulary, made).startswith("os.listdir\nPath.home\nos.path.exists\n")


def test_broken_lines_are_repaired(vocabulary):
    _, made = turned(vocabulary, "repair")
    right = predicted(vocabulary, made)
    assert "from pathlib import Path\n\ndef names(folder):\n" in right
    pairs = list(objectives.repaired(CODE, np.random.default_rng(1)))
    assert pairs and all(wrong != right for wrong, right in pairs)


@pytest.mark.parametrize("name", ["docstrings", "calls", "repair"])
def test_where_there_is_nothing_to_do_the_row_stays_as_it_is(vocabulary, name):
    row, made = turned(vocabulary, name, "x = y\n")
    assert np.array_equal(made, row)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_rows_are_rows_and_a_function_of_their_number(shards, name):
    recipe = preset(row_tokens=64, objective=name, objective_rate=0.5).recipe
    rows = open_rows(shards, "train", recipe)
    batch = rows.batch(3, 16)
    assert batch.shape == (16, 65) and batch.dtype == np.int64
    assert np.array_equal(batch, open_rows(shards, "train", recipe).batch(3, 16))
    assert np.array_equal(batch[1::2], rows.batch(3, 16, rank=1, size=2))
    plain = open_rows(shards, "train", preset(row_tokens=64).recipe).batch(3, 16)
    changed = (batch != plain).any(axis=1)
    assert not changed.all(), "half of the rows stay plain"
    if name in ("lines", "identifiers"):
        assert changed.any()


def test_a_name_and_a_rate_belong_together():
    for fields in ({"objective": "lines"}, {"objective_rate": 0.5}):
        with pytest.raises(ValueError, match="give both"):
            dataclasses.replace(Recipe(), **fields)
    with pytest.raises(ValueError, match="objective is 'poems', expected"):
        Recipe(objective="poems", objective_rate=0.5)
