"""Names by some of their letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.edit.project.fuzzy import best

NAMES = ["setup.py", "src/parse/tree.py", "src/parser.py", "tests/test_parser.py", "Makefile"]


def test_the_last_part_of_a_name_counts_most_and_short_names_come_first():
    assert best(NAMES, "parse") == ["src/parser.py", "tests/test_parser.py", "src/parse/tree.py"]
    assert best(NAMES, "stpy")[0] == "setup.py"


def test_words_may_stand_in_any_order_and_capitals_matter_only_where_there_are_some():
    assert best(NAMES, "tree parse") == ["src/parse/tree.py"]
    assert best(NAMES, "makef") == ["Makefile"] and best(NAMES, "MakeF") == []


def test_nothing_wanted_gives_all_and_nothing_found_gives_none():
    assert sorted(best(NAMES, "")) == sorted(NAMES)
    assert best(NAMES, "zzz") == [] and len(best(map(str, range(9_999)), "", 7)) == 7


@given(st.lists(st.text(min_size=1)), st.text())
def test_whatever_is_typed_what_is_found_holds_its_letters_in_their_order(names, wanted):
    for name in best(names, wanted):
        for word in wanted.split():
            rest = iter(name.lower())
            assert all(letter in rest for letter in word.lower()) or not word.isascii()
