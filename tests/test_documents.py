"""Documents say what is there: files they name exist, and every module of the engine is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")),
         *sorted((ROOT / "engine/models").glob("*/README.md"))]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_architecture_names_every_module_of_the_engine():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "engine").glob("*.py"):
        assert path.name == "__init__.py" or f"`{path.name}`" in text, path.name


def test_the_readme_names_every_folder():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder in ("engine", "integrations", "corpus", "trainer", "tests", "docs", "examples"):
        assert f"[`{folder}/`]({folder})" in text


def test_the_default_threshold_is_the_documented_one():
    from codecomplete.engine.modeldir.tuning import DEFAULT_THRESHOLD

    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert f"the threshold, {DEFAULT_THRESHOLD} unless" in text
