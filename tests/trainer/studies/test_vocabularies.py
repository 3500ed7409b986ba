"""The study of vocabularies measures models of any on the same files, and writes one page."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.corpus.vocabulary import characters
from codecomplete.trainer.evaluation.files import SourceText
from codecomplete.trainer.evaluation.scores import score
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.studies import vocabularies
from tests import tiny
from tests.integrations.web.vectors import CHARACTERS


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files" / "python" / "package"
    folder.mkdir(parents=True)
    source = Path(__file__).parents[3] / "engine/state/edits.py"
    (folder / "edits.py").write_text(source.read_text())
    return tmp_path / "files"


@pytest.fixture
def letters(tmp_path):
    """A random model of characters."""
    tokenizer = tmp_path / "characters.json"
    characters().save(str(tokenizer))
    weights = tiny.random_model(CHARACTERS).state_dict()
    rounding = Quantisation(8, block=32, table_block=32)
    export(CHARACTERS, weights, tokenizer, tmp_path / "letters", "letters", rounding)
    return tmp_path / "letters"


def test_characters_and_words_are_rows_of_one_page(make_model, letters, files, tmp_path, capsys):
    words, page = make_model("sliding").directory, tmp_path / "vocabularies.md"
    options = ["--languages", "python", "--bytes", "1500", "--typed", "60"]
    places = ["--files", str(files), "--document", str(page)]
    vocabularies.main([str(words), str(letters), *places, *options])
    text = page.read_text()
    assert f"| {words.name} |" in text and "| letters |" in text
    assert "studies.vocabularies" in text and "the same 1 files of python" in text
    assert page.with_suffix(".png").stat().st_size > 5_000, "an empty picture"
    assert capsys.readouterr().out.strip() in text


def test_bits_are_of_bytes_whatever_a_token_is(letters):
    """Of a character that the vocabulary does not have, and whose two bytes count."""
    model, text = engine.load(letters), "é = ñ\n" * 20
    bits, milliseconds = vocabularies.compression(model, [SourceText(Path(), "python", text)])
    whole = float(score(model, text, "python").bits.sum())
    assert bits == pytest.approx(whole / (len(text) + 40)) and milliseconds > 0


def test_what_a_model_began_with_counts_as_read():
    training = {"tokens": 5, "began_with": {"tokens": 20, "began_with": {"tokens": 300}}}
    assert vocabularies.read(training) == 325 and vocabularies.read({}) == 0
