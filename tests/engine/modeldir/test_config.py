"""The shape of a model: impossible ones are refused, with every reason; others come back whole."""

from __future__ import annotations

import dataclasses

import pytest

from codecomplete.engine.modeldir.config import BLOCK, LEARNED, SLIDING, ModelConfig
from tests.tiny import CONFIGS


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_is_written_and_read(kind):
    config = CONFIGS[kind]
    assert ModelConfig.from_dict(config.to_dict()) == config


def test_every_problem_is_named_at_once():
    with pytest.raises(ValueError) as error:
        dataclasses.replace(CONFIGS["sliding"], n_layer=0, window=-1, norm="none")
    for part in ("n_layer is 0", "window is -1", "norm is 'none', expected one of"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"n_kv_head": 3}, "4 heads cannot share 3"),
        ({"positions": LEARNED}, "a sliding window needs rotary positions"),
        ({"bias": True}, "a tied head has no bias"),
    ],
)
def test_what_does_not_go_together_is_refused(changes, problem):
    with pytest.raises(ValueError, match=problem):
        dataclasses.replace(CONFIGS["sliding"], **changes)


def test_unknown_and_missing_settings_are_named():
    values = CONFIGS["sliding"].to_dict()
    with pytest.raises(ValueError, match="unknown model settings: colour"):
        ModelConfig.from_dict(values | {"colour": 1})
    del values["n_layer"]
    with pytest.raises(ValueError, match=r"incomplete model settings.*n_layer"):
        ModelConfig.from_dict(values)


def test_a_sliding_buffer_can_undo_an_eviction_and_a_block_buffer_is_one_window():
    assert CONFIGS["sliding"].policy == SLIDING and CONFIGS["block"].policy == BLOCK
    assert CONFIGS["sliding"].capacity >= 2 * CONFIGS["sliding"].window
    assert CONFIGS["block"].capacity == CONFIGS["block"].window
