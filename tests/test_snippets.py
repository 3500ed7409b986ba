"""What README and docs show can be typed in: Python runs, commands run or are at least understood.

A comment ``# prints: TEXT`` in a snippet is what the line prints. Commands that take a few seconds
run (``RUN``); of all others, which take minutes, need a network or start an editor, the arguments
are parsed by the program they are for. Lua is tested with Neovim.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

import codecomplete
from codecomplete import engine
from codecomplete.__main__ import PARTS
from tests.patience import LONG

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]  # the changelog names what is gone, too
PAGES += [*sorted((ROOT / "docs").glob("*.md")), ROOT / "engine/models/small/README.md"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAMS = r"(?:python3? |pip |make |cc-edit|cc-repl|codecomplete |torchrun )"
PLACES = {"FILE[:LINE[:COLUMN]]": "examples/ledger.py:41:25", "FILE...": "examples/wordcount.c"}
RUN = {
    "python -m engine complete FILE[:LINE[:COLUMN]]": [],
    "python -m engine bench FILE...": ["--keys", "40"],
    "python -m trainer": [],
    "python -m trainer presets": [],
    "python -m corpus list --profile full": [],
    "cc-edit --settings": [],
    "codecomplete nvim path": [],
    "codecomplete vim path": [],
}
"""Commands that run, with what is added so that they end soon."""


@pytest.fixture(autouse=True)
def no_deadline_passes(monkeypatch):
    """On a machine with other work a first suggestion may take longer than its 80 ms."""
    monkeypatch.setattr("codecomplete.engine.session.time", SimpleNamespace(perf_counter=float))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [block for language, block in BLOCK.findall(text) if language in languages]


def run_snippets(sources: list[str]) -> tuple[list[str], list[str], dict[str, object]]:
    """What the snippets of one page say they print, and what they do print, in one namespace."""
    names: dict[str, object] = {}
    said = [line for source in sources for line in re.findall(r"# prints: (.*)", source)]
    printed = io.StringIO()
    with redirect_stdout(printed):
        for source in sources:
            exec(compile(source, "snippet", "exec"), names)
    return said, printed.getvalue().splitlines(), names


RUNNABLE = [page for page in PAGES if blocks(page, "python") and page.name != "api.md"]


@pytest.mark.parametrize("page", RUNNABLE, ids=named)
def test_python_snippets_run_and_print_what_they_say(page):
    said, printed, _ = run_snippets(blocks(page, "python"))
    assert printed == said


def test_the_readme_shows_a_suggestion():
    said, _, names = run_snippets(blocks(ROOT / "README.md", "python"))
    assert said and isinstance(names["suggestion"], codecomplete.Suggestion)


@pytest.mark.parametrize("package", [codecomplete, engine], ids=lambda package: package.__name__)
def test_snippets_in_docstrings_run_and_print_what_they_say(package):
    indented = re.findall(r"^    .*$", package.__doc__, re.MULTILINE)
    said, printed, _ = run_snippets(["\n".join(line[4:] for line in indented)])
    assert said and printed == said


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "json", "toml")], ids=named
)
def test_data_in_snippets_can_be_read(page):
    for source in blocks(page, "json"):
        assert json.loads(source)
    for source in blocks(page, "toml"):
        assert tomllib.loads(source)


def typed(page: Path) -> list[str]:
    """The commands in a page's blocks, without what is said about them."""
    lines = [line for block in blocks(page, "", "sh") for line in block.split("\n")]
    return [re.split(r"\s{2,}|\s+#", line)[0] for line in lines if re.match(PROGRAMS, line)]


def mentioned(page: Path) -> list[str]:
    """The commands in a page's sentences."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]
    return [span for span in spans if re.match(PROGRAMS, span)]


TYPED = sorted({command for page in PAGES for command in typed(page)})
MENTIONED = sorted({command for page in PAGES for command in mentioned(page)} - set(TYPED))


@pytest.mark.parametrize("command", TYPED)
def test_a_command_in_a_block_is_understood(command):
    more = " ..."  # stands for arguments of the reader's own
    understand(shlex.split(command.removesuffix(more)), whole=not command.endswith(more))


@pytest.mark.parametrize("command", MENTIONED)
def test_a_command_in_a_sentence_is_understood(command):
    understand(shlex.split(command.removesuffix(" ...")), whole=False)


@pytest.mark.parametrize("command", RUN)
def test_a_command_that_takes_seconds_runs(command):
    assert command in TYPED + MENTIONED, "no page shows it any more"
    done = subprocess.run(
        [*program(shlex.split(command)), *RUN[command]], cwd=ROOT, capture_output=True, text=True,
        timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


def program(words: list[str]) -> list[str]:
    """A command as it runs here: this Python, the scripts by their modules, real files."""
    words = [PLACES.get(word, word) for word in words]
    if words[0] in PROJECT["scripts"]:
        module, _, function = PROJECT["scripts"][words[0]].partition(":")
        start = f"import sys; from {module} import {function} as main; sys.exit(main())"
        return [sys.executable, "-c", start, *words[1:]]
    return [sys.executable, *words[1:]]


def understand(words: list[str], *, whole: bool) -> None:
    """Fail unless the program knows these arguments; ``whole``: unless it would start with them."""
    if words[0] == "make":
        text = (ROOT / "Makefile").read_text()
        targets = re.findall(r"^([\w-]+):", text, re.MULTILINE)
        variables = [word.partition("=")[0] for word in words[1:] if "=" in word]
        assert {word for word in words[1:] if "=" not in word} <= set(targets)
        assert all(f"$({variable})" in text for variable in variables)
    elif words[0] == "pip":
        _installs(words[1:])
    elif words[0] == "torchrun":
        understand(["python", *words[words.index("-m") :]], whole=False)
    elif words[0] in ("cc-edit", "cc-repl", "codecomplete"):
        assert words[0] in PROJECT["scripts"]
        _script(words, whole)
    elif words[1] == "-m":
        _module(words[2], words[3:], whole)
    else:
        assert (ROOT / words[1]).is_file()


def _installs(words: list[str]) -> None:
    """Extras are those of the distribution; other commands of pip are pip's business."""
    if words[0] != "install":
        return
    for extras in re.findall(r"codecomplete\[(.*)\]", " ".join(words)):
        assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


def _script(words: list[str], whole: bool) -> None:
    from codecomplete.integrations.edit.command import _parser

    if words[0] == "cc-edit":
        _parsed(_parser(), words[1:], whole)
    elif words[0] == "codecomplete":
        _module("codecomplete", words[1:], whole)


def _module(name: str, words: list[str], whole: bool) -> None:
    from codecomplete.corpus.__main__ import _parser as corpus
    from codecomplete.engine.__main__ import _parser as engine
    from codecomplete.trainer.__main__ import _parser as trainer

    parsers: dict[str, Callable[[], argparse.ArgumentParser]] = {
        "corpus": corpus, "engine": engine, "trainer": trainer,
    }  # fmt: skip
    if name in parsers:
        _parsed(parsers[name](), words, whole)
    elif name == "codecomplete":
        assert set(words[:1]) <= {*PARTS, "--version", "--help"}
    elif name.startswith(("codecomplete.", "tests.")):  # other modules are other projects'
        assert importlib.util.find_spec(name) is not None


def _parsed(parser: argparse.ArgumentParser, words: list[str], whole: bool) -> None:
    if whole:
        parser.parse_args(words)
        return
    known = _options(parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and words:
            assert words[0] in action.choices
            _parsed(action.choices[words[0]], words[1:], whole)
            return
    assert {word for word in words if word.startswith("--")} <= known


def _options(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}
