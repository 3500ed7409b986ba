"""What stands after the caret decides where a suggestion ends: the packaged model, real text."""

from __future__ import annotations

import pytest

from codecomplete import engine
from codecomplete.engine.decoding.ends import LineEnd
from codecomplete.engine.decoding.infill import Infill, tail_of


@pytest.fixture(scope="module")
def model():
    return engine.load()


def suggested(model, before, after, language="python", threshold=None) -> str:
    session = model.session(language)
    session.sync(before, after)
    session.learn()
    found = session.suggest(deadline_ms=None, threshold=threshold)
    return found.text if found else ""


def test_a_name_that_stands_after_the_caret_is_not_suggested_again(model):
    before = "class Node(Item):\n    def __init__(self, name"
    shown = suggested(model, before, ", parent):\n        self.name = name\n", threshold=0)
    assert "name" not in shown and "parent" not in shown and "," not in shown


def test_a_call_ends_before_the_bracket_that_stands_there(model):
    before = "import os\n\ndef read(folder):\n    for name in os.list"
    assert suggested(model, before, "(folder):\n        print(name)\n") == "dir"


def test_a_keyword_ends_before_the_expression_that_stands_there(model):
    assert suggested(model, "def add(a, b):\n    retu", " a\n") == "rn"


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        ("class Store:\n    def get(self, key, default=None", ")", "python"),
        ("class Store:\n    def get(", ")", "python"),
        ("print(", ")", "python"),
        ("values = [", "]", "python"),
        ("names = {", "}", "python"),
        ("for name in sorted(", ")", "python"),
        ("import os\npath = os.path.join(", ")", "python"),
        ("with open(", ")", "python"),
        ("class A {\n    Map<String, Integer> counts = new HashMap<>(", ")", "java"),
        ("class A {\n    void remove(String name, int count", ")", "java"),
        ("class A {\n    void remove(", ")", "java"),
        ("class A {\n    int[] values = new int[", "]", "java"),
        ("#include <stdio.h>\nint main(", ")", "c"),
        ("#include <stdio.h>\nint main(void) {\n    printf(", ")", "c"),
        ("#include <stdlib.h>\nvoid f(void) {\n    char *p = malloc(", ")", "c"),
        ("void f(int n) {\n    int a[", "]", "c"),
    ],
)
def test_a_closed_bracket_is_not_closed_again(model, before, after, language):
    """As editors leave it that close brackets by themselves; whatever the confidence."""
    shown = suggested(model, before, after + "\n", language, threshold=0)
    line = before.rpartition("\n")[2] + shown + after
    assert balance(line) == balance(before.rpartition("\n")[2] + after), shown


def balance(line: str) -> int:
    """Closers without an opener, anywhere in the line."""
    depth = surplus = 0
    for character in line:
        depth += character in "([{"
        if character in ")]}":
            surplus += not depth
            depth = max(0, depth - 1)
    return surplus


def test_a_line_that_stands_below_is_not_suggested(model):
    before = "class A:\n    def __init__(self, one, two):\n        self.one = one\n        "
    shown = suggested(model, before, "\n        self.two = two\n", threshold=0)
    assert shown != "self.two = two"


def test_where_nothing_is_missing_nothing_is_shown(model):
    before, after = "def total(values):\n    return sum(values", ")\n\n\nprint(total([1, 2]))\n"
    assert suggested(model, before, after) == ""


def test_without_text_after_the_caret_a_suggestion_goes_on_to_the_end_of_the_line(model):
    assert suggested(model, "def f(self, name):\n    self.name", "", threshold=0) == " = name"


def filled(model, before, after):
    """The candidates for a gap, with the decoder that they come from."""
    session = model.session("python")
    session.sync(before, after)
    decoder = session._proposals._decoder(16, lambda: False)
    infill = Infill(decoder, model.tokenizer.encode, tail_of(after, model.tokenizer, 6), 64)
    return decoder, infill.fill(session._buffer.held_bytes, 16, LineEnd()), session._buffer.held


def test_a_candidate_that_ends_early_keeps_the_tokens_it_is_made_of(model):
    """What was decoded after it is another candidate's, and the gate would look there for what
    follows its last word."""
    before = "import os\n\ndef read(root, name):\n    path = os.path."
    decoder, found, held = filled(model, before, "(root, name)\n    return path\n")
    assert len(found) > 2
    for one in found:
        *most, last = one.decoded.ids or [None]
        begun = held + one.text
        written = b"".join(decoder.vocabulary.bytes[id_] for id_ in most).decode()
        assert begun.startswith(written), (begun, written)
        assert last is None or len(written) + len(decoder.vocabulary.bytes[last]) >= len(begun)


def test_the_end_of_a_filled_word_is_as_probable_as_what_may_follow_it(model):
    before = "import os\n\ndef read(root, name):\n    path = os.path."
    decoder, found, held = filled(model, before, "(root, name)\n    return path\n")
    word = next(one for one in found if one.text == "join")
    ids = tuple(model.tokenizer.encode(held + "join"))
    expected = decoder.log_end(decoder.probabilities(ids), "join")
    assert decoder.log_boundary(word.decoded, "join") == pytest.approx(expected)


@pytest.mark.parametrize("after", ["", ")", ", parent):\n        pass\n", "é€𝄞\n", "\n" * 500])
def test_the_goal_is_a_beginning_of_what_follows(model, after):
    goal = tail_of(after, model.tokenizer, 6)
    assert after.startswith(goal) and len(model.tokenizer.encode(goal)) <= 7
    assert bool(goal) == bool(after)


def test_what_was_decoded_for_the_goal_leaves_the_context_as_it_was(model):
    """The next suggestion at another place is that of a fresh session."""
    before = "import os\n\ndef read(root, name):\n    path = os.path."
    session = model.session("python")
    session.sync(before, "(root, name)\n")
    session.suggest(deadline_ms=None)
    session.sync(before + "join(root", "\n")
    fresh = model.session("python")
    fresh.sync(before + "join(root", "\n")
    again = session.suggest(deadline_ms=None, threshold=0)
    first = fresh.suggest(deadline_ms=None, threshold=0)
    assert again.text == first.text
    assert again.confidence == pytest.approx(first.confidence, abs=0.02)
