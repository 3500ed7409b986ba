"""Reports on a build: manifest, attributions, the final table, the plot.

Reads the results of the stages; decides nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .choose import dropped_later, kept_documents
from .documents import read_json, write_json
from .packages import Package
from .pages import write_between
from .profiles import Profile
from .stages import Work, report_of

UNUSED = {
    "validation": "training is not watched, and nothing can be tuned",
    "test": "a model cannot be evaluated",
}


def write_manifest(
    packages: Sequence[Package], profile: Profile, work: Work, out: Path
) -> dict[str, Any]:
    """Write ``manifest.json``: the input by package, and what was dropped and why."""
    later = dropped_later(work)
    rows = [_row(package, later.get(package.slug, {}), work) for package in packages]
    manifest = {
        "format": 1,
        "profile": profile.name,
        "mix": {
            name: "all" if amount == float("inf") else amount
            for name, amount in profile.mix.items()
        },
        "recipe": profile.recipe,
        "totals": totals(rows),
        "packages": rows,
    }
    write_json(out / "manifest.json", manifest)
    return manifest


def _row(package: Package, later: dict[str, Any], work: Work) -> dict[str, Any]:
    report = report_of(work.extracted(package))
    for language, reasons in later.items():
        found = report["files"][language]
        for reason, (count, size) in reasons.items():
            found["dropped"][reason] = [count, size]
            found["kept"] = [found["kept"][0] - count, found["kept"][1] - size]
    licences = Counter(document.licence for document in kept_documents(package, work))
    return {
        "name": package.name,
        "kind": package.kind,
        "version": package.version,
        "sha256": package.digest,
        "licence": package.licence,
        "split": package.split,
        "file_licences": dict(sorted(licences.items())),
        **report,
    }


def totals(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """``{language: {before, train, validation, test: [files, bytes], dropped: {reason: ...}}}``."""
    result: dict[str, Any] = {}
    for row in rows:
        for language, found in row["files"].items():
            total = result.setdefault(language, {"before": [0, 0], "dropped": {}})
            _add(total["before"], found["before"])
            _add(total.setdefault(row["split"], [0, 0]), found["kept"])
            for reason, count in found["dropped"].items():
                _add(total["dropped"].setdefault(reason, [0, 0]), count)
    return result


def _add(total: list[int], count: Sequence[int]) -> None:
    total[0] += count[0]
    total[1] += count[1]


_ATTRIBUTION = """\
# Attribution

The training data contains source files of the packages below, under the licences named. Where a
file's own header declares a licence, that one is counted. Thanks to their authors.

