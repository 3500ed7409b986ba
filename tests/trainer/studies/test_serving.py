"""The yardstick computes what the model computes, however it keeps its keys and values."""

from __future__ import annotations

import pytest
import torch

from codecomplete.engine.tokenizer import BOS, language_tag
from codecomplete.trainer.studies import serving
from tests.tiny import CONFIGS, SOURCE, random_model


@pytest.mark.parametrize("kind", ["sliding", "block"])
@torch.inference_mode()
def test_a_cache_changes_no_logits(kind):
    model = random_model(CONFIGS[kind])
    ids = torch.randint(0, 512, (1, 16), generator=torch.Generator().manual_seed(0))
    cache: serving.Cache = []
    serving.cached(model, ids[:, :12], cache)
    for place in range(12, 16):
        found = serving.cached(model, ids[:, place : place + 1], cache)
    torch.testing.assert_close(found, model(ids)[0, -1], rtol=1e-4, atol=1e-4)


def test_both_ways_end_at_the_same_token(make_model, tokenizer):
    model = make_model("memorised").oracle
    newline = {id_ for id_, text in enumerate(tokenizer.token_bytes) if b"\n" in text}
    begin = SOURCE.index("main(arguments)") + 2
    prompt = [tokenizer.special(BOS), tokenizer.special(language_tag("python"))]
    prompt += tokenizer.encode(SOURCE[:begin])
    most = model.config.window - len(prompt)
    with torch.inference_mode():
        ran = serving.complete_cached(model, prompt, newline, most)
        again = serving.complete_plain(model, prompt, newline, most)
    assert most >= 3
    assert ran == len(prompt) + most - 1
    assert again == sum(len(prompt) + n for n in range(most))
