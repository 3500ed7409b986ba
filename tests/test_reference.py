"""docs/api.md is what the docstrings say, and every public name has one."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import codecomplete

SCRIPT = Path(__file__).parent.parent / "docs/api.py"


@pytest.fixture(scope="module")
def api() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_api", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_that_of_the_docstrings(api):
    written = api.PAGE.read_text(encoding="utf-8")
    assert api.page() == written, "run python docs/api.py"


def test_every_public_name_is_in_one_section(api):
    listed = [name for names in api.SECTIONS.values() for name in names]
    assert sorted([*listed, "__version__"]) == sorted(codecomplete.__all__)


def test_every_public_name_and_member_has_a_docstring(api):
    package = api.read_source()
    items = [package[name] for names in api.SECTIONS.values() for name in names]
    items += [member for item in items if item.is_class for member in api.members(item)]
    assert [item.path for item in items if not item.docstring] == []
