"""From one package's archives to its documents: read, filter, clean, count.

A package is a unit of work, which depends only on the package and this code. So units can run in
any order and on any number of workers, and a finished unit is never repeated (see ``stages``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from codecomplete.engine.languages import LANGUAGES, language_of
from codecomplete.engine.privacy.private import is_private

from . import licences, text
from .archives import Entry, Refused, SourceFile
from .documents import Document
from .filters import Candidate, drop_by_path, drop_by_text, is_short
from .packages import Package
from .redaction import redacted


@dataclass
class Report:
    """What happened to a package's files, by language: counts and bytes, before and after."""

    before: Counter[str] = field(default_factory=Counter)
    before_bytes: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    kept_bytes: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped_bytes: Counter[tuple[str, str]] = field(default_factory=Counter)
    secrets_replaced: int = 0

    def drop(self, language: str, reason: str, size: int) -> None:
        self.dropped[language, reason] += 1
        self.dropped_bytes[language, reason] += size

    def as_json(self) -> dict[str, Any]:
        """``{language: {before: [files, bytes], kept: [...], dropped: {reason: [...]}}}``."""
        return {
            language: {
                "before": [self.before[language], self.before_bytes[language]],
                "kept": [self.kept[language], self.kept_bytes[language]],
                "dropped": {
                    reason: [count, self.dropped_bytes[of, reason]]
                    for (of, reason), count in sorted(self.dropped.items())
                    if of == language
                },
            }
            for language in LANGUAGES
            if self.before[language]
        }


def wanted(package: Package, languages: Iterable[str]) -> Callable[[str], bool]:
    """The test for paths worth reading: files in one of the languages, in no skipped folder."""
    chosen, skipped = set(languages), set(package.skip_folders)

    def takes(path: str) -> bool:
        pure = PurePosixPath(path)
        if package.extensions and pure.suffix.lower() not in package.extensions:
            return False
        language = language_of(path)
        if language is None or not ({language} | ({"cpp"} if language == "c" else set())) & chosen:
            return False
        return not skipped or not any(f"/{folder}/" in f"/{path}" for folder in skipped)

    return takes


def documents_of(
    package: Package, entries: Iterable[Entry], languages: Iterable[str], report: Report
) -> Iterator[Document]:
    """The documents of a package. Their counts, and the reasons for others, go into ``report``."""
    chosen = set(languages)
    for entry in entries:
        language = language_of(entry.path) or "c"
        size = entry.size if isinstance(entry, Refused) else len(entry.data)
        outcome = entry.reason if isinstance(entry, Refused) else _examine(package, entry)
        if isinstance(outcome, _Kept):
            language = outcome.document.language
        if language not in chosen:
            continue
        report.before[language] += 1
        report.before_bytes[language] += size
        if isinstance(outcome, str):
            report.drop(language, outcome, size)
            continue
        report.kept[language] += 1
        report.kept_bytes[language] += len(outcome.document.text.encode("utf-8"))
        report.secrets_replaced += outcome.secrets
        yield outcome.document


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Document
    secrets: int


def _examine(package: Package, file: SourceFile) -> _Kept | str:
    """The document made from a file, or the reason why the file is dropped."""
    path = file.path
    if file.licence is not None and not licences.is_permissive(file.licence):
        return "contrary licence"
    if is_private(path):
        return "private file"
    if reason := drop_by_path(_inside(path)):
        return reason
    decoded = text.decode(file.data)
    if decoded is None:
        return "not utf-8"
    language = _language(path, decoded)
    if reason := drop_by_text(Candidate(path, language, decoded)):
        return reason
    header = text.header(decoded, language)
    if licences.is_contrary(header):
        return "contrary licence"
    cleaned = text.without_boilerplate(decoded, language)
    if is_short(Candidate(path, language, cleaned)):
        return "too short without header"
    found = redacted(cleaned)
    if found is None:
        return "private key"
    licence = licences.file_licence(header) or file.licence or package.licence
    return _Kept(Document(package.name, path, language, licence, found.text), found.count)


def _inside(path: str) -> str:
    """A path without the archive's top folder, whose name says nothing about the file."""
    parts = PurePosixPath(path).parts
    return str(PurePosixPath(*parts[1:])) if len(parts) > 1 else path


_CPP = re.compile(
    r"^[ \t]*(?:class\s+\w|namespace\b|template\s*<|using\s+\w|public:|private:|protected:)"
    r"|\b(?:virtual|constexpr|nullptr|static_cast|operator)\b|\bstd::|#include\s*<\w+>",
    re.M,
)
_EXTERN_C = re.compile(r"#ifdef\s+__cplusplus")


def _language(path: str, content: str) -> str:
    """The language of a file; a ``.h`` file is C or C++ according to its content."""
    language = language_of(path)
    assert language is not None  # wanted() let it through
    if language == "c" and path.lower().endswith(".h"):
        return "cpp" if _CPP.search(content) and not _EXTERN_C.search(content) else "c"
    return language
