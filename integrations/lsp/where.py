"""In which documents text is suggested, judged by name and type. Reads no file.

The text of documents that may hold secrets is not even kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from codecomplete.engine import is_private, language_of

from ..shared.filetypes import LANGUAGES

SCHEMES = frozenset({"file", "untitled", "vscode-notebook-cell"})
"""The schemes of documents that people write; others show output, differences or settings."""

OFF = frozenset(
    "asciidoc csv diff git-commit git-rebase gitcommit gitrebase ignore latex log markdown mdx "
    "plaintext prompt restructuredtext rst scminput search-result tex text tsv typst".split()
)
"""Language identifiers that are off unless the setting ``languages`` says otherwise: prose,
messages to version control, and what is not written by hand."""


def scheme_of(uri: str) -> str:
    return urlsplit(uri).scheme


def path_of(uri: str) -> str | None:
    """The path of a document on this computer's disk; None if it has none there."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" and parts.path else None


def is_secret(uri: str) -> bool:
    """Whether a document may hold secrets, by its name."""
    return is_private(unquote(urlsplit(uri).path))


def engine_language(identifier: str, uri: str) -> str | None:
    """The engine's name for a document's language; None if it has none."""
    return LANGUAGES.get(identifier) or language_of(unquote(urlsplit(uri).path))


def is_on(identifier: str, languages: Mapping[str, bool]) -> bool:
    """Whether suggestions are on for a language; ``"*"`` in the setting stands for all others."""
    if identifier in languages:
        return languages[identifier]
    return identifier not in OFF and languages.get("*", True)
