"""Each way to install, for real: the printed path, a clone as a package, help in both."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from codecomplete.integrations.vim.__main__ import RUNTIME as PRINTED
from tests.integrations.nvim.test_install import clone  # noqa: F401
from tests.integrations.vim.editor import ROOT, RUNTIME
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

CELL = "for index in range(10):"


def works(editor) -> None:
    """It suggests, and its help is found."""
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    editor.ex("help codecomplete-vim")
    assert editor.expr("expand('%:t')") == "codecomplete-vim.txt"


def test_the_printed_path_is_a_runtime_path(start):
    printed = subprocess.run(
        [sys.executable, "-m", "codecomplete", "vim", "path"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE,
    ).stdout.strip()  # fmt: skip
    assert Path(printed) == PRINTED == RUNTIME
    works(start(runtime=Path(printed)))


def test_a_clone_as_a_package(start, clone, tmp_path):  # noqa: F811
    folder = tmp_path / "site" / "pack" / "codecomplete" / "start"
    folder.mkdir(parents=True)
    (folder / "codecomplete").symlink_to(clone)
    works(start(runtime=None, before=[f"set packpath^={tmp_path / 'site'}"]))


def test_loading_it_twice_does_nothing(start, clone):  # noqa: F811
    editor = start(runtime=clone, before=[f"set runtimepath^={RUNTIME}"])
    works(editor)
    assert "E1" not in editor.messages() and "codecomplete: " not in editor.messages()


def test_its_own_python_serves_it_from_where_it_is_installed(start):
    editor = start(command=[], before=[f"let g:codecomplete_python = '{sys.executable}'"])
    assert editor.expr("codecomplete#process#Root()") == str(ROOT)
    assert editor.expr("codecomplete#process#Command()") == [
        sys.executable, "-m", "codecomplete.integrations.vim", "serve",
    ]  # fmt: skip


def test_an_older_vim_is_told_so_and_nothing_else(start, tmp_path):
    """No older Vim is needed here: the plugin's own line is changed to ask for a newer one."""
    runtime = tmp_path / "runtime"
    shutil.copytree(RUNTIME, runtime)
    plugin = runtime / "plugin" / "codecomplete.vim"
    plugin.write_text(plugin.read_text().replace("patch-9.0.1378", "patch-99.0.1"))
    editor = start(runtime=runtime)
    editor.keys(":", *"CodeComplete", "<CR>")
    editor.wait(lambda: "needs Vim 9.0.1378" in editor.text())
    editor.keys("i", *"fo")
    editor.quiet()
    assert editor.ghost() == ""


def test_every_function_compiles(start, tmp_path):
    editor = start()
    for path in sorted(RUNTIME.rglob("autoload/**/*.vim")):
        copy = tmp_path / path.name
        copy.write_text(path.read_text(encoding="utf-8") + "\ndefcompile\n", encoding="utf-8")
        assert editor.expr(f"execute('source {copy}')") == "", path.name


def test_the_wheel_carries_every_runtime_file():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = settings["package-data"]["codecomplete.integrations"]
    package = ROOT / "integrations"
    carried = {path for pattern in patterns for path in package.glob(pattern) if path.is_file()}
    ours = {path for path in RUNTIME.rglob("*") if path.is_file()}
    assert ours and ours <= carried
