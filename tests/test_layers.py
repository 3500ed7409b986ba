"""Who may import whom: read from the source, so that no import can hide."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import codecomplete
import codecomplete.engine
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
PARTS = ("engine", "integrations", "corpus", "trainer")
ALLOWED = {
    "engine": set(),
    "integrations": {"engine"},
    "corpus": {"engine"},
    "trainer": {"engine", "corpus"},
}
ONLY_IN_TRAINER = {"torch", "onnx", "onnxruntime", "safetensors"}
BELOW_ENGINE = "codecomplete.engine."
SERVING = {"numpy", "tokenizers"}
SMALL_VALUES = {"tokenizer", "languages", "privacy.masks", "privacy.private", "privacy.secrets"}
FILES = [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]


@functools.cache
def imports(path: Path) -> set[tuple[str, str]]:
    """(module, name) of everything a file imports, wherever the import stands; relative ones are
    spelled out below ``codecomplete``."""
    package = ("codecomplete", *path.relative_to(ROOT).parts[:-1])
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            found |= {(module, alias.name) for alias in node.names}
    return found


def parts(found: set[tuple[str, str]]) -> set[str]:
    """Which of our parts are imported from."""
    dotted = [f"{module}.{name}".split(".") for module, name in found]
    return {name[1] for name in dotted if name[0] == "codecomplete"} & set(PARTS)


def outside(found: set[tuple[str, str]]) -> set[str]:
    return {module.partition(".")[0] for module, _ in found}


def against_the_arrows(path: Path) -> set[str]:
    """Names that a file may not import: parts above its own, parts by their folders' names (they
    are imported below ``codecomplete``), and what only the trainer may load."""
    part, found = path.relative_to(ROOT).parts[0], imports(path)
    forbidden = set(PARTS) | (set() if part == "trainer" else ONLY_IN_TRAINER)
    return (parts(found) - ALLOWED[part] - {part}) | (outside(found) & forbidden)


def test_imports_follow_the_arrows():
    found = {path.relative_to(ROOT): against_the_arrows(path) for path in FILES}
    assert len(found) > 300 and {path: names for path, names in found.items() if names} == {}


def test_the_engine_needs_only_two_packages():
    found = set().union(*(outside(imports(path)) for path in (ROOT / "engine").rglob("*.py")))
    assert found - set(sys.stdlib_module_names) - {"codecomplete"} <= SERVING


def test_corpus_uses_only_small_values_of_the_engine():
    for path in (ROOT / "corpus").rglob("*.py"):
        for module, _ in imports(path):
            if module.startswith("codecomplete.engine"):
                assert module.removeprefix("codecomplete.engine.") in SMALL_VALUES, path


PUBLIC = {
    "codecomplete": set(codecomplete.__all__) | set(PARTS),
    "codecomplete.engine": set(codecomplete.engine.__all__),
}


def is_private(module: str, name: str) -> bool:
    """Whether it is a name of the engine beside the public ones."""
    return name not in PUBLIC[module] if module in PUBLIC else module.startswith(BELOW_ENGINE)


def test_hosts_use_the_public_names_of_the_engine_and_nothing_beside_them():
    hosts = [path for path in FILES if path.is_relative_to(ROOT / "integrations")]
    used = {path.relative_to(ROOT): {one for one in imports(path) if is_private(*one)}
            for path in hosts}  # fmt: skip
    assert len(used) > 100 and {path: names for path, names in used.items() if names} == {}


def says_what_it_is_for(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return not text.strip() or bool(ast.get_docstring(ast.parse(text)))


def test_every_module_says_what_it_is_for():
    assert [path.relative_to(ROOT) for path in FILES if not says_what_it_is_for(path)] == []


def test_the_distribution_lists_every_package_below_one_name():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("*/**/__init__.py")
               if path.relative_to(ROOT).parts[0] in PARTS}  # fmt: skip
    ours = {".".join(("codecomplete", *folder.parts)) for folder in folders}
    assert set(listed) == ours | {"codecomplete"}


TWICE = """
import runpy, sys
sys.argv = ["-m"]
try:
    runpy.run_module({part!r}, run_name="__main__", alter_sys=True)
except SystemExit:
    pass
files = {{}}
for name, module in sys.modules.items():
    if getattr(module, "__file__", None) and name != "__main__":
        files.setdefault(module.__file__, {{}})[id(module)] = name
twice = [sorted(found.values()) for found in files.values() if len(found) > 1]
print([names for names in twice if any(name.startswith("codecomplete") for name in names)])
"""


@pytest.mark.parametrize("part", ["engine", "corpus", "trainer"])
def test_a_part_that_runs_as_a_program_loads_no_module_twice(part):
    code = TWICE.format(part=part)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("part", PARTS)
def test_the_name_of_a_folder_is_no_way_to_import_it(part):
    done = subprocess.run(
        [sys.executable, "-c", f"import {part}"], cwd=ROOT, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode and f"from codecomplete import {part}" in done.stderr
