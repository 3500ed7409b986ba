"""The built page in Chromium, as its user has it: from a file, from a server, with no network."""

from __future__ import annotations

import json
import re
import statistics

import pytest

from tests.integrations.npm import run
from tests.integrations.web import browser
from tests.integrations.web.browser import driven
from tests.integrations.web.conftest import served

pytestmark = pytest.mark.slow

CODE = "def sizes(folder):\n    found = []\n    for name in os.listdir(folder):\n        found.ap"
MOST_BYTES = 7_000_000  # of a first load, compressed or not
KEY_MS = 8
CONTRAST = 4.5


@pytest.fixture
def single(page):
    return page / "codecomplete.html"


def test_ghost_text_is_drawn_typed_through_accepted_and_undone(single):
    seen = driven("typing", single)
    assert seen["errors"] == []
    assert seen["drawn"] == seen["ghost"] and len(seen["ghost"]) > 4
    assert seen["along"] == seen["ghost"][3:]
    assert seen["accepted"].endswith(CODE + seen["ghost"]) and seen["focused"]
    assert seen["undone"].endswith(CODE + seen["ghost"][:3]), "one undo takes the accepted text"
    # and the next what was typed before it, by itself or with what was typed just before that
    assert not seen["undoneTwice"].endswith(seen["ghost"][:3])
    assert seen["word"] and seen["ghost"].startswith(seen["word"])
    assert seen["other"] == [None, 0], "what is typed otherwise leaves nothing on the screen"
    assert seen["asked"] == [], "no request after load"


def test_escape_arrows_and_clicks_clear_and_then_tab_leaves(single):
    seen = driven("clearing", single)
    assert seen["errors"] == []
    for way in ("Escape", "ArrowLeft", "ArrowUp", "Home", "click"):
        assert seen[way] == ["", True], way
    text, focused = seen["tabAfterEscape"]
    assert text.endswith(CODE) and not focused
    assert seen["tabWithNothing"] == ["", False]
    assert seen["blurred"] == ""


def test_composed_text_is_left_alone_until_it_is_there(single):
    seen = driven("composing", single)
    assert seen["errors"] == []
    assert seen["during"] == [["に", ""], ["にほ", ""], ["にほん", ""]]
    assert seen["after"] == "日本"
    assert seen["tab"] == "に", "Tab accepts nothing while text is composed"


def test_the_window_rolls_beyond_2048_characters_and_the_strict_rules_stop_there(single):
    seen = driven("length", single)
    assert seen["errors"] == []
    for count, (asked, shown, kept) in seen["anywhere"].items():
        assert asked == 1 and shown and kept, count
    for count, (asked, shown, kept) in seen["strict"].items():
        assert kept and (asked, bool(shown)) == ((1, True) if int(count) <= 2048 else (0, False))
    assert seen["notAtTheEnd"] == ""
    assert seen["note 2048"] == "2,048 of 2,048 characters"
    assert seen["note 2049"] == "2,049 of 2,048 characters: nothing is suggested"
    assert seen["field 2048"][0] and seen["field 2049"][0] == "", "the plain field has them too"
    assert seen["field 2049"][1] == seen["note 2049"]
    assert seen["noteNotAtTheEnd"].endswith("the caret is not at the end")


def test_it_works_offline_and_connects_to_nobody(single):
    seen = driven("offline", single)
    assert seen["errors"] == [] and seen["ghost"] and seen["asked"] == []
    assert [url.partition(":")[0] for url in seen["requests"]] == ["file", "blob"]
    policy = re.search(
        r'http-equiv="Content-Security-Policy" content="([^"]*)"', single.read_text()
    )
    assert policy and "connect-src 'none'" in policy[1] and "default-src 'none'" in policy[1]


def test_the_folder_is_small_and_asks_for_its_own_files_only(page):
    files = {"/" + path.relative_to(page).as_posix(): path for path in page.rglob("*.*")}
    with served(page) as address:
        seen = driven("offline", address)
    assert seen["errors"] == [] and seen["ghost"] and seen["asked"] == []
    asked = [url.removeprefix(address) for url in seen["requests"]]
    assert asked[0] == "/" and len(asked) == len(set(asked)) > 6, "each file once"
    loaded = [files["/index.html"], *(files[path] for path in asked[1:])]
    assert sum(path.stat().st_size for path in loaded) < MOST_BYTES


def test_a_language_loads_the_model_that_is_for_it_when_it_is_first_chosen(page):
    named = json.loads((browser.building.SMALL / "model.json").read_text())["specialists"]
    ours = [name for name in ("typescript", "rust") if name in named]
    if len(ours) < 2 or "python" in named:
        pytest.skip(f"the packaged model has other specialists: {named}")
    first, second = ours
    with served(page) as address:
        given = {"LANGUAGES": " ".join(ours), "NAME": f"small-{named[first]}"}
        seen = driven("specialists", address, **given)
    assert seen["errors"] == []
    assert seen["first"] == "small" and "specialists" not in "".join(seen["loaded"])
    assert seen["second"]["model"] == f"small-{named[first]}"
    folders = {re.sub(r"-[0-9a-f]{10}", "", url) for url in seen["second"]["asked"]}
    base = f"{address}/models/small/specialists/{named[first]}/"
    assert folders == {base + name for name in ("model.json", "weights.bin", "gate.json")}
    assert seen["back"]["asked"] == [], "a model that is loaded is kept"
    assert f"specialists/{named[second]}:" in seen["offline"]["state"], "what is missing is said"
    assert seen["ghost"], "the model itself takes its place"


