"""``python -m benchmarks.secrets docs/secrets.md TEST VALIDATION``: the figures of the page.

The two folders contain source files by language, like the held-out files of a corpus
(``files/test``, ``files/validation``), to count how many of their lines are mistaken for secrets.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from codecomplete import engine
from codecomplete.engine.privacy.masks import Mask, masked
from codecomplete.engine.privacy.secrets import find
from tests.integrations.reference import put
from tests.privacy.material import PLACES, SECRETS
from tests.privacy.table import CASES, Found, try_case

CHARACTERS = 8_000_000  # of each language, from the beginning of the list of its files
KEYS = 400


def outcomes() -> dict[tuple[str, str], Found]:
    """The outcome of every secret in every place, by its value and the place."""
    model = engine.load()
    return {(case.secret.value, case.place): try_case(model, case) for case in CASES}


def places_table(found: dict[tuple[str, str], Found]) -> str:
    rows = [
        "| where it stands | secrets | seen by the model | shown, whole or in part |",
        "|---|---|---|---|",
    ]
    for place in PLACES:
        of_place = [one for (_, where), one in found.items() if where == place]
        seen, shown = sum(one.seen for one in of_place), sum(one.shown for one in of_place)
        rows.append(f"| {place} | {len(of_place)} | {seen} | {shown} |")
    seen, shown = (sum(getattr(one, what) for one in found.values()) for what in ("seen", "shown"))
    return "\n".join([*rows, f"| **all** | **{len(found)}** | **{seen}** | **{shown}** |", ""])


def secrets_table(found: dict[tuple[str, str], Found]) -> str:
    rows = ["| secret | as the model gets it | places | seen | shown |", "|---|---|---|---|---|"]
    for secret in SECRETS:
        line = masked(f'{secret.name} = "{secret.value}"').partition('"')[2].rstrip('"')
        shape = line if len(line) <= 40 else f"{line[:36]}... ({len(line)})"
        mine = [one for (value, _), one in found.items() if value == secret.value]
        seen, shown = sum(one.seen for one in mine), sum(one.shown for one in mine)
        rows.append(f"| {secret.kind} | `{shape}` | {len(mine)} | {seen} | {shown} |")
    return "\n".join([*rows, ""])


def ordinary_table(folder: Path) -> str:
    """How many lines of ordinary code are masked."""
    rows = ["| language | files | lines | mistaken for secrets | one in |", "|---|---|---|---|---|"]
    total = [0, 0, 0]
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        counts = _counts(language)
        total = [sum(pair) for pair in zip(total, counts, strict=True)]
        rows.append(_row(language.name, counts))
    return "\n".join([*rows, _row("**all**", total), ""])


def _counts(folder: Path) -> list[int]:
    files = lines = touched = size = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace")
        if size + len(text) > CHARACTERS:
            break
        size, files, lines = size + len(text), files + 1, lines + text.count("\n")
        touched += len(
            {
                line
                for begin, end in find(text)
                for line in range(text.count("\n", 0, begin), text.count("\n", 0, end) + 1)
            }
        )
    return [files, lines, touched]


def _row(name: str, counts: list[int]) -> str:
    files, lines, touched = counts
    share = f"{lines // touched:,}" if touched else "-"
    return f"| {name} | {files:,} | {lines:,} | {touched:,} | {share} |"


def cost_table() -> str:
    """The median microseconds per key as the file grows, and how many lines are searched."""
    rows = ["| lines in the file | µs per key | lines searched per key |", "|---|---|---|"]
    typed = "    result = compute(self.settings, token, index)  # the access key\n" * (KEYS // 60)
    for count in (100, 1_000, 10_000, 100_000):
        text = "def area(radius):\n    result = 3 * radius ** 2\n    return result\n\n" * (
            count // 4
        )
        texts = [text + typed[:length] for length in range(1, min(KEYS, len(typed)))]
        mask = Mask()
        mask.apply(text, 5_096)
        looked_at, times = mask.looked_at, []
        for one in texts:
            start = time.perf_counter()
            mask.apply(one, 5_096)
            times.append(time.perf_counter() - start)
        median = 1e6 * sorted(times)[len(times) // 2]
        rows.append(
            f"| {count:,} | {median:.0f} | {(mask.looked_at - looked_at) / len(times):.2f} |"
        )
    return "\n".join([*rows, ""])


def main(page: str, test: str, validation: str) -> None:
    path = Path(page)
    text = path.read_text(encoding="utf-8")
    found = outcomes()
    for name, table in (
        ("places", places_table(found)), ("secrets", secrets_table(found)),
        ("test", ordinary_table(Path(test))), ("validation", ordinary_table(Path(validation))),
        ("cost", cost_table()),
    ):  # fmt: skip
        text = put(text, name, table)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
