"""The index of local text, against looking at every place."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.local.ngrams import LONGEST, MOST_PLACES, NgramIndex

TEXT = st.lists(st.sampled_from([0, 1, 2, 4095, 8191]), max_size=60)


def by_looking(texts: list[list[int]], context: list[int]) -> dict[int, Counter]:
    """What follows the last k ids of the context, by k."""
    found = {}
    for order in range(1, min(LONGEST, len(context)) + 1):
        wanted = context[-order:]
        following = Counter(
            text[place]
            for text in texts
            for place in range(order, len(text))
            if text[place - order : place] == wanted
        )
        if not following:
            break
        found[order] = following
    return found


@given(texts=st.lists(TEXT, max_size=3), context=TEXT)
def test_matches_are_those_that_looking_finds(texts, context):
    index = NgramIndex([np.array(text, dtype=np.uint16) for text in texts])
    found = {
        match.order: Counter(dict(zip(match.ids.tolist(), match.counts.astype(int), strict=True)))
        for match in index.matches(context)
    }
    assert found == by_looking(texts, context)


@given(older=st.lists(TEXT, max_size=3), newer=st.lists(TEXT, max_size=3), context=TEXT)
def test_a_joined_index_is_that_of_all_texts(older, newer, context):
    older, newer = ([np.array(text, dtype=np.uint16) for text in texts] for texts in (older, newer))
    whole = NgramIndex([*older, *newer]).matches(context)
    joined = NgramIndex(older).followed_by(NgramIndex(newer)).matches(context)
    assert [match.order for match in joined] == [match.order for match in whole]
    for one, other in zip(joined, whole, strict=True):
        assert dict(zip(one.ids.tolist(), one.counts.tolist(), strict=True)) == dict(
            zip(other.ids.tolist(), other.counts.tolist(), strict=True)
        )


@given(mine=TEXT, others=TEXT, context=TEXT)
def test_texts_of_one_origin_can_be_left_out(mine, others, context):
    mine, others = (np.array(text, dtype=np.uint16) for text in (mine, others))
    both = NgramIndex([mine], 1).followed_by(NgramIndex([others], 2))
    expected = [(m.order, m.total) for m in NgramIndex([others]).matches(context)]
    assert [(m.order, m.total) for m in both.matches(context, beside=1)] == expected
    assert [(m.order, m.total) for m in both.without(1).matches(context)] == expected


def test_newer_places_of_a_joined_index_are_newer():
    older = np.array([7, 1] * 1000, dtype=np.uint16)
    newer = np.array([7, 2] * MOST_PLACES, dtype=np.uint16)
    (match, *_) = NgramIndex([older]).followed_by(NgramIndex([newer])).matches([7])
    assert match.ids.tolist() == [2]


def test_of_many_places_the_newest_count():
    ids = [7, 1] * 1000 + [7, 2] * MOST_PLACES
    (match, *_) = NgramIndex([np.array(ids, dtype=np.uint16)]).matches([7])
    assert match.total == MOST_PLACES
    assert match.ids.tolist() == [2]


def test_an_empty_index_finds_nothing():
    assert NgramIndex([]).matches([1, 2, 3]) == []
    assert len(NgramIndex([])) == 0
