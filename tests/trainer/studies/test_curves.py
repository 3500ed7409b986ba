"""The table and picture of runs: what their logs say, and a refusal where they say nothing."""

from __future__ import annotations

import json

import pytest

from codecomplete.corpus.errors import OutputError
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.learning import runlog
from codecomplete.trainer.studies import curves

ROW = {"bits_per_token": 3.0, "rate": 1.0, "gradient_norm": 1.0, "mfu": 0.1, "skipped": 0}
ROWS = [
    {"step": 5, "tokens": 6_000, "loss": 8.0, "tokens_per_second": 100, "validation_loss": 7.5},
    {"step": 10, "tokens": 12_000, "loss": 7.0, "tokens_per_second": 50},
    {"step": 12, "tokens": 13_000, "loss": 6.5, "tokens_per_second": 100, "validation_loss": 6.0},
]


@pytest.fixture
def run(tmp_path):
    plan = {"parameters": 1234}
    folder = tmp_path / "run"
    folder.mkdir()
    facts = {"preset": "system-a", "plan": plan, "recipe": {}, "model": {}}
    (folder / "run.json").write_text(json.dumps(facts))
    with runlog.opened(folder / "training_logs" / runlog.LOG, 0) as write:
        for row in ROWS:
            write(ROW | row)
    return folder


def test_a_run_is_a_row_of_what_it_logged_where_its_preset_logs(run):
    row = curves.row(run)
    assert row["steps"] == 12 and row["thousand tokens"] == 13
    assert row["minutes"] == round((60 + 120 + 10) / 60, 1)
    assert row["training loss, first and last"] == "8.000 → 6.500"
    assert row["held-out loss, first and last"] == "7.500 → 6.000"
    assert row["bits per byte, first and last"] == "-", "this run has not measured it"


def test_the_table_reaches_the_page_and_the_picture_is_drawn(run, tmp_path):
    page, picture = tmp_path / "page.md", tmp_path / "p.png"
    page.write_text("<!-- mine: begin -->\n<!-- mine: end -->\n")
    given = [str(run), "--plot", str(picture), "--page", str(page), "--name", "mine"]
    curves.main(given)
    assert "| system-a | 1,234 | 12 |" in page.read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_is_no_run_or_has_logged_nothing_is_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="not a run"):
        curves.main([str(tmp_path), "--plot", str(tmp_path / "p.png")])
    (run / "training_logs" / runlog.LOG).unlink()
    with pytest.raises(ConfigError, match="nothing was logged"):
        curves.main([str(run), "--plot", str(tmp_path / "p.png")])
    with pytest.raises((OutputError, ConfigError)):
        curves.main([str(run), "--plot", str(tmp_path / "p.doc")])
