"""How much of a text is true, with real objects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from codecomplete.integrations.prompt.truth import (
    holds,
    imports_nothing,
    is_false_import,
    is_python,
    true_part,
)
from tests.integrations.prompt.objects import SESSION

FRAME = pd.DataFrame({"region": ["a"], "amount": [1]})
NAMES = {**SESSION, "frame": FRAME, "np": np}


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        # attributes
        ("os.", "path.join(text)", "path.join(text)"),
        ("os.", "paths.join(text)", ""),
        ("os.path.", "joint(text)", ""),
        ("x = os", ".listdirs()", ""),
        ("plain.", "items.append(1)", "items.append(1)"),
        ("plain.", "items.push(1)", "items"),
        ("plain.", "missing", ""),
        ("plain.", "missing = 1", "missing = 1"),
        ("plain.", "missing += 1", "missing += 1"),
        ("plain.", "missing == 1", ""),
        ("settings.", "rate = 1", ""),
        ("numbers.", "size = 1", ""),
        ("slotted.", "height", ""),
        ("prop.", "value.anything", "value.anything"),
        ("dynamic.", "missing", "missing"),
        ("touchy.", "missing", "missing"),
        ("lazy.", "missing", "missing"),
        ("listing.", "missing", ""),
        ("np.", "arr()", ""),
        ("counts.", "most_commons(3)", ""),
        ("str.", "joins", ""),
        ("plain.missing.", "too", "too"),
        ("frame.", "amounts", ""),
        ("frame['amount'].", "means()", ""),
        ("os = 1\nos.", "nothing", ""),
        ("def f(os):\n    os.", "nothing", "nothing"),
        ("import json as os\nos.", "nothing", "nothing"),
        # names
        ("for a", " in nobody:", ""),
        ("for a", " in people:", " in people:"),
        ("print(", "nobody)", ""),
        ("print(", "text, nobody)", "text"),
        ("x = ", "[n for n in numbers]", "[n for n in numbers]"),
        ("sum(", "q.items for q in people)", "q.items for q in people)"),
        ("sum(", "q.nothing for q in people)", ""),
        ("sum(", "q.items for q in nobody)", ""),
        ("f", "oo = 1", "oo = 1"),
        ("f", "oo, bar = 1, 2", "oo, bar = 1, 2"),
        ("def f(x):\n    ret", "urn x + 1", "urn x + 1"),
        ("class", " B(Plain):", " B(Plain):"),
        ("sorted(people, key=", "lambda p: p.items)", "lambda p: p.items)"),
        ("whi", "le True:", "le True:"),
        ("try:\n    x\nexcept ", "ValueError as error:", "ValueError as error:"),
        # calls
        ("amount", "(3)", ""),
        ("np.", "pi()", "pi"),
        ("plain.", "deposit(3, note='x')", "deposit(3, note='x')"),
        ("plain.", "deposit(3, remark='x')", "deposit(3"),
        ("plot(frame, ", "legend=True)", ""),
        ("plot(frame, ti", "tle=text, title=text)", "tle=text"),
        ("np.arange(12", "[8, dtype=np.float32)", ""),
        ("plot(", "data_frame, *, show_legend=True): pass", ""),
        ("plot(", "frame, *, show_legend=True): pass", "frame"),
        # keys
        ('settings["', 'hidden"]', ""),
        ('settings["', 'hidden"] = 3', 'hidden"] = 3'),
        ('settings["', 'hidden units"]', 'hidden units"]'),
        ('frame["', 'amounts"].mean()', ""),
        ('counts["', 'anything"]', 'anything"]'),
        # ends
        ("x", " = range(1,", " = range(1"),
        ("from os", ".path.", ".path"),
        ("frame.", "sort_values(", "sort_values("),
        ("frame.", "sort_values(by=", "sort_values("),
        ("x", " = {", ""),
        ("if amount", " == 3:", " == 3:"),
        ("amount", " = [text, ", " = [text"),
        ("sum(p.items", " for p", ""),
        ("x = amount", '"', ""),
        ("print(", '"', ""),
        # what names nothing
        ("'see os.", "nothing'", "nothing'"),
        ("# os.", "nothing", "nothing"),
        ("print(f'", "{amount}')", "{amount}')"),
    ],
)
def test_a_text_is_cut_where_it_stops_being_true(cell, text, expected):
    assert true_part(cell, text, NAMES) == expected


def test_a_name_is_gone_after_it_was_deleted():
    names = dict(NAMES)
    assert true_part("print(", "amount)", names) == "amount)"
    del names["amount"]
    assert true_part("print(", "amount)", names) == ""


def test_what_was_deleted_is_not_said_again():
    earlier = "gone = 3\nkept = 4\ndel gone\n"
    assert not holds("go", "ne = 3", NAMES, earlier) and holds("ke", "pt = 4", NAMES, earlier)
    assert holds("go", "ne = 3", {**NAMES, "gone": 1}, earlier)


def test_a_text_that_is_no_python_is_not_shown():
    assert is_python("x = ", "3") and is_python("def f(", "a, b") and is_python("f(", "a")
    assert not is_python("f(", "a, *, b): pass") and not is_python("x = ", "= 3")
    assert is_python("x = = ", "3")  # it was none before


def test_modules_that_do_not_exist_are_not_imported():
    assert is_false_import("import os", "lo") and not is_false_import("import o", "s")
    assert is_false_import("from os.pathh", " import join") and not is_false_import("x = ", "1")


def test_what_is_imported_already_is_not_imported_again():
    assert imports_nothing("import os", NAMES) and imports_nothing("import numpy as np", NAMES)
    assert not imports_nothing("import numpy as n", NAMES) and not imports_nothing("x", NAMES)
    assert not imports_nothing("import json", NAMES)
    assert imports_nothing("from prepared import text, amount", NAMES)
    assert not imports_nothing("from prepared import text, more", NAMES)


def test_earlier_lines_are_held_against_the_session_too():
    assert holds("numb", "ers.append(1)", NAMES) and not holds("gone", "_frame.head()", NAMES)
    assert not holds("amount", " = 3", NAMES), "a name that is typed to its end is to be read"
    assert not holds("frame.", "head()", NAMES) and holds("frame.he", "ad()", NAMES)
    assert holds("amou", "nt = 3", NAMES)


def test_what_is_broken_never_fails():
    for cell in ("(((", "]]", "def f(", "x['", "\0", "import", "from", ".", "a.b.", "lambda"):
        for text in ("", ".", "a", "(", ")]", "'", "\n\n", "= ", "b.c(d)[e]"):
            true_part(cell, text, NAMES)
