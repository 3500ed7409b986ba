"""Mixers that are as simple as a test needs them."""

from __future__ import annotations

import math

import numpy as np

from codecomplete.engine.local.mixing import MATCH_FACTS, SOURCES, TOKEN_FACTS, Mixer, Network

NEVER = -30.0


def constant(facts: int, value: float) -> Network:
    """A network that says the same of everything."""
    return Network(np.zeros((facts, 1), np.float32), *np.zeros((2, 1), np.float32), value)


def believing(share: float, *sources: str) -> Mixer:
    """Every match in these sources, by default in any, pulls by ``share``; nothing is corrected."""
    logit = math.log(share / (1 - share)) if share else NEVER
    pull = constant(MATCH_FACTS, NEVER)
    for source in sources or SOURCES:
        pull.inward[SOURCES.index(source) - len(SOURCES)] = 1
    pull.outward[:] = logit - NEVER
    return Mixer(pull, constant(TOKEN_FACTS, 0.0))


def random_mixer(seed: int, hidden: int = 5) -> Mixer:
    """Networks that say something, whatever it is."""
    chance = np.random.default_rng(seed)
    return Mixer(*(
        Network(
            chance.normal(size=(facts, hidden)).astype(np.float32),
            chance.normal(size=hidden).astype(np.float32),
            chance.normal(size=hidden).astype(np.float32),
            float(chance.normal()),
        )
        for facts in (MATCH_FACTS, TOKEN_FACTS)
    ))  # fmt: skip
