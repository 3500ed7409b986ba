"""What a session remembers of the user's own text."""

from __future__ import annotations

import pytest

from codecomplete.engine.local.mixing import FILE, WINDOW
from codecomplete.engine.local.text import MOST_CHARACTERS, LocalText, chunks
from codecomplete.engine.privacy.secrets import without
from codecomplete.engine.state.stream import Stopped
from tests.tiny import SOURCE


class Counting:
    """A tokenizer that counts the characters it is given."""

    def __init__(self, inner) -> None:
        self.inner, self.characters = inner, 0

    def encode(self, text):
        self.characters += len(text)
        return self.inner.encode(text)


@pytest.fixture
def counting(tokenizer):
    return Counting(tokenizer)


LONG = "".join(f"def function_{n}(argument):\n    return {n}\n\n" for n in range(400))


def test_chunks_are_the_text_and_an_edit_changes_few_of_them():
    before, after = chunks(LONG), chunks(LONG.replace("return 200", "return 2 + 200"))
    assert "".join(before) == LONG
    assert len(set(after) - set(before)) <= 2 < len(before)


def test_learning_again_costs_only_what_changed(counting):
    local = LocalText(counting)
    local.learn(LONG, "")
    first, counting.characters = counting.characters, 0
    local.learn(LONG, "")
    assert counting.characters == 0
    local.learn(LONG.replace("return 200", "return 2 + 200"), "")
    assert counting.characters < first / 3


def test_memory_is_bounded_by_characters_not_by_the_file(counting):
    local = LocalText(counting)
    local.learn(LONG * 100, LONG * 100)
    assert counting.characters <= MOST_CHARACTERS


def test_learning_can_be_stopped_and_goes_on(counting):
    local = LocalText(counting)
    calls = iter([False, False, True])
    with pytest.raises(Stopped):
        local.learn(LONG, "", stop=lambda: next(calls))
    done = counting.characters
    assert 0 < done < len(LONG)
    local.learn(LONG, "")
    assert counting.characters == len(LONG)


def test_the_file_and_the_window_are_found_apart(tokenizer):
    local = LocalText(tokenizer)
    local.learn(SOURCE, "")
    window = tokenizer.encode("for name in names:")
    local.follow(window)
    found = dict(local.found(tokenizer.encode("    for name")))
    assert found[FILE] and found[FILE][-1].order >= 2
    following = [tokenizer.token_bytes[i] for i in found[FILE][-1].ids.tolist()]
    assert b" in" in following or b" i" in following
    assert found[WINDOW][0].order == 1


def test_a_secret_on_two_lines_or_many_is_never_cut_in_two():
    """Chunks are looked through one by one, so no boundary may stand inside a secret."""
    for number in range(400):
        key = "\n".join(f"{number:04}AAbCdEfGhIjKlMnOpQrStUvWxYz{line:02}" for line in range(9))
        pem = f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"
        text = f"x = {number}\npassword_{number} = (\n    'hunter2x'\n)\n{pem}y = {number}\n"
        kept = "".join(without(chunk) for chunk in chunks(text))
        assert "hunter2x" not in kept and "AbCdEf" not in kept, text
        assert f"y = {number}" in kept
