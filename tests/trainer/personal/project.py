"""A user's folder with everything in it that a command may meet."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
SECRET = "AKIAIOSFODNN7QWERTYU"
SOURCES = sorted((ROOT / "engine").rglob("*.py"))


def code(folder: Path, count: int = 40) -> Path:
    """Real code: files of this project's engine, below ``folder``. None is long: whole files are
    held out, and measured."""
    written = 0
    for source in SOURCES:
        text = source.read_text("utf-8")
        if written < count and 1500 < len(text) < 7000:
            path = folder / source.relative_to(ROOT)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written += 1
    return folder
