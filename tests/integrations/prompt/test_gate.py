"""How proposals are weighed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codecomplete.integrations.prompt.gate import (
    LEAST_SHARE,
    THRESHOLD,
    Proposal,
    confidence,
    features,
    needed,
)
from codecomplete.integrations.prompt.offers import Source
from codecomplete.integrations.prompt.places import Kind, Place
from codecomplete.integrations.prompt.weights import WEIGHTS

ATTRIBUTE = Proposal(
    "osit(", Place(Kind.ATTRIBUTE, "dep", "account"), Source.ATTRIBUTE,
    probability=0.3, share=0.9, count=3, is_all=True,
)  # fmt: skip


def test_every_feature_of_a_proposal_was_fitted():
    model = Proposal(" = 3", Place(Kind.OPERATOR, of="x"), confidence=0.4)
    assert set(features(ATTRIBUTE)) <= set(WEIGHTS) and set(features(model)) <= set(WEIGHTS)


@pytest.mark.parametrize("name", ["confidence", "probability", "share"])
def test_surer_is_more_confident(name):
    both = replace(ATTRIBUTE, confidence=0.5)
    assert confidence(replace(both, **{name: 0.95})) > confidence(replace(both, **{name: 0.1}))


def test_after_more_letters_more_is_believed():
    few = replace(ATTRIBUTE, place=replace(ATTRIBUTE.place, typed="d"))
    assert confidence(ATTRIBUTE) > confidence(few)


def test_the_name_of_a_definition_is_hardly_ever_known():
    model = Proposal("load(", Place(Kind.BINDING, "", binds="def"), confidence=0.5, is_new=True)
    assert confidence(model) < needed(THRESHOLD, 4)


def test_a_text_that_spares_little_must_be_surer():
    assert needed(0.5, 1) > needed(0.5, 4) == 0.5 > needed(0.5, 30) >= LEAST_SHARE * 0.5
    assert needed(0.0, 1) == 0.0
