"""Documents are judged by name, type and scheme, as clients write them."""

from __future__ import annotations

import pytest

from codecomplete.engine import LANGUAGES
from codecomplete.integrations.lsp import where


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.py", "/a/b c.py"),
        ("file:///a/%C3%A4.py", "/a/ä.py"),
        ("untitled:Untitled-1", None),
        ("vscode-notebook-cell:/a/b.ipynb#X", None),
        ("file:", None),
    ],
)
def test_only_files_have_a_path(uri, path):
    assert where.path_of(uri) == path


@pytest.mark.parametrize(
    ("uri", "secret"),
    [
        ("file:///home/me/.ssh/id_rsa", True),
        ("file:///app/.env", True),
        ("file:///app/%2Eenv", True),  # however it is written
        ("vscode-vfs:/app/.env", True),
        ("file:///app/env.py", False),
    ],
)
def test_names_of_secrets_are_known_in_every_scheme(uri, secret):
    assert where.is_secret(uri) is secret


@pytest.mark.parametrize(
    ("identifier", "uri", "language"),
    [
        ("typescriptreact", "file:///a.tsx", "typescript"),
        ("python", "untitled:Untitled-1", "python"),
        ("unheard-of", "file:///a.rs", "rust"),  # then the name tells
        ("unheard-of", "file:///a", None),
        ("shellscript", "file:///home/me/.bashrc", "shell"),
        ("lua", "untitled:Untitled-1", "lua"),
        ("markdown", "file:///README", "markdown"),
        ("unheard-of", "file:///a.zsh", "shell"),
    ],
)
def test_the_type_tells_the_language_and_else_the_name(identifier, uri, language):
    assert where.engine_language(identifier, uri) == language


def test_every_language_is_one_of_the_engines():
    assert set(where.LANGUAGES.values()) == set(LANGUAGES)


def test_the_setting_has_the_last_word_and_a_star_stands_for_the_rest():
    assert where.is_on("python", {}) and not where.is_on("markdown", {})
    assert where.is_on("markdown", {"markdown": True})
    assert not where.is_on("python", {"*": False})
    assert where.is_on("python", {"*": False, "python": True})
    assert not where.is_on("markdown", {"*": True})
