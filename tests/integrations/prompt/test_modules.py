"""What can be imported, found without importing it."""

from __future__ import annotations

import sys

import pytest

from codecomplete.integrations.prompt import modules


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "cc_example"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "raise RuntimeError('it was imported')\nfrom os import path as p\nLIMIT: int = 3\n"
        "a, b = 1, 2\nif LIMIT:\n    def inner(): pass\nclass Thing: pass\n"
    )
    (folder / "parts.py").write_text("def part(): pass\n")
    (tmp_path / "cc_broken.py").write_text("def (")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_modules_that_could_be_imported(package):
    assert "cc_example" in modules.importable("cc_ex")
    assert modules.importable("cc_example.") == ["cc_example.parts"]
    assert modules.exists("cc_example.parts") and not modules.exists("cc_example.other")
    assert not modules.exists("cc_nothing") and modules.exists("os.path")
    assert "cc_example" not in sys.modules


def test_names_of_a_module_that_is_not_loaded_are_read_from_its_source(package):
    assert modules.names_in("cc_example") == {"p", "LIMIT", "a", "b", "inner", "Thing", "parts"}
    assert modules.names_in("cc_example.parts") == {"part"}
    assert modules.names_in("cc_broken") is None and modules.names_in("cc_nothing") is None
    assert "cc_example" not in sys.modules


def test_a_folder_is_read_again_when_it_has_changed(package):
    assert not modules.exists("cc_example.later")
    (package / "later.py").write_text("")
    assert modules.exists("cc_example.later")


def test_loaded_modules_are_asked_for_what_they_store():
    assert {"path", "sep", "getcwd"} <= modules.names_in("os")
    assert not modules.may_have_others("os")
