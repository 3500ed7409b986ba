"""What was forbidden is not suggested again, and the list says nothing about it."""

from __future__ import annotations

import pytest

from codecomplete import engine
from codecomplete.engine.privacy.never import Never


def test_the_same_line_is_not_completed_so_again_however_much_of_it_is_typed():
    never = Never()
    never.forbid("range(10):", "for i in ")
    line = "for i in range(10):"
    for place in range(4, len(line) - 1):
        assert never.allowed(line[place:], line[:place]) == "", place


def test_a_longer_suggestion_that_begins_so_is_not_shown_either():
    never = Never()
    never.forbid('login("ada")', "    ")
    assert never.allowed('login("ada") or exit()', "        ") == ""


def test_the_same_text_is_not_suggested_elsewhere():
    never = Never()
    never.forbid("connect_to_production()", "    ")
    assert never.allowed("connect_to_production()", "x = ") == ""
    assert never.allowed("ect_to_production()", "x = conn") == ""


@pytest.mark.parametrize("text", [")", "x", "i):"])
def test_what_is_too_short_to_mean_anything_is_forbidden_in_its_line_only(text):
    never = Never()
    never.forbid(text, "print(one")
    assert never.allowed(text, "print(one") == ""
    assert never.allowed(text, "print(two") == text


def test_other_suggestions_stay():
    never = Never()
    never.forbid("range(10):", "for i in ")
    for line, text in (("for i in ", "range(11):"), ("for j in ", "names:"), ("", "import os")):
        assert never.allowed(text, line) == text


def test_of_several_lines_those_before_the_forbidden_one_stay():
    never = Never()
    never.forbid("    delete_everything()", "")
    found = never.allowed("\n    check()\n    delete_everything()\n    done()", "def f():")
    assert found == "\n    check()"


def test_nothing_of_the_text_is_in_the_list():
    never = Never()
    never.forbid("hunter2secret()", "login = ")
    kept = never.salt + b"".join(never.digests)
    assert b"hunter" not in kept and all(len(digest) == 16 for digest in never.digests)


def test_two_lists_say_different_things_about_the_same_text():
    one, other = Never(), Never()
    one.forbid("range(10):", "for i in "), other.forbid("range(10):", "for i in ")
    assert not one.digests & other.digests


def test_it_holds_after_salt_and_digests_were_kept():
    never = Never()
    new = never.forbid("range(10):", "for i in ")
    again = Never(never.salt, new)
    assert again.allowed("range(10):", "for i in ") == ""
    assert again.forbid("range(10):", "for i in ") == []


def test_the_engine_itself_obeys():
    session = engine.load().session("python")
    session.sync("import os\n\nfor name in os.")
    first = session.suggest(threshold=0, deadline_ms=None)
    session.forbid(first.text)
    again = session.suggest(threshold=0, deadline_ms=None)
    assert again is None or not again.text.startswith(first.text)
    others = session.alternatives(deadline_ms=None)
    assert first.text not in [one.text for one in others]
