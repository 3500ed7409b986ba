"""A quick look at what a checkpoint writes, without exporting it.

Plain and slow: every token costs a full forward pass over the window. Editors use the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from codecomplete.engine.tokenizer import BOS, EOS, Tokenizer, language_tag

from ..network.transformer import Transformer


@dataclass(frozen=True)
class Sampling:
    """``temperature`` 0 takes the likeliest token; ``top`` bounds how many are drawn from."""

    tokens: int = 100
    temperature: float = 0.0
    top: int = 20
    seed: int = 1


@torch.inference_mode()
def sample(
    model: Transformer,
    vocabulary: Tokenizer,
    prompt: str,
    language: str | None,
    sampling: Sampling,
) -> str:
    """What the model writes after ``prompt``, until it ends the file or ``tokens`` are written."""
    names = [BOS, *([language_tag(language)] if language else [])]
    begin = [id_ for name in names if (id_ := vocabulary.special(name)) is not None]
    ids = [*begin, *vocabulary.encode(prompt)] or [0]
    start, end = len(ids), vocabulary.special(EOS)
    chance = torch.Generator().manual_seed(sampling.seed)
    while len(ids) < start + sampling.tokens:
        window = torch.tensor([ids[-model.config.window :]])
        known = model(window)[0, -1, : vocabulary.size]  # a model may have more ids than these
        chosen = _choose(known, sampling, chance)
        if chosen == end:
            break
        ids.append(chosen)
    return vocabulary.decode(ids[start:])


def _choose(logits: Tensor, sampling: Sampling, chance: torch.Generator) -> int:
    if not sampling.temperature:
        return int(logits.argmax())
    best, ids = logits.topk(min(sampling.top, len(logits)))
    shares = (best / sampling.temperature).softmax(0)
    return int(ids[torch.multinomial(shares, 1, generator=chance)])
