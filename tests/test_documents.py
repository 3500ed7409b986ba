"""Documents say what is there: files they name exist, and every module is named."""

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


ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
MODULES = [path.relative_to(ROOT) for part in ("engine", "integrations", "corpus", "trainer")
           for path in sorted((ROOT / part).rglob("*.py"))
           if path.name != "__init__.py" and "runtime" not in path.parts]  # fmt: skip
OWN_PAGES = {
    "integrations/lsp": "docs/lsp.md",
    "integrations/edit": "docs/edit.md",
    "integrations/nvim": "docs/nvim.md",
    "integrations/vim": "docs/vim.md",
    "integrations/web": "docs/web.md",
}
"""Hosts whose modules have a table in their own page."""


def chapter_of(module: Path) -> str:
    """The rows of the architecture page that are about the folder a module lies in."""
    part = ARCHITECTURE.partition(f"| module in `{module.parts[0]}/` |")[2].partition("\n\n")[0]
    if len(module.parts) == 2:
        return part.partition("\n| **`")[0]
    return part.partition(f"\n| **`{module.parts[1]}/`**")[2].partition("\n| **`")[0]


def has_a_line(module: Path) -> bool:
    page = OWN_PAGES.get("/".join(module.parts[:2]))
    text = chapter_of(module) if page is None else (ROOT / page).read_text(encoding="utf-8")
    return f"`{module.name}`" in text or bool(page and module.name == "__main__.py")


def test_every_module_has_a_line_under_its_folder():
    assert [module for module in MODULES if not has_a_line(module)] == []


def test_the_architecture_names_no_module_that_is_not_there():
    names = {path.name for path in ROOT.glob("*/**/*.py")}
    rows = [line for line in ARCHITECTURE.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+\.py)`", row)} <= names


def test_the_readme_names_every_folder():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder in ("engine", "integrations", "corpus", "trainer", "tests", "docs", "examples"):
        assert f"[`{folder}/`]({folder})" in text


def test_the_thresholds_are_the_documented_ones():
    from codecomplete import engine
    from codecomplete.engine.modeldir.tuning import DEFAULT_THRESHOLD

    packaged = engine.load().tuning.threshold
    text = " ".join(ARCHITECTURE.split())
    assert f"the threshold: {DEFAULT_THRESHOLD}, unless the model's own fit ({packaged} for" in text
