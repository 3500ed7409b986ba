"""Profiles: what to build, read from ``profiles.toml``.

A profile holds the dials there are; everything else is derived and reported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.languages import LANGUAGES

from .errors import ProfileError
from .packages import Package

DEFAULT_PROFILES = Path(__file__).with_name("profiles.toml")


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to build the corpus."""

    name: str
    about: str
    mix: dict[str, float]  # language -> most megabytes (10**6 bytes) of training text, or inf
    vocabulary: int
    packages: frozenset[str] | None = None  # names to learn from; None: all in the list

    def select(self, packages: Iterable[Package]) -> list[Package]:
        """The packages that take part: held-out ones always, if they have a language of the mix."""
        return [
            package
            for package in packages
            if set(package.languages) & set(self.mix) and self._takes(package)
        ]

    def _takes(self, package: Package) -> bool:
        return package.split != "train" or self.packages is None or package.name in self.packages


def read_profile(name: str, path: Path = DEFAULT_PROFILES) -> Profile:
    """A profile by name; ProfileError lists everything wrong with it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
    if name not in table:
        raise ProfileError(f"{path}: no profile {name!r}; there are {', '.join(table)}")
    if problems := _problems(table[name]):
        raise ProfileError(f"{path}: profile {name!r}:\n  " + "\n  ".join(problems))
    return _profile(name, table[name])


def _profile(name: str, row: dict[str, Any]) -> Profile:
    mix = {
        language: float("inf") if row["mix"][language] == "all" else float(row["mix"][language])
        for language in LANGUAGES
        if language in row["mix"]
    }
    chosen = frozenset(row["packages"]) if "packages" in row else None
    return Profile(name, row.get("about", ""), mix, row["vocabulary"], chosen)


def _problems(row: dict[str, Any]) -> list[str]:
    problems = [f"unknown key {key!r}" for key in row.keys() - _KEYS]
    mix = row.get("mix")
    if not isinstance(mix, dict) or not mix:
        return [*problems, 'mix: expected a table such as { python = 80, c = "all" }']
    problems += [
        f"mix: unknown language {language!r}; known are {', '.join(LANGUAGES)}"
        for language in mix
        if language not in LANGUAGES
    ]
    problems += [
        f'mix: {language} = {amount!r}; expected megabytes above 0, or "all"'
        for language, amount in mix.items()
        if amount != "all" and not (isinstance(amount, int | float) and amount > 0)
    ]
    if not isinstance(row.get("vocabulary"), int) or not 300 <= row["vocabulary"] <= 65536:
        problems.append("vocabulary: expected a whole number from 300 to 65536")
    return problems


_KEYS = {"about", "mix", "vocabulary", "packages"}
