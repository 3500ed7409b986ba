"""Comments lines out and back in. Pure functions on text."""

from __future__ import annotations

from collections.abc import Sequence

from .indenting import leading

SLASHES = ("c", "cpp", "go", "java", "javascript", "kotlin", "php", "rust", "typescript",
           "csharp")  # fmt: skip
HASHES = ("python", "toml", "yaml", "shell", "make", "ruby", "dockerfile")
MARKS = {
    "markdown": ("<!--", "-->"),
    "html": ("<!--", "-->"),
    "css": ("/*", "*/"),
    "sql": ("--", ""),
    "lua": ("--", ""),
    **dict.fromkeys(HASHES, ("#", "")),
    **dict.fromkeys(SLASHES, ("//", "")),
}


def toggled(lines: Sequence[str], language: str | None) -> list[str] | None:
    """Comment the lines out, or back in if all are comments; None in languages without comments."""
    if language not in MARKS:
        return None
    marks = MARKS[language]
    written = [line for line in lines if line.strip()]
    if written and all(_is_comment(line, *marks) for line in written):
        return [_bare(line, *marks) for line in lines]
    width = min((len(leading(line)) for line in written), default=0)
    return [_commented(line, width, *marks) for line in lines]


def _is_comment(line: str, opens: str, closes: str) -> bool:
    stripped = line.strip()
    return stripped.startswith(opens) and stripped.endswith(closes)


def _commented(line: str, width: int, opens: str, closes: str) -> str:
    if not line.strip():
        return line
    end = f" {closes}" if closes else ""
    return f"{line[:width]}{opens} {line[width:]}{end}"


def _bare(line: str, opens: str, closes: str) -> str:
    if not line.strip():
        return line
    white = leading(line)
    rest = line[len(white) + len(opens) :].removeprefix(" ")
    if closes:
        rest = rest.rstrip().removesuffix(closes).removesuffix(" ")
    return white + rest
