"""Whether answers are programs, and what the emptiest answer is worth."""

from __future__ import annotations

import math

import pytest
import torch

from codecomplete import engine
from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.instruction import programs
from codecomplete.trainer.instruction.forms import INLINE, MARKS, Form, Pair

PAIR = Pair(
    "Return the area.",
    "def area(w, h):",
    "def area(w, h):\n    return w * h\n",
    'def area(w, h):\n    """Return the area."""\n',
    "    return w * h\n",
    "python",
)


@pytest.fixture(scope="module")
def form(vocabulary_file) -> Form:
    return Form(INLINE, Tokenizer.load(vocabulary_file))


def test_programs_compile_or_do_not():
    assert programs.compiles("x = '\\d'\n")
    assert not programs.compiles("return 1\n"), "parsed, but no program"
    assert not programs.compiles("def f(:\n") and not programs.compiles("x = '\0'\n")


@pytest.mark.parametrize("code", ["    pass\n", "# x\n...\n", "return None\n", "", "\n  return\n"])
def test_an_answer_that_does_nothing_is_seen(code):
    assert not programs.does_something(code)
    assert programs.does_something(code + "x = 1\n")


def test_the_emptiest_answer_always_compiles_and_is_said_to_do_nothing(form):
    row = programs.worth(programs.trivial, form, [PAIR, PAIR])
    assert (row.passes, row.does_something, row.perplexity) == (1.0, 0.0, None)
    assert row.similarity < 0.5


def test_the_true_answer_is_worth_everything(form):
    row = programs.worth(lambda pair: pair.completion, form, [PAIR])
    assert (row.passes, row.does_something, row.similarity) == (1.0, 1.0, 1.0)
    marks = Form(MARKS, form.vocabulary)
    assert programs.worth(lambda pair: pair.output, marks, [PAIR]).similarity == 1.0
    broken = programs.worth(lambda pair: "    return (\n", form, [PAIR])
    assert broken.passes == 0.0


def test_an_answer_ends_where_the_indentation_does():
    after = "    a = 1\n\n    return a\ndef next():\n    pass\n"
    assert programs.inside(after, PAIR) == "    a = 1\n\n    return a\n"
    assert programs.inside("    a = 1\n", PAIR) == "    a = 1\n"


def test_answers_are_the_models_greedy_choice(make_model, vocabulary_file):
    tiny = make_model("sliding")
    form = Form(MARKS, tiny.model.tokenizer)
    short = Pair("a", "", "b\n", "", "", "python")
    text = programs.answered(tiny.model, form, short)
    ids = form.prompt(short)[0][-8:]
    expected: list[int] = []
    while len(expected) < 8:
        logits = tiny.oracle_logits(ids + expected)[: tiny.model.tokenizer.size]
        expected.append(int(logits.argmax()))
    end = tiny.model.tokenizer.special("<eos>")
    kept = expected[: expected.index(end)] if end in expected else expected
    assert text == tiny.model.tokenizer.decode(kept)


def test_an_answer_begins_with_the_line_break_that_its_indentation_is_one_piece_with(make_model):
    tiny = make_model("sliding")
    text = programs.answered(tiny.model, Form(INLINE, tiny.model.tokenizer), PAIR)
    ids, held = Form(INLINE, tiny.model.tokenizer).prompt(PAIR)
    assert held == "\n"
    logits = tiny.oracle_logits(ids[-8:])[: tiny.model.tokenizer.size]
    begins = [at for at, t in enumerate(tiny.model.tokenizer.token_bytes) if t.startswith(b"\n")]
    first = max(begins, key=lambda at: logits[at])
    wanted = tiny.model.tokenizer.token_bytes[first].decode()[1:]
    assert programs.inside(text, PAIR) == text and (text.startswith(wanted) or text == "\n")


def test_only_the_answers_tokens_are_scored(make_model):
    tiny = make_model("sliding")
    form = Form(MARKS, tiny.model.tokenizer)
    example = form.example(Pair("a", "", "b\n", "", "", "python"))
    perplexity, bits_per_byte = programs.expectation(tiny.model, [example])
    with torch.inference_mode():
        logits = tiny.oracle(torch.tensor([example.ids[:-1]]))[0]
    costs = torch.nn.functional.cross_entropy(
        logits[example.given - 1 :], torch.tensor(example.response), reduction="sum"
    ).item()
    assert perplexity == pytest.approx(math.exp(costs / len(example.response)), rel=2e-2)
    assert bits_per_byte == pytest.approx(costs / math.log(2) / len(b"b\n"), rel=2e-2)
    assert isinstance(tiny.model, engine.Model)
