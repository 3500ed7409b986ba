"""The page about a personal training: what it gained, what was read, and how to undo it.

Everything on it is in the report, which is stored as JSON beside it. Knows figures, no models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..evaluation.report import markdown
from .figures import ALONE, CONDITIONS, FILE, PROJECT

HEADING = "# A model trained on your code"
NAMES = {ALONE: "by itself", FILE: "with the open file", PROJECT: "with file and project"}
LEAST_GAIN = 0.01  # of bits per byte with file and project


def is_better(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the new model is better for the user than the old one, both used as usual."""
    fewer_bits = after["bits"][PROJECT] <= before["bits"][PROJECT] * (1 - LEAST_GAIN)
    return fewer_bits and after["keys"][PROJECT] >= before["keys"][PROJECT]


def verdict(report: Mapping[str, Any]) -> str:
    """The result in one sentence."""
    before, after = report["before"], report["after"]
    bits = [figures["bits"][PROJECT] for figures in (before, after)]
    keys = [100 * figures["keys"][PROJECT] for figures in (before, after)]
    change = 100 * (bits[1] / bits[0] - 1)
    said = (
        f"{bits[0]:.3f} → {bits[1]:.3f} bits per byte ({change:+.1f} %) and {keys[0]:.1f} → "
        f"{keys[1]:.1f} % of keys saved, with file and project remembered, on files of yours that "
        "it has not learned"
    )
    if report["better"]:
        return f"Better: {said}."
    return f"Not better, so it was not kept: {said}."


def page(report: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [
        HEADING,
        f"`{report['name']}`, {report['date']}. {verdict(report)}",
        markdown(_figures(report)),
        _reading(report),
        _training(report),
        _forgetting(report),
        _memorised(report),
        _back(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{who}, {NAMES[condition]}": {
            "bits per byte": report[when]["bits"][condition],
            "keys saved, %": round(100 * report[when]["keys"][condition], 1),
            "wrong per 100 characters": report[when].get("wrong", {}).get(condition),
        }
        for who, when in (("before", "before"), ("personal", "after"))
        for condition in CONDITIONS
    }


def _reading(report: Mapping[str, Any]) -> str:
    read = report["read"]
    rows = [f"- {name}: {side['files']:,} files, {side['bytes'] / 1e3:,.0f} kB ({_languages(side)})"
            for name, side in (("learned", read["learned"]), ("to stop by", read["stopping"]),
                               ("to judge by", read["judging"]))]  # fmt: skip
    left = "; ".join(f"{count:,} {reason}" for reason, count in read["left_out"].items())
    rows.append(f"- left out: {left or 'nothing'}")
    rows.append(
        f"- {read['secrets']:,} keys, passwords and addresses taken out of the text; "
        f"{read['copies']:,} files that resemble another are on its side"
    )
    where = ", ".join(f"`{path}`" for path in report["paths"])
    return "\n".join(["## What was read", "", f"From {where}:", "", *rows])


def _languages(side: Mapping[str, Any]) -> str:
    return ", ".join(f"{language} {count}" for language, count in side["languages"].items())


def _training(report: Mapping[str, Any]) -> str:
    rows = {
        f"{done['way']}, pass {done['number']}": {
            "tokens": done["tokens"],
            "yours": done["own_tokens"],
            "minutes": round(done["seconds"] / 60, 1),
            "bits per byte": done["bits"],
        }
        for done in report["passes"]
    }
    return (
        "## Training\n\n"
        f"{report['minutes']:.1f} minutes with {report['threads']} thread(s), from "
        f"`{report['start']}`; {report['own_tokens']:,} tokens of yours. The last column is "
        "measured on the files to stop by, with file and project; the best pass was taken "
        f"(`{report['taken']}`).{_tuning(report)}\n\n{markdown(rows)}"
    )


def _tuning(report: Mapping[str, Any]) -> str:
    if not report.get("tuned"):
        return ""
    return (
        " How far local text is believed, and when a suggestion is shown, was then fitted again on "
        "those files."
    )


def _forgetting(report: Mapping[str, Any]) -> str:
    found = report["public"]
    said = f"## Other code\n\nPublic code read in between: {found['origin']}."
    if found.get("before") is None:
        return said
    return (
        f"{said} On public files that were not read: {found['before']:.4f} → {found['after']:.4f} "
        "bits per byte."
    )


def _memorised(report: Mapping[str, Any]) -> str:
    found = report["memorised"]
    return (
        "## Learned by heart\n\n"
        f"{found['runs']:,} pieces of {found['fewest']} tokens and more of the learned files, "
        f"{found['share']:.2%} of their text; the longest has {found['longest']:,} tokens. "
        f"`python -m trainer personal --show-memorised {report['name']}` shows them."
    )


def _back(report: Mapping[str, Any]) -> str:
    if not report["better"]:
        return ""
    return (
        "## Taking it back\n\n"
        "`python -m trainer personal --undo` goes back to what was in use before, `--use packaged` "
        f"to the packaged model, and `--remove {report['name']}` deletes this one. The packaged "
        "weights are as they were."
    )
