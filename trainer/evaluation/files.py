"""Which files a model is measured on: the same ones for every model, whatever its speed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codecomplete.engine import LANGUAGES, language_of

from ..errors import ConfigError


@dataclass(frozen=True)
class SourceText:
    """One held-out file, with ``\\n`` line ends."""

    path: Path
    language: str
    text: str

    @property
    def bytes(self) -> int:
        return len(self.text.encode())


def held_out_files(
    files: Path, limit: int, languages: Sequence[str] = ()
) -> dict[str, list[SourceText]]:
    """About ``limit`` bytes of each language, or of those named, spread over its packages.

    ``files`` is a folder ``LANGUAGE/PACKAGE/...`` as ``python -m corpus build`` writes it, any
    other folder, a source file, or a text file with one path per line; languages then come from the
    file names.
    Raises ConfigError where there is nothing to read.
    """
    wanted = languages or LANGUAGES
    if files.is_dir() and any((files / language).is_dir() for language in LANGUAGES):
        found = {
            language: _by_package(files / language, language, limit)
            for language in LANGUAGES
            if language in wanted and (files / language).is_dir()
        }
    else:
        found = _by_name(_listed(files), limit)
    found = {name: texts for name, texts in found.items() if texts and name in wanted}
    if not found:
        raise ConfigError(f"{files}: no readable source file there; see python -m corpus build")
    return found


def _by_package(folder: Path, language: str, limit: int) -> list[SourceText]:
    packages = [
        sorted(path for path in package.rglob("*") if path.is_file())
        for package in sorted(folder.iterdir())
        if package.is_dir()
    ]
    share = limit // max(1, len(packages))
    return [text for paths in packages for text in _spread(paths, language, share)]


def _by_name(paths: Iterable[Path], limit: int) -> dict[str, list[SourceText]]:
    groups: dict[str, list[Path]] = {}
    for path in sorted(paths):
        if language := language_of(path):
            groups.setdefault(language, []).append(path)
    return {
        language: list(_spread(groups[language], language, limit))
        for language in LANGUAGES
        if language in groups
    }


def _listed(files: Path) -> list[Path]:
    if files.is_dir():
        return [path for path in files.rglob("*") if path.is_file()]
    if files.is_file() and language_of(files):
        return [files]
    try:
        lines = files.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{files}: neither a folder nor a list of files: {error}") from error
    return [path for line in lines if line.strip() and (path := Path(line.strip())).is_file()]


def _spread(paths: list[Path], language: str, limit: int) -> Iterator[SourceText]:
    """Every n-th file, so that about ``limit`` bytes are taken from all over a package."""
    total = sum(path.stat().st_size for path in paths)
    stride = max(1, round(total / max(1, limit)))
    for path in paths[::stride]:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if text.strip():
            yield SourceText(path, language, text)


def taken(texts: Iterable[SourceText], limit: int) -> Iterator[SourceText]:
    """Texts spread over all of them, until about ``limit`` bytes are taken."""
    texts = list(texts)
    stride = max(1, round(sum(text.bytes for text in texts) / max(1, limit)))
    yield from texts[::stride]
