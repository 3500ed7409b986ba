"""``python -m engine complete`` as a user runs it."""

from __future__ import annotations

import json

import pytest

from codecomplete.engine.__main__ import main
from codecomplete.engine.command.complete import KEYS


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "example.py"
    path.write_text("import os\n\nfor name in os.listdir('.'):\n    print(na")
    return path


def run(capsys, *arguments) -> tuple[int, str, str]:
    status = main(["complete", *map(str, arguments)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_json_is_one_object_with_the_documented_keys(capsys, make_model, example):
    status, out, _ = run(capsys, example, "--json", "--model", make_model("sliding").directory)
    facts = json.loads(out)
    assert status == 0
    assert list(facts) == list(KEYS)
    assert facts["held"] == "na"
    assert facts["stepped"] > 0
    assert facts["model"] == "sliding"


def test_the_picture_shows_the_place(capsys, make_model, example):
    _, out, _ = run(capsys, f"{example}:3", "--model", make_model("block").directory)
    assert "     3 │ for name in os.listdir('.'):" in out
    assert "tokens stepped" in out


def test_errors_are_one_line_and_a_status(capsys, make_model, tmp_path):
    status, out, err = run(capsys, tmp_path / "none.py", "--model", make_model("sliding").directory)
    assert (status, out) == (1, "")
    assert err.startswith("python -m engine complete: ") and err.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["x = 1\n" * 100_000, "x = '" + "a" * 1_000_000, "y = (" + "1 + " * 250_000]
)
def test_large_files_cost_one_window(capsys, make_model, tmp_path, text):
    path = tmp_path / "large.py"
    path.write_text(text)
    tiny = make_model("sliding")
    status, out, _ = run(capsys, path, "--json", "--model", tiny.directory)
    assert status == 0
    assert json.loads(out)["stepped"] <= 2 * tiny.model.config.window


def test_help_names_the_form_of_a_place(capsys):
    with pytest.raises(SystemExit):
        main(["complete", "--help"])
    assert "FILE[:LINE[:COLUMN]]" in capsys.readouterr().out


def test_nothing_is_suggested_in_a_file_that_holds_secrets(tmp_path, capsys):
    path = tmp_path / ".env"
    path.write_text("API_KEY=\n")
    assert main(["complete", str(path)]) == 1
    said = capsys.readouterr()
    assert "holds secrets" in said.err and not said.out
