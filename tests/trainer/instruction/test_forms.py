"""How requests and answers are put: what is read, what is to be predicted, and by which tokens."""

from __future__ import annotations

import pytest
import tokenizers

from codecomplete.engine.tokenizer import EOS, FILE_SEPARATOR, REPOSITORY_CONTEXT, Tokenizer
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.instruction.forms import ALPACA, FORMS, INLINE, MARKS, Form, Pair, alpaca

PAIR = Pair(
    "Return the area.",
    "def area(w, h):",
    "def area(w, h):\n    return w * h\n",
    'def area(w, h):\n    """Return the area."""\n',
    "    return w * h\n",
    "python",
)


@pytest.fixture(scope="module")
def vocabulary(vocabulary_file) -> Tokenizer:
    return Tokenizer.load(vocabulary_file)


def test_inline_is_the_text_of_an_editor_in_the_tokens_that_the_engine_reads(vocabulary):
    example = Form(INLINE, vocabulary).example(PAIR)
    begin = [vocabulary.special("<bos>"), vocabulary.special("<python>")]
    whole = PAIR.prompt + PAIR.completion
    assert example.ids == [*begin, *vocabulary.encode(whole)]
    assert vocabulary.decode(example.ids) == whole
    read = vocabulary.decode(example.ids[: example.given])
    assert PAIR.prompt.startswith(read) and not read.endswith(" ")
    assert vocabulary.decode(example.response).endswith("return w * h\n")


def test_two_marks_stand_around_the_request_and_the_answer_ends(vocabulary):
    example = Form(MARKS, vocabulary).example(PAIR)
    first, last = (vocabulary.special(mark) for mark in (REPOSITORY_CONTEXT, FILE_SEPARATOR))
    assert example.ids[2] == first and example.ids[example.given - 1] == last
    request = vocabulary.decode(example.ids[3 : example.given - 1])
    assert request == "Return the area.\ndef area(w, h):"
    assert vocabulary.decode(example.response) == PAIR.output
    assert example.response[-1] == vocabulary.special(EOS)


def test_alpacas_template(vocabulary):
    assert alpaca(PAIR).endswith(
        "### Instruction:\nReturn the area.\n\n### Input:\ndef area(w, h):\n\n### Response:\n"
    )
    without = Pair("Say hello.", "", "print('hello')\n", "", "", "python")
    assert "further context" not in alpaca(without) and "### Input" not in alpaca(without)
    example = Form(ALPACA, vocabulary).example(PAIR)
    assert vocabulary.decode(example.ids[: example.given]) == alpaca(PAIR)


@pytest.mark.parametrize("name", FORMS)
def test_the_prompt_is_what_an_example_reads_first(vocabulary, name):
    form = Form(name, vocabulary)
    read = form.example(PAIR)
    ids, held = form.prompt(PAIR)
    assert ids == read.ids[: read.given] and held == ("\n" if name == INLINE else "")


def test_a_vocabulary_without_the_marks_is_told():
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0}, unk_token="a"))
    with pytest.raises(ConfigError, match="--form marks: the vocabulary lacks <repo_ctx>"):
        Form(MARKS, Tokenizer(inner))


def test_lines_of_alpacas_files_become_comments_above_code():
    row = {"instruction": "Add two numbers", "input": "1, 2", "output": "print(1 + 2)"}
    pair = Pair.read(row, "python")
    assert pair.prompt == "# Add two numbers\n# 1, 2\n" and pair.completion == "print(1 + 2)\n"
    for language, begins in {"java": "// Add", "shell": "# Add", "lua": "-- Add"}.items():
        assert Pair.read(row, language).prompt.startswith(begins)
