"""Every library that could report home is told not to before it is imported, by all of us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codecomplete.corpus import clients
from codecomplete.corpus.packages import Package
from codecomplete.quiet import CLIENTS, OPT_OUTS
from tests.patience import PATIENCE
from tests.test_layers import imports, outside

ROOT = Path(__file__).parents[2]
REPORTING = {"onnxruntime", "huggingface_hub", "datasets", "datatrove"}
SETS_IT = {"codecomplete", "engine", "corpus", "trainer", "tests"}
"""Packages that decline before anything in them is imported."""

WATCH = """
import os, sys
os.environ.update({wish})
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in {reporting}:
            missing = [one for one, value in {opt_outs}.items() if os.environ.get(one) != value]
            print(name, missing, file=sys.stderr)
sys.meta_path.insert(0, Watch())
{use}
assert {opt_outs}.items() <= os.environ.items()
"""


def run(use: str, **wish: str) -> list[str]:
    """Libraries in the order of their import, each with the switches that were not yet set."""
    code = WATCH.format(wish=wish, reporting=REPORTING, opt_outs=OPT_OUTS, use=use)
    environment = {k: v for k, v in os.environ.items() if k not in {*OPT_OUTS, "CI"}}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    "use",
    [
        "from codecomplete import quiet; quiet.onnxruntime()",
        "from codecomplete.corpus.sources import _datasets; _datasets()",
        "import codecomplete.corpus.cluster; from datatrove.executor import LocalPipelineExecutor",
        "import codecomplete.trainer.export.graphrun as g; g.quiet.onnxruntime()",
    ],
)
def test_the_switches_are_set_before_the_library_is_imported(use):
    seen = run(use)
    assert seen and all(line.endswith(" []") for line in seen), seen


def test_they_are_set_whatever_the_environment_says():
    assert all(
        line.endswith("[]")
        for line in run(
            "from codecomplete import quiet; quiet.onnxruntime()", **dict.fromkeys(OPT_OUTS, "0")
        )
    )


def test_importing_the_package_imports_no_library_that_reports():
    assert (
        run(
            "from codecomplete import corpus, engine, trainer; "
            "from codecomplete.integrations.shared import suggester"
        )
        == []
    )


def test_serving_loads_no_library_that_reports():
    assert run("import codecomplete as cc; cc.load().session('python').sync('x = ')") == []


def test_a_runtime_that_somebody_else_imported_reports_nothing_either():
    use = """
import onnxruntime
calls = []
onnxruntime.disable_telemetry_events = lambda: calls.append("off")
onnxruntime.set_default_logger_severity = lambda level: calls.append("silenced")
from codecomplete import quiet; quiet.onnxruntime()
assert calls == ["off"], calls
"""
    run(use)


def test_who_imports_such_a_library_belongs_to_a_package_that_declines():
    files = [path for path in ROOT.glob("[a-z]*/**/*.py") if "node_modules" not in path.parts]
    users = {path.relative_to(ROOT) for path in files if outside(imports(path)) & REPORTING}
    assert users and {path for path in users if path.parts[0] not in SETS_IT} == set()


def test_a_registrys_client_is_asked_for_nothing_else(tmp_path):
    client = tmp_path / "client"
    client.write_text("#!/bin/sh\nenv\n")
    client.chmod(0o700)
    package = Package("npm", "a", "1", "MIT", "train", ("c",))
    said = clients.run(package, [str(client)], tmp_path)
    told = dict(line.partition("=")[::2] for line in said.split())
    assert CLIENTS.items() <= told.items() and OPT_OUTS.items() <= told.items()
