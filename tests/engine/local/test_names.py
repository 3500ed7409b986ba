"""Which names stand where, and which begin as the one that is being typed."""

from __future__ import annotations

import pytest

from codecomplete import engine
from codecomplete.engine import Stopped
from codecomplete.engine.local.names import NameCache, Names, counted
from codecomplete.engine.local.text import chunks


def names(*texts: str) -> Names:
    return NameCache(chunks).names(*texts)


def test_names_begin_with_no_digit_and_are_counted():
    found = names("x1 = read_all(x1, 2nd, größe)")
    assert found.count("x1") == 2 and "read_all" in found and "größe" in found
    assert "2nd" not in found and "2" not in found


def test_names_that_begin_so_and_go_on():
    found = names("re reader read read_all Reader re_", "zebra")
    assert found.beginning("read") == ["read_all", "reader"]
    assert found.beginning("z") == ["zebra"] and found.beginning("zebra") == []


def test_a_secret_is_no_name():
    assert "AKIAIOSFODNN7EXAMPLE" not in names('key = "AKIAIOSFODNN7EXAMPLE"')


def test_only_what_is_new_is_read():
    lines = [f"name_{number} = {number}\n" for number in range(2_000)]
    cache, asked = NameCache(chunks), []
    cache.names("".join(lines))
    lines[1_000] = "other = 1\n"

    def stop() -> bool:
        asked.append(1)
        return False

    found = cache.names("".join(lines), stop=stop)
    assert "other" in found and "name_1000" not in found and "name_999" in found
    assert len(asked) <= 3  # chunks around the edit


def test_reading_can_be_stopped():
    with pytest.raises(Stopped):
        NameCache(chunks).names("x = 1\n" * 1_000, stop=lambda: True)


def test_the_longest_of_all_names_are_left_out():
    assert not counted("a" * 1_000)


@pytest.fixture(scope="module")
def model():
    return engine.load()


def test_the_only_name_that_fits_is_proposed_where_the_model_does_not_know_it(model):
    text = "def qzwylkord(value):\n    return value\n\n\nprint(qz"
    session = model.session("python")
    session.sync(text)
    facts = session.propose_name()
    assert facts is not None and facts.text == "wylkord"
    assert facts.only_known and facts.known == "near"


def test_a_name_of_the_project_is_proposed_until_it_is_forgotten(model):
    project = model.project()
    project.learn("other.py", "def qzwylkord(value):\n    return value\n")
    session = model.session("python", project, "own.py")
    session.sync("print(qz")
    facts = session.propose_name()
    assert facts is not None and facts.text == "wylkord" and facts.known == "project"
    project.forget("other.py")
    session.sync("print(qzw")
    assert session.propose_name() is None


def test_a_buffers_own_text_in_the_project_does_not_count(model):
    project = model.project()
    project.learn("own.py", "def qzwylkord(value):\n    return value\n")
    session = model.session("python", project, "own.py")
    session.sync("print(qz")
    assert session.propose_name() is None
