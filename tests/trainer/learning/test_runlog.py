"""The log: resumed without double rows, readable after an interruption, and plotted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from codecomplete.trainer.errors import LogError
from codecomplete.trainer.learning import runlog

MEASURED = ("validation_loss", "validation_perplexity", "validation_bits_per_byte")


def row(step: int) -> runlog.Row:
    return {
        "step": step, "tokens": 100 * step, "loss": 5.0 / step, "bits_per_token": 7.0 / step,
        "rate": 1.0, "gradient_norm": 0.5, "tokens_per_second": 1_000, "mfu": 0.2, "skipped": 0,
        **dict.fromkeys(MEASURED, 5.1 / step),
    }  # fmt: skip


def written(path: Path, steps: range, first: int = 0, events: Path | None = None) -> None:
    with runlog.opened(path, first, events) as write:
        for step in steps:
            write(row(step))


def test_a_resumed_run_takes_its_rows_again(tmp_path):
    path = tmp_path / "logs" / "log.csv"
    written(path, range(1, 8))
    written(path, range(6, 10), first=5)
    assert [found["step"] for found in runlog.read(path)] == list(range(1, 10))


def test_an_older_log_gets_the_new_columns(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,tokens,loss\n10,1000,5.5\n20,2000,4.5\n")
    written(path, range(21, 22), first=20)
    assert path.read_text().splitlines()[0] == ",".join(runlog.FIELDS)
    assert [found["loss"] for found in runlog.read(path)] == [5.5, 4.5, pytest.approx(5 / 21)]


def test_an_interrupted_last_line_is_left_out(tmp_path):
    path = tmp_path / "log.csv"
    written(path, range(1, 4))
    path.write_text(path.read_text() + "4,4")
    assert [found["step"] for found in runlog.read(path)] == [1, 2, 3]
    assert runlog.read(tmp_path / "none.csv") == []


def test_a_log_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with runlog.opened(tmp_path / "log.csv", 0) as write:
        monkeypatch.setattr(runlog.csv.DictWriter, "writerow", full)
        with pytest.raises(LogError, match=r"log.csv: step 1 cannot be logged.*No space left"):
            write(row(1))


def test_tensorboard_gets_every_curve(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    written(tmp_path / "log.csv", range(1, 4), events=tmp_path / "events")
    found = accumulator.EventAccumulator(str(tmp_path / "events")).Reload()
    assert {*found.Tags()["scalars"]} == {*runlog.CURVES}
    assert [event.step for event in found.Scalars("loss")] == [1, 2, 3]


def test_logs_are_plotted_together(tmp_path):
    pytest.importorskip("matplotlib")
    logs = {}
    for name in ("a", "b"):
        logs[name] = tmp_path / f"{name}.csv"
        written(logs[name], range(1, 5))
    path = runlog.plot(logs, tmp_path / "deep" / "plot.png", "two runs")
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_progress_prints_lines_where_there_is_no_terminal():
    stream = io.StringIO()
    progress = runlog.Progress(0, 10, stream)
    progress.show(row(4))
    progress.close()
    assert "step       4" in stream.getvalue() and "min left" in stream.getvalue()


def test_progress_is_a_bar_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = runlog.Progress(0, 10, stream)
    progress.show(row(4))
    progress.close()
    assert "4/10" in stream.getvalue()
