"""What a model of one's own is worth: one column for each code base that was trained on.

Reads the reports of ``python -m trainer personal`` on models that were installed (``report.json``)
and on others (``.not-kept-NAME.json``), and writes their figures into the page. Run this for each
code base, on an idle machine or with more minutes::

    python -m trainer personal FOLDER --replay SHARDS --ways full --no-use --name NAME

Knows reports; trains nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from codecomplete.corpus.documents import read_json
from codecomplete.corpus.pages import write_between

from ..evaluation.report import markdown
from ..personal.figures import CONDITIONS, PROJECT
from ..personal.page import NAMES

MARKS = "own-code"

Report = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=Path, nargs="+", help="JSON, one for each code base")
    parser.add_argument("--page", type=Path, help="page to write the table into")
    options = parser.parse_args(arguments)
    found = table([read_json(path) for path in options.reports])
    print(found)
    if options.page is not None:
        write_between(options.page, MARKS, found + "\n")


def table(reports: Sequence[Report]) -> str:
    """Rows of figures, with a column for each report."""
    columns = [dict(_column(report)) for report in reports]
    return markdown(
        {
            row: {
                report["name"]: column[row] for report, column in zip(reports, columns, strict=True)
            }
            for row in columns[0]
        }
    )


def _column(report: Report) -> Iterator[tuple[str, str | None]]:
    read = sum(done["own_tokens"] for done in report["passes"])
    yield "tokens to learn from, thousand", f"{report['own_tokens'] / 1e3:,.0f}"
    yield "of them read, all passes together, thousand", f"{read / 1e3:,.0f}"
    yield "minutes of training", f"{report['minutes']:.1f}"
    for condition in CONDITIONS:
        yield f"bits per byte, {NAMES[condition]}", _pair(report, "bits", condition, 3)
    yield "change with the project", _change(report)
    for condition in CONDITIONS:
        yield f"keys saved, %, {NAMES[condition]}", _pair(report, "keys", condition, 1, 100)
    yield "wrong per 100 characters, with the project", _pair(report, "wrong", PROJECT, 2)
    yield "replayed typing, characters", f"{report['after']['typed']:,}"
    yield "bits per byte of public files", _public(report["public"])
    yield "installed", "yes" if report["better"] else "no"


def _pair(report: Report, figure: str, condition: str, digits: int, times: float = 1) -> str:
    before, after = (times * report[when][figure][condition] for when in ("before", "after"))
    return f"{before:.{digits}f} → {after:.{digits}f}"


def _change(report: Report) -> str:
    before, after = (report[when]["bits"][PROJECT] for when in ("before", "after"))
    return f"{100 * (after / before - 1):+.1f} %"


def _public(found: Mapping[str, Any]) -> str | None:
    if found["before"] is None:
        return None
    return f"{found['before']:.3f} → {found['after']:.3f}"


if __name__ == "__main__":
    main()
