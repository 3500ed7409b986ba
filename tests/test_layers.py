"""Who may import whom: read from the source, so that no import can hide."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("engine", "integrations", "corpus", "trainer")
ALLOWED = {
    "engine": set(),
    "integrations": {"engine"},
    "corpus": {"engine"},
    "trainer": {"engine", "corpus"},
}
ONLY_IN_TRAINER = {"torch", "onnx", "safetensors"}
SERVING = {"numpy", "onnxruntime", "tokenizers"}
FILES = [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Top-level names a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_arrows(path):
    part = path.relative_to(ROOT).parts[0]
    found = imports(path)
    assert found & set(PARTS) <= ALLOWED[part] | {part}
    if part != "trainer":
        assert not found & ONLY_IN_TRAINER


def test_the_engine_needs_only_three_packages():
    import sys

    found = set().union(*(imports(path) for path in (ROOT / "engine").rglob("*.py")))
    outside = found - set(sys.stdlib_module_names) - set(PARTS)
    assert outside <= SERVING


def test_corpus_uses_only_small_values_of_the_engine():
    names = ("languages", "masks", "private", "quiet", "secrets", "tokenizer")
    allowed = {f"engine.{name}" for name in names}
    for path in (ROOT / "corpus").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine"):
                assert node.module in allowed, path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))
