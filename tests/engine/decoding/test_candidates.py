"""Names that somebody else knows to be possible, ranked by the model."""

from __future__ import annotations

import math
import os

import pytest

from codecomplete import engine


@pytest.fixture(scope="module")
def model():
    return engine.load()


def ranked(model, before: str, candidates, after: str = ""):
    session = model.session("python")
    session.sync(before, after)
    return session, session.rank(candidates, deadline_ms=None)


def test_the_likeliest_name_comes_first(model):
    _, found = ranked(model, "import os\n\nfolder = os.", ["abort", "zzz", "path", "umask"])
    assert found[0].name == found[0].text == "path"
    assert {one.name for one in found} == {"abort", "zzz", "path", "umask"}


def test_only_the_rest_of_a_name_is_to_be_inserted(model):
    names = ["path", "pathsep", "pardir", "getcwd", "pa"]
    _, found = ranked(model, "import os\n\nfolder = os.pa", names)
    assert {one.name: one.text for one in found} == {
        "path": "th", "pathsep": "thsep", "pardir": "rdir", "pa": "",
    }  # fmt: skip
    assert found[0].name == "path"


def test_probabilities_are_of_whole_names_and_exclude_each_other(model):
    """``path`` does not count where it goes on to ``pathsep``: together they stay below one."""
    _, found = ranked(model, "import os\n\nfolder = os.pa", ["path", "pathsep", "pardir", "pa"])
    assert 0.5 < sum(one.probability for one in found) <= 1.0 + 1e-6


def test_the_first_is_the_exact_best(model):
    """Reading on only the likeliest finds the same first name as reading all of them."""
    names = [name for name in dir(os) if name.startswith("get")]
    session, found = ranked(model, "import os\n\nuser = os.get", names)
    singly = {name: session.rank([name], deadline_ms=None)[0].probability for name in names}
    assert found[0].name == max(singly, key=singly.get)
    assert found[0].probability == pytest.approx(singly[found[0].name], rel=1e-3)


def test_a_long_list_costs_hardly_more_steps_than_a_short_one(model):
    session, _ = ranked(model, "import os\n\nfolder = os.", ["path"])
    few = session.steps
    session, found = ranked(model, "import os\n\nfolder = os.", dir(os))
    assert len(found) == len(set(dir(os)))
    assert session.steps - few <= 40


def test_a_late_answer_still_has_every_name(model):
    session = model.session("python")
    session.sync("import os\n\nfolder = os.")
    found = session.rank(["path", "getcwd", "environ"], stop=lambda: True)
    assert len(found) == 3 and all(math.isfinite(one.probability) for one in found)


def test_no_candidates_no_ranking(model):
    assert ranked(model, "x = ", [])[1] == []


def test_ranking_leaves_suggestions_as_they_were(model):
    session, _ = ranked(model, "import os\n\nfolder = os.", ["path", "getcwd"])
    fresh = model.session("python")
    fresh.sync("import os\n\nfolder = os.")
    ours = session.suggest(threshold=0, deadline_ms=None)
    theirs = fresh.suggest(threshold=0, deadline_ms=None)
    assert ours.text == theirs.text


def test_what_a_host_has_typed_may_be_more_than_a_name(model):
    """A key with blanks in it: only its last word stands in a name's place before the caret."""
    session = model.session("python")
    session.sync('rates = {"learning rate": 1, "learning steps": 2}\nrates["learning ra')
    keys = ["learning rate", "learning steps"]
    found = session.rank(keys, deadline_ms=None, typed="learning ra")
    assert [(one.name, one.text) for one in found] == [("learning rate", "te")]
    assert session.rank(keys, deadline_ms=None) == []


def test_a_host_may_want_surer_texts(model):
    """With a larger least probability a text is a beginning of the longer one, or the same."""
    before, longer = "import os\n\nfor name in ", None
    for least in (0.02, 0.3, 0.9):
        session = model.session("python")
        session.least_text = least
        session.sync(before)
        found = session.suggest(deadline_ms=None, threshold=0)
        text = found.text if found is not None else ""
        assert longer is None or longer.startswith(text)
        longer = text
