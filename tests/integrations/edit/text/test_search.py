"""Finding and replacing, in bounded time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.text.search import (
    BadPattern,
    Found,
    Marks,
    Places,
    Query,
    compiled,
    find,
    replaced,
    replacement,
)
from tests.patience import work_below

BIG = "".join(f"int function_{i}(int a) {{ return a + {i}; }}\n" for i in range(20_000))


@given(st.text("ab.\n", max_size=30), st.text("ab.", min_size=1, max_size=3))
def test_plain_text_is_found_where_it_is(text, wanted):
    spans = [match.span() for match in re.finditer(re.escape(wanted), text)]
    assert find(text, Query(wanted, case=True)).spans == tuple(spans)


@given(
    st.text("ab\n", max_size=30), st.text("ab", min_size=1, max_size=2), st.text("ab", max_size=3)
)
def test_replacing_all_is_what_the_string_method_does(text, wanted, by):
    change = replaced(text, Query(wanted, case=True), by)
    if change is None:
        assert wanted not in text
        return
    (first, last), new, count = change
    assert text[:first] + new + text[last:] == text.replace(wanted, by)
    assert count == text.count(wanted)


def test_switches():
    assert len(find("Ab ab abc", Query("ab")).spans) == 3
    assert len(find("Ab ab abc", Query("ab", case=True)).spans) == 2
    assert len(find("Ab ab abc", Query("ab", word=True)).spans) == 2
    assert len(find("a1 a22", Query(r"a\d+$", regex=True)).spans) == 1
    assert find("a.b", Query(".")).spans == ((1, 2),)
    assert find("a\nb", Query("^", regex=True)).spans == ((0, 0), (2, 2))


def test_groups_in_the_replacement():
    query = Query(r"(\w+)=(\w+)", regex=True)
    assert replaced("a=b c=d", query, r"\2=\1") == ((0, 7), "b=a d=c", 2)
    assert replacement("a=b c=d", query, (4, 7), r"\2") == "d"
    assert replacement("a=b", Query("a=b"), (0, 3), r"\2") == r"\2"


@pytest.mark.parametrize("pattern", ["(", "[", "*"])
def test_a_pattern_that_is_none_is_a_sentence(pattern):
    with pytest.raises(BadPattern) as caught:
        find("a", Query(pattern, regex=True))
    assert "at position" in str(caught.value)


def test_a_missing_group_is_a_sentence_and_replaces_nothing():
    with pytest.raises(BadPattern):
        replaced("a", Query("a", regex=True), r"\7")


def test_a_catastrophic_pattern_ends_in_time_and_says_that_it_is_not_all():
    query = Query(r"(a|aa)+$", regex=True)
    text = "a\n" + "a" * 60 + "!"
    with work_below(60):
        found = find(text, query, 0.2)
    assert not found.whole and found.spans == ((0, 1),)
    with pytest.raises(BadPattern, match="too long"):
        replaced(text, query, "x", 0.2)


def test_twenty_thousand_lines_are_searched_in_time():
    with work_below(60):
        assert len(find(BIG, Query("return")).spans) == 20_000


def test_next_and_previous_go_around():
    found = Found(((1, 2), (4, 5), (7, 8)))
    assert [found.after(at) for at in (0, 1, 2, 8)] == [0, 0, 1, 0]
    assert [found.before(at) for at in (0, 2, 7, 9)] == [2, 0, 1, 2]
    assert found.at((4, 5)) == 1 and found.at((4, 6)) is None
    assert Found(()).after(0) is None and Found(()).before(0) is None


@given(st.text("a\n", max_size=20), st.data())
def test_places_and_positions_are_inverse(text, data):
    at = data.draw(st.integers(0, len(text)))
    row, column = Places(text).location(at)
    assert text.split("\n")[row][:column] == text[:at].rpartition("\n")[2]
    assert Places(text).position((row, column)) == at


def test_a_pattern_is_compiled_once():
    compiled.cache_clear()
    for _ in range(3):
        find("a", Query("a"))
    assert compiled.cache_info().misses == 1


@settings(deadline=None)
@given(st.text("ab\n", max_size=40), st.sampled_from(["a", "ab", "b\na", "\n", "a*", "(?=a)"]))
def test_marks_cover_exactly_the_matches(text, pattern):
    found, places = find(text, Query(pattern, regex=True)), Places(text)
    marks, covered, at = Marks(found, places, 0), set(), 0
    for row, line in enumerate(text.split("\n")):
        for first, last in marks.in_row(row, len(line)):
            covered.update(range(at + first, at + last))
        at += len(line) + 1
    wanted = {one for first, last in found.spans for one in range(first, last)}
    assert covered == {one for one in wanted if text[one] != "\n"}
