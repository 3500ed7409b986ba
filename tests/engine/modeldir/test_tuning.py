"""What was fitted for a model: every part is optional, and a broken file is refused by name."""

from __future__ import annotations

import json

import pytest

from codecomplete import engine
from codecomplete.engine import ModelDirectoryError
from codecomplete.engine.modeldir.tuning import DEFAULT_THRESHOLD, Tuning, read


def test_without_a_file_the_defaults_count():
    assert read(None) == Tuning()
    assert read(None).mixer is None and read(None).threshold == DEFAULT_THRESHOLD


def test_parts_that_are_missing_keep_their_defaults(tmp_path):
    path = tmp_path / "gate.json"
    path.write_text(json.dumps({"threshold": 0.7}))
    assert read(path) == Tuning(threshold=0.7)


def test_the_packaged_tuning_has_a_gate_and_a_mixer():
    tuning = engine.load().tuning
    assert tuning.mixer is not None and tuning.gate != Tuning().gate


BROKEN = ("", "[]", '{"threshold": "much"}', '{"gate": {}}', '{"mixing": 1}')


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_refused_by_name_and_with_a_remedy(tmp_path, text):
    path = tmp_path / "gate.json"
    path.write_text(text)
    with pytest.raises(ModelDirectoryError, match=r"gate\.json: not a tuning file.*trainer tune"):
        read(path)
