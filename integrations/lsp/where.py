"""Which documents are suggested for, judged by name, type and size. Reads no file.

Text of documents that may hold secrets is not even kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from codecomplete.engine import language_of

LANGUAGES = {
    "c": "c", "cpp": "cpp", "go": "go", "java": "java", "javascript": "javascript",
    "javascriptreact": "javascript", "kotlin": "kotlin", "php": "php", "python": "python",
    "rust": "rust", "typescript": "typescript", "typescriptreact": "typescript",
}  # fmt: skip
"""The engine's name for each of LSP's language identifiers."""

SCHEMES = frozenset({"file", "untitled", "vscode-notebook-cell"})
"""Of documents that somebody writes; others show output, differences, settings."""

OFF = frozenset(
    "asciidoc csv diff git-commit git-rebase gitcommit gitrebase ignore latex log markdown mdx "
    "plaintext prompt restructuredtext rst scminput search-result tex text tsv typst".split()
)
"""Language identifiers that are off until the setting ``languages`` says otherwise: prose, messages
to version control, and what is not written by hand."""

_PRIVATE_NAME = re.compile(
    r"\.env(\..*)?|.*\.env|\.htpasswd|[._]netrc|\.npmrc|\.pgpass|\.pypirc|\.git-credentials"
    r"|credentials(\..*)?|id_\w+|secrets?\..*"
    r"|.*\.(asc|gpg|jks|kdbx|key|keystore|p12|pem|pfx|ppk|tfstate|tfvars)",
    re.IGNORECASE,
)
_PRIVATE_FOLDERS = frozenset({".ssh", ".aws", ".gnupg", ".password-store"})


def scheme_of(uri: str) -> str:
    return urlsplit(uri).scheme


def path_of(uri: str) -> str | None:
    """The path of a document on this computer's disk; None if it has none there."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" and parts.path else None


def is_private(uri: str) -> bool:
    """Whether a document's name says that its content is nobody's business."""
    path = PurePosixPath(unquote(urlsplit(uri).path))
    if _PRIVATE_NAME.fullmatch(path.name) or _PRIVATE_FOLDERS & set(path.parts):
        return True
    return path.is_relative_to("/dev/shm")


def engine_language(identifier: str, uri: str) -> str | None:
    """What the engine calls a document's language; None for one that it does not know."""
    return LANGUAGES.get(identifier) or language_of(unquote(urlsplit(uri).path))


def is_on(identifier: str, languages: Mapping[str, bool]) -> bool:
    """Whether a language is suggested for; ``"*"`` in the setting stands for all it does not
    name."""
    if identifier in languages:
        return languages[identifier]
    return identifier not in OFF and languages.get("*", True)