def test_a_specialist_is_in_the_single_file_if_it_is_named(tmp_path):
    browser.packages()
    browser.building.build(tmp_path / "page", inline="small,small/go")
    text = (tmp_path / "page/codecomplete.html").read_text()
    assert 'id="small/specialists/go/weights.bin"' in text and 'id="small/weights.bin"' in text
    assert text.count('weights.bin" type=') == 2


def test_keys_step_through_the_suggestions_for_one_place(single):
    seen = driven("others", single)
    assert seen["errors"] == [] and seen["noPlace"] == []
    other, drawn = seen["second"]
    assert other and other != seen["first"] and drawn == other, "its number is no text of it"
    assert re.fullmatch(r"2/[2-4]", seen["place"])
    count = int(seen["place"][-1])
    assert seen["back"] == seen["first"]
    assert seen["all"][0] == seen["all"][-1] == seen["first"]
    assert len(set(seen["all"])) == count, "each of them once"
    assert seen["last"] == seen["all"][-2] and seen["accepted"].endswith(CODE + seen["last"])
    assert seen["typedAlong"] == [other[1:], []]
    assert seen["afterEscape"] and seen["field"][0] != seen["field"][1]


def test_files_beside_the_open_one_are_followed_until_they_are_left_out(single):
    seen = driven("beside", single)
    assert seen["errors"] == [] and seen["asked"] == []
    assert seen["listed"] == ["ledger.py"] and "picture.png" in seen["note"]
    assert seen["with"] == "ger if row.year == year]"
    assert seen["without"] != seen["with"] != seen["again"] and seen["left"] == 0


def test_a_page_without_workers_does_the_work_itself(single):
    seen = driven("alone", single)
    assert seen["errors"] == [] and seen["own"] and seen["ghost"]


def test_a_key_costs_the_page_little_and_the_model_none_of_it(single):
    seen = driven("hurry", single)
    assert seen["errors"] == [] and not seen["own"], "the model runs in the worker"
    assert seen["text"].endswith(seen["typed"]), "no key is lost"
    ours = [ours for ours, _ in seen["costs"]]
    assert len(ours) == len(seen["typed"])
    assert statistics.median(ours) < KEY_MS


def at(share, values):
    return sorted(values)[int(share * (len(values) - 1))]


def test_ghost_text_adds_little_to_what_a_key_costs_the_page(single):
    """Beside the same editor with it switched off, by the processor's time on that thread."""
    seen = driven("keys", single)
    assert seen["errors"] == [] and not seen["own"]
    assert len(seen["on"]["spent"]) == len(seen["off"]["spent"]) > 100
    assert seen["on"]["answers"] and not seen["off"]["answers"], "it is on, and off"
    for share in (0.5, 0.95):
        assert at(share, seen["on"]["spent"]) - at(share, seen["off"]["spent"]) < KEY_MS, share


def test_what_assistive_technology_gets(single):
    seen = driven("accessibility", single)
    assert seen["errors"] == [] and seen["ghost"] and seen["ghost"] not in seen["tree"]
    assert seen["before"] == "" and seen["afterwards"] == ""
    assert seen["told"].startswith(f"Suggestion: {seen['ghost']}. Press Tab")
    assert 'textbox "Code"' in seen["tree"] and 'combobox "Language"' in seen["tree"]
    assert seen["animations"] == 0, "motion was not wanted"
    for theme, ratios in seen["contrast"].items():
        for name, ratio in ratios.items():
            assert ratio >= CONTRAST, (theme, name)


def test_languages_probabilities_and_costs_can_be_seen(single):
    seen = driven("choices", single)
    assert seen["errors"] == [] and len(seen["languages"]) == 12
    assert all(length > 50 for length, _ in seen["samples"].values())
    assert seen["kept"], "another language takes nobody's text"
    assert "".join(text for text, _ in seen["tokens"]).startswith("pend(")
    assert all(0 < float(share) <= 1 for _, share in seen["tokens"])
    assert len(seen["likeliest"]) == 5
    assert sum(int(share.strip("< %")) for share in seen["shares"] if "<" not in share) <= 101
    assert re.fullmatch(r"\d+ \+ \d+", seen["steps"]) and seen["key"].endswith(" ms")
    assert seen["state"].startswith("Ready: 4.2 M parameters")


def test_a_plain_field_has_the_same(single):
    seen = driven("field", single)
    assert seen["errors"] == []
    assert seen["drawn"] and seen["ghost"].startswith(seen["drawn"]) and seen["hidden"] == "true"
    assert seen["place"]["inside"]
    assert seen["ghost"].endswith(seen["along"]) and seen["along"]
    assert seen["accepted"].endswith(CODE + seen["ghost"])
    assert not seen["undone"].endswith(seen["ghost"]) and CODE[:-2] in seen["undone"]
    assert seen["arrow"] == ""
    assert seen["escape"][0] == "" and seen["escape"][1].endswith(CODE)
    assert seen["left"][0].endswith(CODE) and seen["left"][1] != "area", "Tab leaves"
    assert seen["composing"] == "" and seen["composed"] == "日"


def test_a_page_is_built_into_folders_of_its_own_only(tmp_path):
    browser.packages()
    (tmp_path / "mine.txt").write_text("mine")
    kernel = browser.kernel(tmp_path)
    done = run(
        browser.WEB, "node", "build.mjs", "--kernel", str(kernel), "--out", str(tmp_path),
        str(browser.building.SMALL),
    )  # fmt: skip
    assert done.returncode and "holds something else" in done.stderr
    assert (tmp_path / "mine.txt").read_text() == "mine"
