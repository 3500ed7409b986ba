"""The tables of docs/files.md that come from the code: ``python -m
tests.integrations.edit.files.reference`` writes them into the page; a test compares."""

from __future__ import annotations

from pathlib import Path

from codecomplete.integrations.edit.files import (
    encodings,
    lines,
    opening,
    private,
    read_bytes,
    recovery,
)
from tests.integrations.reference import put

PAGE = Path(__file__).parents[4] / "docs" / "files.md"

SHOWN = (
    ("controls, such as ESC, NUL and form feed", "\x1b\x00\x0c"),
    ("DEL", "\x7f"),
    ("a CR that does not end a line", "\r"),
    ("controls beyond ASCII, such as CSI", "\x9b"),
    ("NEL and the separators of lines and paragraphs", "\x85\u2028\u2029"),
    (
        "invisible characters that change the direction of text, or join, fill, vary or tag",
        "\u202e\u200d\u3164\ufe0f\U000e0041",
    ),
    ("bytes that are not UTF-8", "\udcff"),
)


def signs() -> str:
    rows = ["| in the file | shown |", "|---|---|"]
    for name, characters in SHOWN:
        different = dict.fromkeys(private.sign(one) for one in characters)
        rows.append(f"| {name} | {' '.join(different)} |")
    for name, data in (("CRLF", b"a\r\nb\nc\n"), ("LF", b"a\nb\r\nc\r\n")):
        file = read_bytes(data)
        sign = file.visible(file.text.split("\n")[0]).removeprefix("a")
        rows.append(f"| a line that ends with {name} where most do not | {sign} at its end |")
    return "\n".join(rows) + "\n"


def limits() -> str:
    rows = ["| what | at most |", "|---|---|"]
    for name, value in (
        ("size of a file", f"{opening.MOST_BYTES / 1e6:.0f} MB"),
        ("lines", f"{opening.MOST_LINES:,}"),
        ("size of a file that looks binary", f"{opening.MOST_BINARY_BYTES / 1e6:.0f} MB"),
        ("unsaved text that is kept", f"{recovery.MOST_BYTES / 1e6:.0f} MB"),
        ("unsaved texts that are kept after crashes", str(recovery.MOST_FILES)),
        ("copies of what was replaced", str(recovery.MOST_KEPT)),
    ):
        rows.append(f"| {name} | {value} |")
    return "\n".join(rows) + "\n"


def names() -> str:
    ends = {lines.LF: "LF", lines.CRLF: "CRLF", lines.CR: "CR"}
    return (
        f"Encodings: {', '.join(encodings.ENCODINGS)}. "
        f"Line ends: {', '.join(ends[end] for end in lines.LINE_ENDS)}.\n"
    )


def page(text: str) -> str:
    """``text`` with the tables as they should be."""
    for name, content in (("signs", signs()), ("limits", limits()), ("names", names())):
        text = put(text, name, content)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
