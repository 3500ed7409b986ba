"""What each kind of edit costs in steps of the model over context: a table that is walked.

The model knows SOURCE by heart, so what it suggests is what comes next. ``TOKENS`` stands for the
tokens of whatever text is new.
"""

from __future__ import annotations

import pytest

from tests.tiny import SOURCE

BEGIN = SOURCE.index("name.endswith") + 4  # inside a word
LINE = SOURCE.index("self.items.append(item)")
WINDOW_START = 512  # tokens of a start after a jump, at most: see engine/state/window.py


def suggest(session, text, after=""):
    session.sync(text, after)
    return session.suggest(deadline_ms=None, threshold=0)


def taken(part):
    """Accept a part of a suggestion."""

    def text(before, suggestion):
        return before + (suggestion.text if part == "text" else getattr(suggestion, part)())

    return text


TABLE = [
    # what the user does, and how many steps over context it costs: none, a number, or "new" tokens
    ("types a letter of the word", lambda b, s: b + s.text[0], 0),
    ("types through all of the word", lambda b, s: b + s.first_word(), 0),
    ("types a letter that differs", lambda b, s: b + "q", 0),
    ("accepts all", taken("text"), 0),
    ("accepts a word", taken("first_word"), 0),
    ("accepts a line", taken("first_line"), 0),
    ("accepts all and goes on typing", lambda b, s: b + s.text + "x", "new"),
    ("deletes a letter", lambda b, s: b[:-1], 0),
    ("deletes the word", lambda b, s: b[:-4], 0),
    ("deletes a line", lambda b, s: b[: b.rindex("\n")], 0),
    ("pastes a line", lambda b, s: b + "x = 1\ny = 2\nz = x + y\n", "new"),
    ("goes on on the next line", lambda b, s: b + "\n    retur", "new"),
]


@pytest.mark.parametrize(("kind", "steps"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_an_edit_costs_its_steps(make_model, kind, steps):
    model = make_model("memorised").model
    for begin in (BEGIN, LINE + 5):
        session = model.session("python")
        before = SOURCE[:begin]
        suggestion = suggest(session, before)
        text = kind(before, suggestion)
        report = session.sync(text)
        new = len(model.tokenizer.encode(text[len(before) - len(session._buffer.held) - 20 :]))
        assert report.stepped <= (new if steps == "new" else steps)


def test_undo_of_an_accept_costs_nothing(make_model):
    session = make_model("memorised").model.session("python")
    before = SOURCE[:BEGIN]
    after_accept = before + suggest(session, before).text
    suggest(session, after_accept)
    assert session.sync(before).stepped == 0


def test_an_edit_above_costs_what_stands_after_it(make_model):
    model = make_model("memorised").model
    session = model.session("python")
    text = SOURCE[: LINE + 5]
    session.sync(text)
    place = LINE - 60
    changed = text[:place] + "pass\n" + text[place:]
    after = len(model.tokenizer.encode(changed[place - 40 :]))
    assert session.sync(changed).stepped <= after


@pytest.mark.parametrize("policy", ["memorised", "block"])
def test_a_jump_costs_one_window_at_most(make_model, policy):
    model = make_model(policy).model
    session = model.session("python")
    far = SOURCE * 40
    session.sync(far)
    report = session.sync(far[: len(far) // 2 + 17])
    assert 0 < report.stepped <= min(WINDOW_START, 2 * model.config.window)


def test_text_after_the_caret_costs_nothing(make_model):
    session = make_model("memorised").model.session("python")
    session.sync(SOURCE[:BEGIN])
    assert session.sync(SOURCE[:BEGIN], SOURCE[BEGIN:]).stepped == 0


def test_the_next_letter_of_a_word_costs_hardly_a_step_of_decoding_either(make_model):
    """What was computed after a context for one letter serves the next."""
    session = make_model("memorised").model.session("python")
    before = SOURCE[:BEGIN]
    suggestion = suggest(session, before)
    steps = session.steps
    for letters in range(1, len(suggestion.first_word())):
        again = suggest(session, before + suggestion.text[:letters])
        assert again.text == suggestion.text[letters:]
    assert session.steps == steps


@pytest.mark.parametrize("value", ["changeme", "Tr0ub4dor&3"])
def test_a_password_that_is_typed_costs_its_tokens_at_most_twice(make_model, value):
    """Once as the placeholder while it is typed; once more if it turns out to be none."""
    model = make_model("memorised").model
    session, line = model.session("python"), f'password = "{value}"\n'
    session.sync(SOURCE[:LINE])
    steps = session.steps
    for length in range(1, len(line) + 1):
        session.sync(SOURCE[:LINE] + line[:length])
    placeholder = len(model.tokenizer.encode("x" * len(value)))
    tokens = len(model.tokenizer.encode(line))
    assert session.steps - steps <= tokens + 2 * placeholder + 4


def test_a_letter_of_a_password_costs_no_step(make_model):
    session = make_model("memorised").model.session("python")
    session.sync(SOURCE[:LINE] + 'password = "m')
    for length in range(2, 9):
        report = session.sync(SOURCE[:LINE] + 'password = "' + "moonlits"[:length])
        assert report.stepped == 0 and report.held == "x" * length
        assert session.suggest(threshold=0, deadline_ms=None) is None
