""":CodeComplete install makes an environment with real venv and pip, from a wheel of the test's."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from venv import EnvBuilder

import pytest

from tests.integrations.nvim.conftest import VERSIONS
from tests.integrations.nvim.editor import LEFT_OUT, ROOT, RUNTIME
from tests.integrations.nvim.frames import attached
from tests.integrations.nvim.plugins import find

pytestmark = pytest.mark.slow

WHEEL = "codecomplete-{}-py3-none-any.whl"
FILES = {
    "marker_{}.py": "",
    "codecomplete-{}.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: codecomplete\nVersion: {}\nProvides-Extra: nvim\n"
    ),
    "codecomplete-{}.dist-info/WHEEL": (
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ),
}


def wheel(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    files = {name.format(version): text.format(version) for name, text in FILES.items()}
    record = f"codecomplete-{version}.dist-info/RECORD"
    path = folder / WHEEL.format(version)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(record, "".join(f"{name},,\n" for name in (*files, record)))
    return path


def cloned(clone: Path) -> Path:
    """What a plugin manager clones, as far as Neovim sees it."""
    shutil.copytree(RUNTIME, clone / "integrations" / "nvim" / "runtime", ignore=LEFT_OUT)
    shutil.copytree(ROOT / "plugin", clone / "plugin")
    shutil.copytree(ROOT / "codecomplete", clone / "codecomplete", ignore=LEFT_OUT)
    (clone / "pyproject.toml").write_text("")
    return clone


@pytest.fixture
def clone(tmp_path) -> Path:
    return cloned(tmp_path / "a clone")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """One that keeps its environment, which takes longer to make than everything else here. At
    first it has what is left of one whose making was ended before all of pip was there."""
    clone = cloned(tmp_path_factory.mktemp("kept") / "a clone")
    EnvBuilder(symlinks=True).create(clone / ".venv")
    (packages,) = clone.glob(".venv/lib/python3*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip" / "__init__.py").touch()
    return clone


def installed(editor) -> str:
    editor.begin_test()
    return editor.lua("return require('codecomplete.install').state")


def finished(editor) -> str:
    editor.wait(lambda: installed(editor) in ("done", "failed"))
    return installed(editor)


def steps(said: str) -> list[str]:
    """Those that it told of."""
    return re.findall(r"installing \((\d of 2)\)", said)


def says_what_went_wrong(editor, path: Path) -> str:
    """All that it said."""
    with attached(editor.nvim):
        editor.nvim.command(f"CodeComplete install {path}")
        assert finished(editor) == "failed"
        editor.keys("i", "x")
        assert editor.text() == "x"
    said = editor.messages_then_clear()
    assert "codecomplete: not installed: " in said
    editor.keys("<Esc>")
    editor.nvim.command("checkhealth codecomplete")
    editor.wait(lambda: "the last :CodeComplete install failed" in editor.text())
    editor.nvim.command("only!")
    return said


def installs_while_the_user_types(editor, path: Path) -> str:
    """All that it said."""
    with attached(editor.nvim):
        editor.nvim.command(f"CodeComplete install {path}")
        editor.open("", "text")
        editor.keys("i", *"typing goes on")
        assert editor.text() == "typing goes on" and installed(editor) == "running"
        assert finished(editor) == "done"
        editor.keys("!")
        assert editor.text() == "typing goes on!" and editor.mode() == "i"
        editor.keys("<Esc>")
    said = editor.messages_then_clear()
    assert said.splitlines()[-1].startswith("codecomplete: installed; suggestions start with")
    return said


def markers(clone: Path) -> list[str]:
    return [path.stem for path in clone.glob(".venv/lib/python3*/site-packages/marker_*.py")]


def test_a_wheel_becomes_an_environment_and_what_goes_wrong_is_said(request, start, kept, tmp_path):
    """The first Neovim that comes makes the environment, which is not made again; one installs from
    a folder of wheels, the next a wheel that is named, in the place of the one before."""
    broken = tmp_path / WHEEL.format("0.0.0")
    broken.write_text("no wheel")
    editor = start(command=[], runtime=kept)
    before, made = markers(kept), (kept / ".venv" / "bin" / "pip").exists()
    said = says_what_went_wrong(editor, broken)
    assert steps(said) == (["2 of 2"] if made else ["1 of 2", "2 of 2"])
    assert markers(kept) == before
    number = list(VERSIONS).index(request.node.callspec.params["program"])
    version = f"0.0.{number + 1}"
    path = wheel(tmp_path / version, version)
    said = installs_while_the_user_types(editor, path if number % 2 else path.parent)
    assert steps(said) == ["2 of 2"], "the environment is there"
    assert markers(kept) == [f"marker_{version}"]
    assert editor.lua("return require('codecomplete.process').python()") == str(
        kept / ".venv" / "bin" / "python"
    )


def test_a_wheel_that_is_not_there_is_named_at_once(start, clone):
    editor = start(command=[], runtime=clone)
    editor.nvim.command("CodeComplete install /nowhere/x.whl")
    assert "/nowhere/x.whl: no such file" in editor.messages()


def test_without_a_clone_or_a_wheel_it_says_what_it_needs(start, clone):
    (clone / "pyproject.toml").unlink()
    editor = start(command=[], runtime=clone)
    editor.nvim.command("CodeComplete install")
    assert "name a wheel" in editor.messages()


def test_lazy_nvim_builds_it_with_the_documented_line(start, clone, tmp_path):
    path, lazy = wheel(tmp_path / "wheels", "0.0.1"), find("lazy.nvim", False)
    page = (ROOT / "docs" / "nvim.md").read_text()
    assert "build = ':CodeComplete install'" in page
    editor = start(command=[], runtime=lazy)
    if not editor.inline:
        pytest.skip("lazy.nvim needs Neovim 0.8")
    editor.lua(
        """
        local folder, build, lock = ...
        require('lazy').setup({ { dir = folder, name = 'codecomplete', build = build,
          main = 'codecomplete', opts = {} } },
          { lockfile = lock, rocks = { enabled = false }, change_detection = { enabled = false } })
        """,
        str(clone), f":CodeComplete install {path}", str(tmp_path / "lock.json"),
    )  # fmt: skip
    editor.nvim.command("Lazy build codecomplete")
    editor.wait(lambda: installed(editor) != "never")
    assert finished(editor) == "done"
