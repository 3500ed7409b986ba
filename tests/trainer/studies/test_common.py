"""What studies share: options that are asked for alike, and tables that reach their page."""

from __future__ import annotations

import json

import pytest

from codecomplete.corpus.errors import OutputError
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.studies import common, objectives, optimisers, scaling, stability


def parsed(tmp_path, *more: str):
    parser = common.parser_of("a study", plot=True)
    given = ["--data", "d", "--work", str(tmp_path / "work"), "--plot", str(tmp_path / "p.png")]
    return parser.parse_args([*given, *more])


def test_a_table_is_printed_kept_and_written_between_the_marks(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- mine: begin -->\nold\n<!-- mine: end -->\nbelow\n")
    options = parsed(tmp_path, "--page", str(page))
    common.begin(options)
    common.finish("mine", {"a": 1}, "| a |\n|---|\n| 1 |", options)
    assert page.read_text() == (
        "above\n<!-- mine: begin -->\n| a |\n|---|\n| 1 |\n<!-- mine: end -->\nbelow\n"
    )
    assert json.loads((tmp_path / "work" / "results.json").read_text()) == {"a": 1}
    assert "| 1 |" in capsys.readouterr().out


def test_nothing_is_written_among_what_is_not_a_studys(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError):
        common.begin(parsed(tmp_path))


def test_a_picture_that_cannot_be_written_is_known_before_the_work(tmp_path):
    options = parsed(tmp_path)
    options.plot = tmp_path / "picture.doc"
    with pytest.raises((ConfigError, OutputError)):
        common.begin(options)


@pytest.mark.parametrize("study", [objectives, optimisers, scaling, stability])
def test_every_study_names_what_it_needs(study, capsys):
    with pytest.raises(SystemExit) as ended:
        study.main([])
    assert ended.value.code == 2 and "--data" in capsys.readouterr().err
