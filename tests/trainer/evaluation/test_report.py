"""The whole evaluation of a tiny model, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.trainer.__main__ import main
from codecomplete.trainer.evaluation.report import Sizes


@pytest.fixture
def arguments(make_model, tmp_path) -> list[str]:
    folder = tmp_path / "files" / "python" / "package"
    folder.mkdir(parents=True)
    source = Path(__file__).parents[3] / "engine/state/edits.py"
    (folder / "edits.py").write_text(source.read_text())
    model = make_model("sliding").directory
    options = ("--bytes", "1500", "--carets", "6", "--typed", "60", "--stretch", "30")
    return ["evaluate", "--model", str(model), "--files", str(tmp_path / "files"), *options]


def test_json_is_one_object_with_the_protocol_in_it(arguments, capsys):
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"model", "model_sha256", "sizes", "protocol", "mean_bits_per_byte"} <= {*found}
    python = found["languages"]["python"]
    assert python["bits_per_byte"] > 3, "random weights know nothing"
    assert {"files", "bytes", "xz_each", "next_token", "lines", "gaps", "typing"} <= {*python}
    assert {*python["typing"]} == {"model", "recent word", "n-gram of the buffer"}
    assert python["lines"]["carets"] == 6


def test_the_same_seed_measures_the_same(arguments, capsys):
    results = []
    for _ in range(2):
        main([*arguments, "--json"])
        found = json.loads(capsys.readouterr().out)
        python = found["languages"]["python"]
        for measures in [*python["typing"].values(), *python["gaps"].values()]:
            del measures["milliseconds_median"], measures["milliseconds_p95"]
        size = found.pop("size")
        assert size["megabytes"] > 0 and size["resident_mb"] > 20 and size["step_ms"] > 0
        results.append(found)
    assert results[0] == results[1]


def test_tables_are_markdown(arguments, capsys):
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("| | files | bytes | bits_per_byte |") and "python, recent word" in out


def test_a_page_says_how_it_was_made(arguments, tmp_path, capsys):
    page = tmp_path / "page.md"
    assert main([*arguments, "--document", str(page)]) == 0
    text = page.read_text()
    for part in ("python -m trainer evaluate", "## Replayed typing", "## Size and speed", "ppmd"):
        assert part in text
    assert f"({page.stem}.png)" in text
    assert page.with_suffix(".png").stat().st_size > 10_000, "an empty picture"


def test_impossible_sizes():
    with pytest.raises(ValueError, match="impossible sizes"):
        Sizes(bytes=0)
