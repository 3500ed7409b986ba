"""The language of a file, and that the engine would say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.integrations.edit.files import language_of, languages
from tests.patience import PATIENCE


def test_the_table_is_the_engines_and_some_more():
    engines = engine.EXTENSIONS
    assert {name: languages.EXTENSIONS[name] for name in engines} == engines
    assert set(languages.EXTENSIONS) - set(engines) == {
        "json", "toml", "yaml", "csharp", "css", "dockerfile", "html", "make", "ruby", "sql",
    }  # fmt: skip


def test_no_extension_name_or_interpreter_has_two_languages():
    for table in (languages.EXTENSIONS, languages.NAMES, languages.INTERPRETERS):
        every = [one for all_ in table.values() for one in all_]
        assert len(set(every)) == len(every)
        assert set(table) <= set(languages.EXTENSIONS)


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("src/main.rs", "", "rust"),
        ("A.PY", "", "python"),
        ("x.h", "", "c"),
        ("README.md", "", "markdown"),
        ("Cargo.lock", "", "toml"),
        ("package.json", "", "json"),
        (".github/workflows/ci.yml", "", "yaml"),
        ("notes.txt", "", None),
        ("Makefile", "", "make"),
        ("Dockerfile.dev", "", "dockerfile"),
        ("a.cs", "", "csharp"),
        (None, "", None),
        (None, "#!/usr/bin/python3", "python"),
        ("run", "#!/usr/bin/env python3.11", "python"),
        ("run", "#!/usr/bin/env -S uv run --script", "python"),
        ("run", "#! /usr/bin/env -S PYTHONPATH=. python -u", "python"),
        ("run", "#!/usr/local/bin/node", "javascript"),
        ("run", "#!/usr/bin/env -S deno run --allow-read", "typescript"),
        ("run", "#!/usr/bin/php8.2", "php"),
        ("run", "<?php", "php"),
        ("run", "#!/bin/sh", "shell"),
        (".bashrc", "", "shell"),
        ("a.ebuild", "", "shell"),
        ("run", "#!/usr/bin/luajit-2.1", "lua"),
        ("run", "#!/usr/bin/perl", None),
        ("run", "#!", None),
        ("run", "#!/usr/bin/env", None),
        ("run", "python", None),
        ("x.rs", "#!/usr/bin/python3", "rust"),  # the name says more than the first line
    ],
)
def test_a_file_is_in_the_language_of_its_name_or_interpreter(path, first_line, language):
    assert language_of(path, first_line) == language


def test_opening_a_file_loads_neither_the_engines_runtime_nor_the_editor():
    code = (
        "import sys; from codecomplete.integrations.edit import files; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'tokenizers', 'textual', 'rich', 'numpy', 'onnxruntime', 'torch', 'socket', 'pickle'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE,
        cwd=Path(__file__).parents[4],
    )  # fmt: skip
    assert run.stdout == "[]\n"
