"""Models of single characters: in the engine, in the page, beside the packaged one."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.integrations.web.__main__ import CHARACTERS
from tests.integrations.web import browser, letters
from tests.integrations.web.browser import driven
from tests.integrations.web.conftest import served

pytestmark = pytest.mark.slow

PROMPT = "class Stack:\n    def __in"
REST = "it__(self, items=None):"
OTHERS = "# naïve 数据 \U0001f600\n"


@pytest.fixture(scope="module")
def learned(tmp_path_factory) -> Path:
    """A character model that knows a page of code by heart, under the name of its language."""
    return letters.write(tmp_path_factory.mktemp("letters"))


@pytest.fixture(scope="module")
def lettered(learned, tmp_path_factory) -> Path:
    """A page with that model first, and the packaged one."""
    return browser.built_page(
        tmp_path_factory.mktemp("lettered"), [learned, browser.building.SMALL]
    )


@pytest.fixture(scope="module")
def session(learned):
    def make() -> engine.Session:
        return engine.load(learned).session("python")

    return make


def proposed(session: engine.Session, before: str) -> str | None:
    session.sync(before)
    found = session.suggest(32, None, 0.0)
    return found and found.text


def test_its_shape_is_that_of_the_preset(learned):
    config: ModelConfig = engine.load(learned).config
    assert (config.policy, config.activation, config.vocabulary_size) == ("block", "swiglu", 128)


def test_the_packaged_one_writes_what_everybody_writes():
    model = engine.load(CHARACTERS)
    assert model.config.vocabulary_size == 128
    session = model.session("python")
    assert proposed(session, "def total(rows):\n    ret") == "urn total("


def test_every_letter_is_a_step_and_nothing_is_held(session):
    one = session()
    assert proposed(one, PROMPT) == REST
    report = one.sync(PROMPT + REST[0])
    assert (report.stepped, report.held) == (0, ""), "the suggestion's own letters are kept"
    assert one.sync(PROMPT + "@").stepped == 1


def test_characters_outside_its_vocabulary_are_skipped_by_the_model(session):
    assert proposed(session(), OTHERS + PROMPT) == proposed(session(), "# nave  \n" + PROMPT)
    one = session()
    one.sync(PROMPT)
    report = one.sync(PROMPT + "é数\U0001f600")
    assert report.stepped == 0, "there is nothing of it to read"
    assert one.sync(PROMPT + "é数\U0001f600x").stepped == 1


def test_the_page_does_the_same(lettered, session):
    seen = driven("characters", lettered / "codecomplete.html", PROMPT=PROMPT)
    assert seen["errors"] == []
    assert seen["facts"]["characters"] and seen["facts"]["window"] == letters.CONFIG.window
    assert seen["first"]["suggestion"]["text"] == REST
    assert seen["next"]["cost"]["context"] == 0
    assert seen["next"]["suggestion"]["text"] == REST[1:]
    expected = proposed(session(), OTHERS + PROMPT)
    assert seen["other"]["suggestion"]["text"] == expected
    assert seen["kept"].startswith("naïve 数据 \U0001f600 class")
    assert seen["longer"]["cost"]["context"] <= letters.CONFIG.window, "beyond the window it rolls"
    one, long = session(), f"{PROMPT}\n" * math.ceil(5000 / len(PROMPT))
    proposed(one, long)
    assert seen["longer"]["suggestion"]["text"] == proposed(one, long + PROMPT)


def test_the_page_takes_the_model_of_the_language_and_lets_choose_another(lettered):
    with served(lettered) as address:
        seen = driven("models", address)
    assert seen["errors"] == []
    assert seen["titles"] == ["letters", "Words, 4 M"]
    assert seen["first"] == "letters-python"
    assert seen["second"] == "small" and seen["ghost"]
    assert seen["back"] == "letters-python"


def test_the_page_loads_the_letters_of_a_language_when_it_is_first_chosen(tmp_path):
    page = browser.built_page(tmp_path, [CHARACTERS])
    with served(page) as address:
        given = {"LANGUAGES": "rust", "NAME": "characters-tiny-rust"}
        seen = driven("specialists", address, **given)
    assert seen["errors"] == []
    assert seen["first"] == "characters-tiny"
    assert weights(seen["loaded"]) == [""], "the model's own and no others"
    assert seen["second"]["model"] == "characters-tiny-rust"
    assert weights(seen["second"]["asked"]) == ["specialists/rust"]
    assert seen["back"]["asked"] == [], "what is loaded is kept"


def weights(addresses: list[str]) -> list[str]:
    """The folders in the model's directory whose weights were asked for."""
    found = (re.search(r"models/characters-tiny/(.*/)?weights-", one) for one in addresses)
    return [(one[1] or "").rstrip("/") for one in found if one]
