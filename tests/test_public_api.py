"""The names that hosts rely on, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

from codecomplete import engine

NAMES = [
    "LANGUAGES",
    "EngineError",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Project",
    "Session",
    "SourceFileError",
    "Stopped",
    "Suggestion",
    "SyncReport",
    "VocabularyMismatchError",
    "language_of",
    "load",
]

RUN = """
import socket, sys
class Refused(socket.socket):
    def __init__(self, *args, **kwargs):
        raise AssertionError("a socket was opened")
socket.socket = Refused
from codecomplete import engine
model = engine.load({directory!r})
session = model.session("python")
session.sync("def f(x):\\n    return ")
session.suggest(deadline_ms=None, threshold=0)
heavy = {{"torch", "onnx", "onnxruntime", "safetensors", "IPython", "textual", "pynvim"}}
heavy &= set(sys.modules)
assert not heavy, heavy
ours = {{"trainer", "corpus", "integrations"}} & set(sys.modules)
assert not ours, ours
print("fine")
"""


def test_the_public_names_are_these():
    assert engine.__all__ == NAMES
    assert all(hasattr(engine, name) for name in NAMES)


def test_a_suggestion_loads_no_torch_and_opens_no_socket(make_model):
    code = RUN.format(directory=str(make_model("sliding").directory))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "fine", done.stderr


def test_the_first_minute_works_as_documented(make_model):
    model = engine.load(make_model("sliding").directory)
    session = model.session(language="python")
    report = session.sync("import os\nfor name in os.", after="")
    assert {"kept", "dropped", "stepped", "held"} <= set(engine.SyncReport.__slots__)
    assert report.held == "."
    suggestion = session.suggest(max_tokens=8, deadline_ms=None, threshold=0)
    assert suggestion is None or suggestion.text