| package | version | from | licence | files by licence |
|---|---|---|---|---|
"""


def write_attribution(manifest: dict[str, Any], out: Path) -> None:
    """Write ``ATTRIBUTION.md``, to ship with the shards and with weights trained on them."""
    lines = []
    for row in sorted(manifest["packages"], key=lambda row: row["name"].lower()):
        if row["split"] == "train" and row["file_licences"]:
            shares = ", ".join(f"{name}: {count}" for name, count in row["file_licences"].items())
            facts = (row["name"], row["version"], row["kind"], row["licence"], shares)
            lines.append(f"| {' | '.join(facts)} |\n")
    (out / "ATTRIBUTION.md").write_text(_ATTRIBUTION + "".join(lines), encoding="utf-8")


def summary(out: Path) -> str:
    """The final table of a build, one line per language, then the packages that failed."""
    manifest, description = read_json(out / "manifest.json"), read_json(out / "shards.json")
    lines = [
        f"{'language':<12}{'files':>9}{'MB':>9}{'kept':>9}{'MB':>9}{'M tokens':>10}{'held out':>10}"
    ]
    train = description["splits"]["train"]["languages"]
    for language, total in manifest["totals"].items():
        files, size = total.get("train", [0, 0])
        held = sum(total.get(split, [0, 0])[1] for split in ("validation", "test"))
        tokens = train.get(language, {}).get("tokens", 0)
        before = total["before"]
        lines.append(
            f"{language:<12}{before[0]:>9,}{before[1] / 1e6:>9.1f}{files:>9,}{size / 1e6:>9.1f}"
            f"{tokens / 1e6:>10.2f}{held / 1e6:>10.1f}"
        )
    lines += [
        f"  dropped {count:>8,} files {size / 1e6:>8.1f} MB  {reason}"
        for reason, (count, size) in _reasons(manifest["totals"])
    ]
    missing = [row for row in manifest["packages"] if row["problem"]]
    lines += [f"left out: {row['problem']}" for row in missing]
    lines += [
        f"no text for {split}: {use}, unless a package to hold out is had"
        for split, use in UNUSED.items()
        if not description["splits"][split]["documents"]
    ]
    tokens = description["splits"]["train"]["tokens"]
    lines.append(
        f"{tokens:,} tokens to train on, vocabulary {description['vocabulary_size']:,}: {out}"
    )
    return "\n".join(lines)


def _reasons(languages: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """What was dropped, of all languages, by reason; the most bytes first."""
    dropped: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for total in languages.values():
        for reason, count in total["dropped"].items():
            _add(dropped[reason], count)
    return sorted(dropped.items(), key=lambda item: (-item[1][1], item[0]))


def write_figures(out: Path, page: Path) -> None:
    """Write the figures of a build between the marks ``figures`` of a page."""
    write_between(page, "figures", figures(out))


def figures(out: Path) -> str:
    """The figures of a build as Markdown tables."""
    manifest, description = read_json(out / "manifest.json"), read_json(out / "shards.json")
    measures = read_json(out / "measures.json") if (out / "measures.json").is_file() else {}
    return "\n".join(
        [
            *_language_table(manifest["totals"], description["splits"]["train"]["languages"]),
            *_reason_table(manifest["totals"]),
            *_facts(manifest, description, measures),
            "",
        ]
    )


def _language_table(languages: dict[str, Any], train: dict[str, Any]) -> list[str]:
    lines = [
        "| language | files before | MB before | files to train on | MB | M tokens "
        "| bytes per token | held out, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for language, total in languages.items():
        held = sum(total.get(split, [0, 0])[1] for split in ("validation", "test"))
        found = train.get(language, {"documents": 0, "bytes": 0, "tokens": 0})
        text_tokens = found["tokens"] - 3 * found["documents"]
        lines.append(
            f"| {language} | {total['before'][0]:,} | {total['before'][1] / 1e6:,.1f} "
            f"| {found['documents']:,} | {found['bytes'] / 1e6:,.1f} "
            f"| {found['tokens'] / 1e6:,.1f} "
            f"| {found['bytes'] / max(1, text_tokens):.2f} | {held / 1e6:,.1f} |"
        )
    return [*lines, ""]


def _reason_table(languages: dict[str, Any]) -> list[str]:
    lines = ["| dropped because | files | MB |", "|---|---|---|"]
    for reason, (count, size) in _reasons(languages):
        lines.append(f"| {reason} | {count:,} | {size / 1e6:,.1f} |")
    return [*lines, ""]


def _missing(packages: Sequence[dict[str, Any]]) -> str:
    count = sum(row["problem"] is not None for row in packages)
    return f", {count} of which could not be fetched" if count else ", all of them fetched"


def _secrets(row: dict[str, Any]) -> int:
    """How many secrets were replaced or, in manifests of earlier builds, cut out."""
    return int(row.get("secrets_replaced", row.get("secrets_cut", 0)))


def _facts(
    manifest: dict[str, Any], description: dict[str, Any], measures: dict[str, Any]
) -> list[str]:
    train = description["splits"]["train"]
    core = sum(
        train["languages"].get(name, {}).get("tokens", 0) for name in ("python", "c", "java")
    )
    packages = manifest["packages"]
    facts = [
        f"Profile `{manifest['profile']}`, vocabulary {description['vocabulary_size']:,}: "
        f"**{train['tokens'] / 1e6:,.1f} M training tokens**, of them {core / 1e6:,.1f} M of "
        f"Python, C and Java, in {train['documents']:,} documents.",
        f"{len(packages)} packages{_missing(packages)}; "
        f"{sum(_secrets(row) for row in packages):,} secrets replaced.",
    ]
    facts += [f"Could not be fetched: {row['problem']}." for row in packages if row["problem"]]
    facts += [
        f"Overlap of train with {one['held_out']}: {one['exact']} exact copies and {one['near']} "
        f"near ones of {one['documents']:,} documents ({one['near_share']:.2%})."
        for one in measures.get("overlap", [])
    ]
    return [f"- {fact}" for fact in facts]


def plot(out: Path, image: Path) -> None:
    """Draw bytes by language, kept and dropped by reason, as one stacked bar per language."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    languages = read_json(out / "manifest.json")["totals"]
    figure, axes = pyplot.subplots(figsize=(10, 5.5), layout="constrained")
    left = dict.fromkeys(languages, 0.0)
    colours = [pyplot.colormaps["tab20"](part) for part in range(20)]  # as many as bars have parts
    for colour, (label, sizes) in zip(colours, _bars(languages), strict=False):
        widths = [sizes.get(language, 0) / 1e6 for language in languages]
        axes.barh(list(languages), widths, left=list(left.values()), label=label, color=colour)
        left = {name: left[name] + width for name, width in zip(left, widths, strict=True)}
    axes.invert_yaxis()
    axes.set_xlabel("MB of source files")
    axes.legend(loc="lower right", ncols=2, fontsize="small")
    figure.savefig(image, dpi=110)
    pyplot.close(figure)


SHOWN_REASONS = 12


def _bars(languages: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    """Labelled bytes by language: kept, the largest reasons, the rest."""
    kept = {
        name: sum(total.get(split, [0, 0])[1] for split in ("train", "validation", "test"))
        for name, total in languages.items()
    }
    by_reason: dict[str, dict[str, int]] = defaultdict(dict)
    for name, total in languages.items():
        for reason, (_, size) in total["dropped"].items():
            by_reason[reason][name] = size
    ordered = sorted(by_reason, key=lambda reason: -sum(by_reason[reason].values()))
    bars = [("kept", kept), *((reason, by_reason[reason]) for reason in ordered[:SHOWN_REASONS])]
    rest: Counter[str] = Counter()
    for reason in ordered[SHOWN_REASONS:]:
        rest.update(by_reason[reason])
    return [*bars, ("other reasons", dict(rest))] if rest else bars
