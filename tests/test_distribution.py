"""What is built: one top-level name in the wheel, and everything a test needs in the sdist."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import codecomplete
from tests.patience import LONG

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "building"))
import compiling  # noqa: E402

pytestmark = pytest.mark.slow

PARTS = ("engine", "integrations", "corpus", "trainer")
TREE = (
    "benchmarks", "building", "codecomplete", *PARTS, "docs", "examples", "plugin", "tests", ".ci",
)  # fmt: skip
SCRIPTS = {"cc-edit", "cc-lsp", "cc-repl", "codecomplete"}
LEFT = {"__pycache__", "stems", "node_modules", "dist"}
BY_TOOLS = (
    "integrations/web/node_modules/a/index.js", "integrations/vscode/node_modules/a/index.js",
    "tests/integrations/lsp/browser/node_modules/a/index.js", "integrations/vscode/dist/a.js",
    "integrations/web/dist/a.js", "integrations/vscode/a.vsix",
)  # fmt: skip
"""What npm and builds leave in a checkout, where git ignores it."""

# Assertions that nobody runs need not be rewritten.
COLLECT = ("--collect-only", "-q", "--assert=plain", "-p", "no:cacheprovider")
BUILD = "import sys; from setuptools import build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the sdist of this tree, the sdist unpacked, and the wheel made from that."""
    place = tmp_path_factory.mktemp("built")
    build("build_sdist", copied(place / "tree"), place)
    with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
        archive.extractall(place / "unpacked", filter="data")
    build("build_wheel", unpacked(place), place, CC=quick_compiler(place))
    return place


def quick_compiler(place: Path) -> str:
    """The compiler without its optimiser: what counts here is which files there are."""
    command = place / "quick-cc"
    command.write_text(f'#!/bin/sh\nexec {" ".join(compiling.compiler())} "$@" -O0 -DNOT_INLINED\n')
    command.chmod(0o755)
    return str(command)


def copied(tree: Path) -> Path:
    """The tree, with little of what a build or a run leaves in it."""
    for folder in TREE:
        shutil.copytree(
            ROOT / folder,
            tree / folder,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "dist"),
        )
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, tree)
    for path in tree.rglob("weights.bin"):
        path.write_bytes(b"")  # to compress them takes longest
    for name in BY_TOOLS:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("")
    return tree


def build(what: str, tree: Path, out: Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, what, str(out)], cwd=tree, capture_output=True, text=True,
        env=os.environ | environment, timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]


def unpacked(place: Path) -> Path:
    (folder,) = (place / "unpacked").iterdir()
    return folder


@pytest.fixture(scope="module")
def wheel(built) -> zipfile.ZipFile:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


def sources(part: str) -> set[str]:
    """Every file of a part that is installed, as it is named then; stems stay in the checkout."""
    folder = ROOT / part
    inside = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    below = "codecomplete" if part == "codecomplete" else f"codecomplete/{part}"
    return {f"{below}/{name}" for name in inside if not LEFT & {*name.split("/")}}


def test_the_wheel_has_one_top_level_name(wheel):
    metadata = f"codecomplete-{codecomplete.__version__}.dist-info"
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"codecomplete", metadata}


@pytest.mark.parametrize("part", ["codecomplete", *PARTS])
def test_the_wheel_has_every_file_of_a_part(wheel, part):
    assert sources(part) - set(wheel.namelist()) == set()


def test_nothing_that_tools_leave_is_packed(built, wheel):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        packed = [*archive.getnames(), *wheel.namelist()]
    assert [name for name in packed if LEFT & {*name.split("/")} or ".vsix" in name] == []


def test_the_wheel_has_nothing_beside_the_parts(wheel):
    installed = set().union(*(sources(part) for part in ("codecomplete", *PARTS)))
    modules = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert modules - installed == set()


def test_the_wheel_installs_the_four_commands(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert set(re.findall(r"^([\w-]+) = ", wheel.read(name).decode(), re.MULTILINE)) == SCRIPTS


def test_the_package_page_shows_pictures_and_leads_to_the_repository(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
    page = email.message_from_bytes(wheel.read(name))
    source = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Source"]
    text = page.get_payload()
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    here = re.findall(r"\]\(([^)\s]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(targets) == len(here) and text.startswith("# codecomplete")
    assert all(target.startswith("https://") for target in targets)
    pictures = [target for target in targets if target.endswith((".svg", ".png"))]
    raw = source.replace("https://github.com", "https://raw.githubusercontent.com")
    tag = f"/v{codecomplete.__version__}/"
    assert pictures and all(target.startswith(raw + tag) for target in pictures)
    assert page["Description-Content-Type"] == "text/markdown"
    assert f"Source, {source}" in page.get_all("Project-URL")


def test_the_tests_of_the_sdist_can_be_collected_there(built):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *COLLECT], cwd=unpacked(built), capture_output=True,
        text=True, timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    listed = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert listed == here
    where = "import codecomplete.engine as e; print(e.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=unpacked(built), capture_output=True, text=True
    ).stdout
    assert found.startswith(str(unpacked(built)))


def test_the_sdist_has_every_file_that_documents_and_tests_read(built):
    for name in ("Makefile", "constraints.txt", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
                 "docs/embedding.md", "docs/repl.svg", "examples/ledger.py", "setup.py",
                 "plugin/codecomplete.lua", "tests/conftest.py"):  # fmt: skip
        assert (unpacked(built) / name).is_file(), name
