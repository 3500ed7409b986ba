"""The study of sizes measures every model and writes one page of them."""

from __future__ import annotations

from pathlib import Path

from codecomplete.trainer.studies import sizes


def test_every_model_is_a_row_of_the_page(make_model, tmp_path, capsys):
    folder = tmp_path / "files" / "python" / "package"
    folder.mkdir(parents=True)
    source = Path(__file__).parents[3] / "engine/state/edits.py"
    (folder / "edits.py").write_text(source.read_text())
    model, page = make_model("sliding").directory, tmp_path / "sizes.md"
    options = ["--bytes", "1500", "--typed", "60", "--minutes", "7", "--document", str(page)]
    sizes.main([str(model), "--before", str(model), "--files", str(tmp_path / "files"), *options])
    text = page.read_text()
    for part in (f"| {model.name} |", "| before |", "python -m codecomplete.trainer.studies.sizes"):
        assert part in text
    assert "for 7 minutes on one core" in text
    assert page.with_suffix(".png").stat().st_size > 5_000, "an empty picture"
    assert capsys.readouterr().out.strip() in text


def test_a_row_is_the_mean_of_the_languages():
    def language(saved: float, milliseconds: float) -> dict:
        typing = {"keystrokes_saved": saved, "first_word_right": 0.5,
                  "milliseconds_median": milliseconds}  # fmt: skip
        return {"typing": {"model": typing}, "local": {"bits_file": saved}}

    size = {"parameters": 7, "step_ms": 0.5, "resident_mb": 90.0}
    results = {"languages": {"c": language(0.2, 1.0), "java": language(0.4, 2.0)}, "size": size,
               "mean_bits_per_byte": 0.9}  # fmt: skip
    found = sizes.row(results, 4, {"tokens": 100})
    assert (found["keystrokes saved"], found["ms per key"]) == (0.3, 1.5)
    assert (found["layers"], found["tokens of the run"], found["ms per token"]) == (4, 100, 0.5)
