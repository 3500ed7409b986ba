"""The table of code bases says what the reports say, and stands between the page's marks."""

from __future__ import annotations

import json

from codecomplete.trainer.studies import own_code


def report(name: str, bits: float, better: bool) -> dict:
    conditions = ("alone", "file", "project")

    def figures(bits: float) -> dict:
        return {
            "bits": dict.fromkeys(conditions, bits),
            "keys": dict.fromkeys(conditions, 0.25),
            "wrong": dict.fromkeys(conditions, 4.5),
            "typed": 12_000,
        }

    return {
        "name": name,
        "own_tokens": 600_000,
        "minutes": 5.25,
        "passes": [{"own_tokens": 600_000}, {"own_tokens": 300_000}],
        "before": figures(1.0),
        "after": figures(bits),
        "public": {"before": None, "after": None},
        "better": better,
    }


def test_each_report_is_a_column_of_the_page(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- own-code: begin -->\nold\n<!-- own-code: end -->\nafter\n")
    for name, bits, better in (("one", 0.9, True), ("two", 1.1, False)):
        (tmp_path / name).write_text(json.dumps(report(name, bits, better)))
    own_code.main([str(tmp_path / "one"), str(tmp_path / "two"), "--page", str(page)])
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    for row in (
        "| | one | two |",
        "| of them read, all passes together, thousand | 900 | 900 |",
        "| change with the project | -10.0 % | +10.0 % |",
        "| keys saved, %, with file and project | 25.0 → 25.0 | 25.0 → 25.0 |",
        "| bits per byte of public files | - | - |",
        "| installed | yes | no |",
    ):
        assert row in text.splitlines()
    assert capsys.readouterr().out.strip() in text
