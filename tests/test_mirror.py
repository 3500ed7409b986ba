"""Tests mirror the tree: a module's tests are in the file of its name, in the same place.

Two kinds of modules have none. Modules that only declare (names, values, classes without methods)
have nothing that could be wrong by itself; that is read from their source. And modules that are
tested as parts of something larger are listed here, with the file that does it.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("codecomplete", "engine", "integrations", "corpus", "trainer")
MODULES = [path.relative_to(ROOT) for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))
           if path.name != "__init__.py" and "runtime" not in path.parts]  # fmt: skip

TOGETHER = {
    # command lines: typed in as a whole
    "engine/__main__.py": "engine/command/test_complete.py",
    "trainer/__main__.py": "trainer/test_commands.py",
    "integrations/edit/__main__.py": "integrations/edit/test_pseudo_terminal.py",
    "integrations/nvim/__main__.py": "integrations/nvim/test_install.py",
    "integrations/web/__main__.py": "integrations/web/test_serve.py",
    # the model's arithmetic, held to the trainer's
    "engine/state/runtime.py": "parity/test_trainer_engine.py",
    "trainer/export/formats.py": "parity/test_trainer_engine.py",
    "trainer/export/graph.py": "parity/test_trainer_engine.py",
    "trainer/network/transformer.py": "parity/test_trainer_engine.py",
    "integrations/shared/chooser.py": "integrations/shared/test_suggester.py",
    "integrations/shared/options.py": "integrations/shared/test_suggester.py",
    "integrations/shared/requests.py": "integrations/shared/test_suggester.py",
    "integrations/shared/snapshot.py": "integrations/shared/test_suggester.py",
    "engine/buffer.py": "engine/state/test_incremental.py",
    "engine/decoding/decoder.py": "engine/test_session.py",
    "engine/proposals.py": "engine/test_session.py",
    "engine/kernel/native.py": "engine/kernel/test_paths.py",
    "engine/kernel/plan.py": "engine/kernel/test_paths.py",
    "engine/kernel/reference.py": "engine/kernel/test_paths.py",
    "engine/modeldir/layout.py": "engine/modeldir/test_directory.py",
    "trainer/export/graphrun.py": "parity/test_onnx.py",
    "trainer/export/weights.py": "trainer/export/test_convert.py",
    # what is a secret: whole lines, in which it is found or ordinary text is left alone
    "engine/privacy/values.py": "engine/privacy/test_secrets.py",
    # parts of the editor: real keys typed into the whole of it
    "integrations/edit/app.py": "integrations/edit/commands/test_view_commands.py",
    "integrations/edit/commands/clipboard.py": "integrations/edit/test_editor.py",
    "integrations/edit/commands/keyboard.py": "integrations/edit/test_editor.py",
    "integrations/edit/commands/line_commands.py": "integrations/edit/test_editor.py",
    "integrations/edit/dialogs.py": "integrations/edit/commands/test_file_commands.py",
    "integrations/edit/edit_area.py": "integrations/edit/test_editor.py",
    "integrations/edit/files/errors.py": "integrations/edit/files/test_saving.py",
    "integrations/edit/driver.py": "integrations/edit/test_ending.py",
    "integrations/edit/commands/completing.py": (
        "integrations/edit/commands/test_server_commands.py"
    ),
    "integrations/edit/menu.py": "integrations/edit/commands/test_server_commands.py",
    "integrations/edit/margin.py": "integrations/edit/project/test_git.py",
    "integrations/edit/panes.py": "integrations/edit/test_tabs.py",
    "integrations/edit/logs.py": "integrations/edit/test_pseudo_terminal.py",
    "integrations/edit/palette.py": "integrations/edit/commands/test_view_commands.py",
    "integrations/edit/training.py": "integrations/edit/commands/test_training_commands.py",
    "integrations/edit/shelf.py": "integrations/edit/test_losing_nothing.py",
    "integrations/edit/chooser.py": "integrations/edit/commands/test_project_commands.py",
    "integrations/edit/terminal.py": "integrations/edit/test_pseudo_terminal.py",
    "integrations/edit/status.py": "integrations/edit/commands/test_view_commands.py",
    "integrations/edit/view/ghost_area.py": "integrations/edit/view/test_drawing.py",
    "integrations/edit/view/themes.py": "integrations/edit/view/test_highlighting.py",
    # parts of the language server: the real one, as a client's process talks to it
    "integrations/lsp/__main__.py": "integrations/lsp/test_life.py",
    "integrations/lsp/answers.py": "integrations/lsp/test_suggestions.py",
    "integrations/lsp/asking.py": "integrations/lsp/test_suggestions.py",
    "integrations/lsp/client.py": "integrations/lsp/test_suggestions.py",
    "integrations/lsp/documents.py": "integrations/lsp/test_suggestions.py",
    "integrations/lsp/rpc.py": "integrations/lsp/test_protocol.py",
    "integrations/lsp/serve.py": "integrations/lsp/test_life.py",
    "integrations/lsp/server.py": "integrations/lsp/test_suggestions.py",
    # parts of a host: its real program, with everything attached
    "integrations/shared/excerpt.py": "integrations/nvim/test_mirror.py",
    "integrations/vim/__main__.py": "integrations/vim/test_install.py",
    "integrations/vim/serve.py": "integrations/vim/test_process.py",
    "integrations/nvim/serve.py": "integrations/nvim/test_process.py",
    "integrations/prompt/attach.py": "integrations/prompt/test_ghost.py",
    "integrations/prompt/ptpython.py": "integrations/test_hosts.py",
    # stages of a build: whole builds, killed and continued
    "corpus/choose.py": "corpus/test_build.py",
    "corpus/documents.py": "corpus/test_build.py",
    "corpus/reports.py": "corpus/test_build.py",
    "corpus/runners.py": "corpus/test_build.py",
    "corpus/stages.py": "corpus/test_build.py",
    # measurements and runs: carried out at toy scale
    "trainer/evaluation/gating.py": "engine/suggestions/test_gate.py",
    "trainer/evaluation/plots.py": "trainer/evaluation/test_report.py",
    "trainer/evaluation/sampling.py": "trainer/test_commands.py",
    "trainer/evaluation/sources.py": "trainer/evaluation/test_replay.py",
    "trainer/export/cost.py": "trainer/test_commands.py",
    "trainer/personal/figures.py": "trainer/personal/test_command.py",
    "trainer/personal/installed.py": "trainer/personal/test_command.py",
    "trainer/personal/options.py": "trainer/personal/test_command.py",
    "trainer/personal/page.py": "trainer/personal/test_command.py",
    "trainer/personal/training.py": "trainer/personal/test_command.py",
    "trainer/personal/workplace.py": "trainer/personal/test_command.py",
    "trainer/federated/bundle.py": "trainer/federated/test_command.py",
    "trainer/federated/clientapp.py": "trainer/federated/test_serverapp.py",
    "trainer/federated/deployment.py": "trainer/federated/test_command.py",
    "trainer/federated/learner.py": "trainer/federated/test_serverapp.py",
    "trainer/federated/local.py": "trainer/federated/test_serverapp.py",
    "trainer/federated/options.py": "trainer/federated/test_command.py",
    "trainer/federated/picture.py": "trainer/federated/test_command.py",
    "trainer/learning/checkpoint.py": "trainer/learning/test_loop.py",
    "trainer/runs/options.py": "trainer/runs/test_resuming.py",
    "trainer/runs/training.py": "trainer/test_commands.py",
    "trainer/studies/filling.py": "trainer/studies/test_continued.py",
    "trainer/studies/hashing.py": "trainer/studies/test_continued.py",
    "trainer/studies/throughput.py": "trainer/learning/test_throughput.py",
}
WHOLE = {"parity", "privacy"}
"""Folders of tests that are about no one part."""

UNTESTED = {"trainer/studies/optimisers.py"}
"""Takes minutes of training; its figures are in docs/training.md, its command is parsed there."""


def own_test(module: Path) -> Path:
    name = "test_main.py" if module.name == "__main__.py" else f"test_{module.name}"
    return ROOT / "tests" / module.parent / name


def only_declares(module: Path) -> bool:
    """Whether no statement of a module does anything but give names to things."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    return not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                   for node in ast.walk(tree))  # fmt: skip


def is_listed(module: Path) -> bool:
    return module.as_posix() in TOGETHER or module.as_posix() in UNTESTED


def test_every_module_has_its_tests():
    alone = [module for module in MODULES if not own_test(module).exists()]
    assert [one for one in alone if not is_listed(one) and not only_declares(one)] == []


def test_a_module_that_has_its_own_tests_is_not_listed():
    assert [module for module in MODULES if own_test(module).exists() and is_listed(module)] == []


def test_the_modules_that_are_tested_together_and_their_tests_are_there():
    named = [*TOGETHER, *(f"tests/{test}" for test in TOGETHER.values())]
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_test_file_is_about_something_that_is_there():
    """A folder of tests stands for one of the tree, whatever its files are called, or for a promise
    that all parts keep together."""
    for folder in {
        path.parent.relative_to(ROOT / "tests") for path in ROOT.glob("tests/**/test_*.py")
    }:
        assert folder.as_posix() in WHOLE or (ROOT / folder).is_dir(), folder
