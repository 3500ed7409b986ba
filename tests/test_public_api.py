"""The names that hosts rely on, and what importing them costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import codecomplete
from codecomplete import engine
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
NAMES = [
    "EXTENSIONS",
    "LANGUAGES",
    "EngineError",
    "Facts",
    "Indentation",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Never",
    "Project",
    "Ranked",
    "Session",
    "SourceFileError",
    "Stopped",
    "Suggestion",
    "SyncReport",
    "VocabularyMismatchError",
    "before_secrets",
    "indentation_of",
    "is_private",
    "language_of",
    "load",
    "resident_mb",
]
HOOKS = ["configure", "load_ipython_extension", "unload_ipython_extension"]
HEAVY = "{'numpy', 'tokenizers', 'onnxruntime', 'torch', 'IPython', 'ptpython', 'textual'}"

RUN = """
import socket, sys
class Refused(socket.socket):
    def __init__(self, *args, **kwargs):
        raise AssertionError("a socket was opened")
socket.socket = Refused
import codecomplete
model = codecomplete.load({directory!r})
session = model.session("python")
session.sync("def f(x):\\n    return ")
session.suggest(deadline_ms=None, threshold=0)
heavy = set("torch onnx safetensors IPython textual pynvim _hashlib".split()) & set(sys.modules)
assert not heavy, heavy
ours = {{name for name in sys.modules if name.startswith("codecomplete.")
         and name.split(".")[1] not in ("engine", "lazy", "quiet")}}
assert not ours, ours
print("fine")
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )


def test_the_public_names_are_these():
    assert engine.__all__ == NAMES
    assert sorted({*NAMES, *HOOKS, "__version__"}) == sorted(codecomplete.__all__)
    for module in (engine, codecomplete):
        assert all(getattr(module, name) is not None for name in module.__all__)
        assert set(dir(module)) == set(module.__all__)


@pytest.mark.parametrize("path", ["engine/__init__.py", "codecomplete/__init__.py"])
def test_type_checkers_see_the_names_that_are_fetched_late(path):
    tree = ast.parse((ROOT / path).read_text())
    seen = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
            for alias in node.names}  # fmt: skip
    module = engine if path.startswith("engine") else codecomplete
    assert set(module.__all__) - {"__version__"} <= seen


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = codecomplete.nothing


def test_values_cost_no_runtime():
    done = python("-c", "import sys; from codecomplete import Suggestion, Stopped, language_of; "
                        f"print({HEAVY} & set(sys.modules))")  # fmt: skip
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize(
    "command",
    ["codecomplete", "engine", "corpus", "trainer", "codecomplete.integrations.edit",
     "codecomplete.integrations.nvim", "codecomplete.integrations.lsp"],
)  # fmt: skip
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_of_every_command_load_no_runtime(command, option):
    done = python("-X", "importtime", "-m", command, option)
    assert done.returncode == 0, done.stderr[-2000:]
    assert option == "--help" or codecomplete.__version__ in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"numpy", "tokenizers", "onnxruntime", "torch", "textual", "pynvim"}


def test_a_suggestion_loads_neither_torch_nor_openssl_and_opens_no_socket(make_model):
    done = python("-c", RUN.format(directory=str(make_model("sliding").directory)))
    assert done.stdout.strip() == "fine", done.stderr


def test_the_first_minute_works_as_documented(make_model):
    model = codecomplete.load(make_model("sliding").directory)
    session = model.session(language="python")
    report = session.sync("import os\nfor name in os.", after="")
    assert {"kept", "dropped", "stepped", "held"} <= set(codecomplete.SyncReport.__slots__)
    assert report.held == "."
    suggestion = session.suggest(max_tokens=8, deadline_ms=None, threshold=0)
    assert suggestion is None or suggestion.text
