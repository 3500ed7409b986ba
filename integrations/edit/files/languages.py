"""The language of a file, by its name or by the interpreter that its first line names.

The engine's table, and more languages, which have colours here.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from codecomplete import engine

EXTENSIONS: dict[str, tuple[str, ...]] = {
    **engine.EXTENSIONS,
    "json": (".json", ".jsonc", ".jsonl", ".ndjson", ".geojson", ".webmanifest", ".ipynb"),
    "toml": (".toml",),
    "yaml": (".yaml", ".yml"),
    "csharp": (".cs", ".csx"),
    "css": (".css",),
    "dockerfile": (".dockerfile", ".containerfile"),
    "html": (".html", ".htm", ".xhtml"),
    "make": (".mk", ".mak", ".make"),
    "ruby": (".rb", ".rake", ".gemspec", ".ru"),
    "sql": (".sql",),
}

NAMES: dict[str, tuple[str, ...]] = {
    "python": ("SConstruct", "SConscript", "wscript", ".pythonrc", ".pythonstartup"),
    "json": (".babelrc", ".eslintrc", ".jshintrc", ".prettierrc", "composer.lock", "Pipfile.lock"),
    "toml": ("Cargo.lock", "Pipfile", "poetry.lock", "uv.lock", "pdm.lock"),
    "yaml": (".clang-format", ".clang-tidy", ".clangd", "CITATION.cff"),
    "dockerfile": ("Dockerfile", "Containerfile"),
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "ruby": ("Gemfile", "Rakefile", "Vagrantfile", ".irbrc"),
    "shell": (
        ".bashrc",
        ".bash_profile",
        ".bash_aliases",
        ".bash_logout",
        ".profile",
        ".zshrc",
        ".zprofile",
        ".zshenv",
        "PKGBUILD",
        "APKBUILD",
    ),
}

VARIED = ("Dockerfile", "Containerfile", "Makefile")

INTERPRETERS: dict[str, tuple[str, ...]] = {
    "python": ("python", "pypy", "ipython", "micropython", "uv"),
    "javascript": ("node", "nodejs", "bun"),
    "typescript": ("ts-node", "tsx", "deno"),
    "php": ("php",),
    "java": ("java",),
    "kotlin": ("kotlin",),
    "rust": ("rust-script",),
    "go": ("go", "gorun"),
    "shell": ("sh", "bash", "dash", "zsh", "ksh", "ash"),
    "ruby": ("ruby", "jruby"),
    "lua": ("lua", "luajit"),
    "make": ("make", "gmake"),
}

_BY_EXTENSION = {extension: name for name, all_ in EXTENSIONS.items() for extension in all_}
_BY_NAME = {file: name for name, all_ in NAMES.items() for file in all_}
_BY_INTERPRETER = {program: name for name, all_ in INTERPRETERS.items() for program in all_}
_VERSION = re.compile(r"-?[\d.]+$")


def language_of(path: str | PurePath | None, first_line: str = "") -> str | None:
    """The language of a file, None if neither name nor first line tells; ``.h`` counts as C.

    >>> language_of("src/main.rs"), language_of("run", "#!/usr/bin/env -S python3 -u")
    ('rust', 'python')
    """
    file = PurePath(path or "")
    by_name = _BY_NAME.get(file.name) or _BY_EXTENSION.get(file.suffix.lower())
    if by_name is None and (stem := file.name.partition(".")[0]) in VARIED:
        by_name = _BY_NAME[stem]  # Dockerfile.test
    return by_name or _by_first_line(first_line)


def _by_first_line(line: str) -> str | None:
    if line.startswith("<?php"):
        return "php"
    if not line.startswith("#!"):
        return None
    words = [PurePath(word).name for word in line[2:].split()]
    if words and words[0] == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return _BY_INTERPRETER.get(_VERSION.sub("", words[0])) if words else None
