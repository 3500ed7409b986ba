"""Carets, lines, parsing: each measure on cases that can be checked by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.evaluation.carets import Caret, choose_carets
from codecomplete.trainer.evaluation.files import SourceText, held_out_files
from codecomplete.trainer.evaluation.lines import (
    Answer,
    edit_similarity,
    levenshtein,
    line_measures,
)
from codecomplete.trainer.evaluation.parsing import faults, parse_measures, still_parses

PYTHON = "import os\n\ndef f(a):\n    return os.path.join(a, 'b')\n\nprint(f('x'))\n"
C = "int main(void) {\n    int a = 1;\n    return a;\n}\n"


def text(source: str, language: str = "python") -> SourceText:
    return SourceText(Path("a"), language, source)


class TestCarets:
    def test_they_and_what_surrounds_them_make_the_file(self):
        for caret in choose_carets([text(PYTHON), text(C, "c")], 40, seed=1):
            assert caret.before + caret.rest + caret.below in (PYTHON, C)
            assert len(caret.rest) >= 2 and "\n" not in caret.rest
            assert caret.rest == caret.rest.rstrip()

    def test_they_are_the_same_for_every_model(self):
        assert choose_carets([text(PYTHON)], 9, 3) == choose_carets([text(PYTHON)], 9, 3)

    def test_half_of_them_stand_behind_the_indentation(self):
        carets = choose_carets([text(PYTHON)], 40, seed=2)
        starts = [caret.before.rpartition("\n")[2].strip() == "" for caret in carets]
        assert all(starts[0::2]) and not all(starts[1::2])


class TestLines:
    @pytest.mark.parametrize(
        "a, b, distance", [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
    )
    def test_levenshtein(self, a, b, distance):
        assert levenshtein(a, b) == levenshtein(b, a) == distance

    def test_similarity_is_over_the_longer_text(self):
        assert edit_similarity("", "") == 1.0
        assert edit_similarity("abcd", "ab") == 0.5

    def test_only_the_carets_line_counts(self):
        caret = Caret("python", "x = ", "1", "\n")
        measures = line_measures([Answer(caret, "1\ny = 2"), Answer(caret, "2"), Answer(caret, "")])
        assert measures["carets"] == 3 and measures["shown"] == pytest.approx(2 / 3, abs=1e-3)
        assert (
            measures["exact_match"] == measures["edit_similarity"] == pytest.approx(1 / 3, abs=1e-3)
        )


class TestParsing:
    def answer(self, source: str, rest: str, suggestion: str, language: str) -> Answer:
        before, _, below = source.partition(rest)
        return Answer(Caret(language, before, rest, below), suggestion)

    @pytest.mark.parametrize("suggestion, parses", [("sum(a)", True), ("sum(a", False)])
    def test_python(self, suggestion, parses):
        answer = self.answer(PYTHON, "os.path.join(a, 'b')", suggestion, "python")
        assert still_parses(answer) is parses

    @pytest.mark.skipif(
        importlib.util.find_spec("tree_sitter_c") is None, reason="no grammar for C installed"
    )
    @pytest.mark.parametrize("suggestion, parses", [("= 2 + 3;", True), ("= (2 + ;", False)])
    def test_c(self, suggestion, parses):
        assert still_parses(self.answer(C, "= 1;", suggestion, "c")) is parses

    def test_files_that_do_not_parse_are_not_counted(self):
        broken = self.answer("print 'a'\nx = 1\n", "1", "2", "python")
        assert parse_measures([broken]) == {"parse_checked": 0, "parses": None}

    def test_warnings_about_escapes_are_no_faults(self):
        assert faults("python", "x = '\\d'\n") == 0

    def test_languages_without_a_parser(self):
        assert faults("kotlin", "fun main() {}") is None


class TestFiles:
    def test_the_folders_of_a_corpus(self, tmp_path):
        for package, size in (("a", 300), ("b", 3000)):
            folder = tmp_path / "python" / package / "src"
            folder.mkdir(parents=True)
            for number in range(10):
                (folder / f"{number}.py").write_text("x = 1\n" * (size // 6))
        found = held_out_files(tmp_path, 6_000)["python"]
        by_package = {p: sum(f.bytes for f in found if f"/{p}/" in str(f.path)) for p in "ab"}
        assert by_package == {"a": 3_000, "b": 3_000}

    def test_any_folder_and_a_list(self, tmp_path):
        (tmp_path / "main.c").write_text(C)
        (tmp_path / "README").write_text("no source")
        listed = tmp_path / "files.txt"
        listed.write_text(f"{tmp_path / 'main.c'}\n\n")
        for files in (tmp_path, listed):
            assert [f.text for f in held_out_files(files, 1000)["c"]] == [C]

    def test_nothing_to_read_is_an_error(self, tmp_path):
        with pytest.raises(ConfigError, match="no readable source file"):
            held_out_files(tmp_path, 1000)
        with pytest.raises(ConfigError, match="neither a folder nor a list"):
            held_out_files(tmp_path / "missing", 1000)
