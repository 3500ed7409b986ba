"""Rows that begin at definitions."""

from __future__ import annotations

import numpy as np

from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.learning.cutting import Definitions
from codecomplete.trainer.learning.data import open_rows

from ..toy import make_shards, preset

CODE = "x = 1\ndefault = 2\n\n\ndef first():\n    return 1\n\n\nclass Second:\n    pass\n"


def test_the_next_definition_is_found_within_its_bounds(vocabulary_file):
    vocabulary = Tokenizer.load(vocabulary_file)
    ids, find = np.array(vocabulary.encode(CODE)), Definitions(vocabulary)
    place = find.next(ids, 0, len(ids))
    assert vocabulary.decode(ids[place:].tolist()).startswith("def first():")
    later = find.next(ids, place, len(ids))
    assert vocabulary.decode(ids[later:].tolist()).startswith("class Second:")
    assert find.next(ids, 0, 5) == 0 and find.next(ids, later, 99) == later


def test_rows_begin_at_definitions_where_one_follows(tmp_path, vocabulary_file):
    text = "".join(f"def step_{n}(a):\n    b = a + {n}\n    return b\n\n\n" for n in range(400))
    shards = make_shards(tmp_path, vocabulary_file, {"train": [text], "validation": [CODE]})
    vocabulary = Tokenizer.load(shards / "tokenizer.json")
    fields = {"row_tokens": 128, "document_starts": 0.0}
    found = {}
    for cut in ("anywhere", "definitions"):
        rows = open_rows(shards, "train", preset(cut=cut, **fields).recipe).plain
        places = rows.places(0, 64)
        texts = [vocabulary.decode([int(rows.shards[p.shard][0][p.start])]) for p in places]
        found[cut] = sum(text.strip() in ("def", "class", "async", "type") for text in texts)
    assert found["anywhere"] < 16 < 48 < found["definitions"]
