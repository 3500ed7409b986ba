"""Each way to install, for real: a clone for plugin managers, a package, the Python package's path;
:help, :checkhealth and the remote plugin work in all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from codecomplete.integrations.nvim.__main__ import RUNTIME as PRINTED
from codecomplete.integrations.nvim.__main__ import main
from tests.integrations.nvim.editor import ALONE, ROOT, RUNTIME, UNHURRIED, environment
from tests.patience import PATIENCE

CELL = "for index in range(10):"


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    """What a plugin manager has on disk: the tracked and new files of the repository."""
    target = tmp_path_factory.mktemp("plugins") / "codecomplete"
    for folder in ("plugin", "codecomplete", "integrations", "engine", "tests"):
        shutil.copytree(
            ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return target


def works(editor) -> None:
    """It suggests, and its help is found."""
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    editor.nvim.command("help codecomplete")
    assert editor.nvim.eval("expand('%:t')") == "codecomplete.txt"
    editor.nvim.command("help :CodeComplete | helpclose")


def test_the_printed_path_is_a_runtime_path(start):
    printed = subprocess.run(
        [sys.executable, "-m", "codecomplete", "nvim", "path"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE,
    ).stdout.strip()  # fmt: skip
    assert Path(printed) == PRINTED == RUNTIME
    works(start(runtime=Path(printed)))


def test_a_manager_that_prepends_the_clone_and_sources_its_plugin_files(start, clone):
    works(start(runtime=clone))


def test_a_manager_that_loads_it_later_and_calls_setup(start, clone):
    """What lazy.nvim does with ``main`` and ``opts``: first the plugin files, then setup."""
    editor = start(runtime=None)
    assert not editor.nvim.eval("exists(':CodeComplete')")
    editor.lua(
        """
        local root = ...
        vim.opt.runtimepath:prepend(root)
        for _, file in ipairs(vim.fn.glob(root .. '/plugin/**/*', true, true)) do
          vim.cmd('source ' .. file)
        end
        require('codecomplete').setup({ max_tokens = 9 })""",
        str(clone),
    )
    works(editor)
    assert editor.lua("return require('codecomplete.config').get('max_tokens')") == 9


def test_a_subfolder_as_runtime_path(start, clone):
    """What vim-plug does with ``rtp``."""
    works(start(runtime=clone / "integrations" / "nvim" / "runtime"))


@pytest.mark.parametrize("kind", ["start", "opt"])
def test_a_native_package(program, start, clone, tmp_path, kind):
    folder = tmp_path / "site" / "pack" / "codecomplete" / kind
    folder.mkdir(parents=True)
    (folder / "codecomplete").symlink_to(clone)
    editor = start(runtime=None, before=[f"set packpath^={tmp_path / 'site'}"])
    if kind == "opt":
        editor.nvim.command("packadd codecomplete")
    works(editor)


def test_the_runtime_folder_as_a_package_is_configured_in_the_users_own_file(start, tmp_path):
    folder = tmp_path / "site" / "pack" / "codecomplete" / "start"
    folder.mkdir(parents=True)
    (folder / "codecomplete").symlink_to(RUNTIME)
    settings = tmp_path / "init.lua"
    settings.write_text("require('codecomplete').setup({ max_tokens = 9 })")
    editor = start(
        runtime=None, before=[f"set packpath^={tmp_path / 'site'}", f"source {settings}"]
    )
    works(editor)
    assert editor.lua("return require('codecomplete.config').get('max_tokens')") == 9
    assert editor.lua("return require('codecomplete.process').root()") == str(ROOT)


def test_loading_it_twice_does_nothing(start, clone):
    editor = start(runtime=clone, before=[f"set runtimepath^={RUNTIME}"])
    works(editor)
    assert editor.messages() == ""


def test_the_wheel_carries_every_runtime_file():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = settings["package-data"]["codecomplete.integrations"]
    package = ROOT / "integrations"
    carried = {path for pattern in patterns for path in package.glob(pattern) if path.is_file()}
    ours = {
        path for path in RUNTIME.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours and ours <= carried


def test_every_lua_file_is_understood_by_this_neovim(start):
    editor = start()
    for path in [*RUNTIME.rglob("*.lua"), *(ROOT / "plugin").glob("*.lua")]:
        editor.lua("assert(loadfile(...))", str(path))


def test_without_pynvim_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "codecomplete.integrations.nvim.serve", None)
    assert main(["serve"]) == 1
    assert "pip install 'codecomplete[nvim]'" in capsys.readouterr().err


def health(editor) -> str:
    editor.nvim.command("checkhealth codecomplete")
    return editor.text()


def test_checkhealth_finds_the_python_beside_the_plugin(start, clone):
    editor = start(runtime=clone, command=[])
    assert editor.lua("return require('codecomplete.process').root()") == str(clone)
    beside = clone / ".venv" / "bin"
    beside.mkdir(parents=True, exist_ok=True)
    (beside / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (beside / "python").chmod(0o755)
    report = health(editor)
    assert (
        f"OK {beside / 'python'}" in report.replace("OK:", "OK")
        and "has everything that is needed" in report
    )
    assert "not started yet" in report and "ERROR" not in report


def test_checkhealth_says_what_is_missing(start, tmp_path):
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'pynvim'\" >&2; exit 1\n"
    )
    python.chmod(0o755)
    editor = start(command=[], before=[f"let g:codecomplete_python = '{python}'"])
    report = health(editor)
    assert "No module named 'pynvim'" in report and "pip install 'codecomplete[nvim]'" in report


def test_a_python_installed_package_finds_its_own_python(start, tmp_path):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    runtime = site / "codecomplete" / "integrations" / "nvim" / "runtime"
    shutil.copytree(RUNTIME, runtime)
    (site / "codecomplete" / "__init__.py").touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    editor = start(command=[], runtime=runtime)
    assert editor.lua("return require('codecomplete.process').root()") == str(site)
    assert (
        editor.lua("return require('codecomplete.process').python()") == f"{tmp_path}/bin/python3"
    )


def test_the_remote_plugin_calls_the_same_class(program, start, tmp_path):
    manifest = tmp_path / "manifest.vim"
    home = tmp_path / "once"
    home.mkdir()
    settings = [f"set runtimepath^={RUNTIME}", f"let g:python3_host_prog = '{sys.executable}'"]
    given = [word for text in settings for word in ("--cmd", text)]
    subprocess.run(
        [program, "--headless", *ALONE, *given, "-c", "UpdateRemotePlugins", "-c", "qa!"],
        env=environment(home) | {"NVIM_RPLUGIN_MANIFEST": str(manifest)},
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    assert "CodeCompleteChannel" in manifest.read_text()
    editor = start(
        command=[], python3=True,
        before=[*settings[1:], "let g:codecomplete_remote = 1", f"source {manifest}", UNHURRIED],
    )  # fmt: skip
    editor.open("import os\n\n")
    editor.keys("A", *"for i in ra")
    editor.wait(editor.ghost)
    assert editor.state() == "ready" and editor.messages() == ""
    number = editor.lua("return require('codecomplete.process').pid")
    command = Path(f"/proc/{number}/cmdline").read_text()
    assert "start_host" in command, "it is Neovim's own Python process"


def test_an_unregistered_remote_plugin_is_said_once(start):
    editor = start(command=[], before=["let g:codecomplete_remote = 1"])
    editor.open()
    editor.keys("i", *"fo")
    editor.wait(lambda: "run :UpdateRemotePlugins" in editor.messages())
    editor.keys(*"xyz")
    assert editor.messages().count("UpdateRemotePlugins") == 1
