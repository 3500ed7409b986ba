"""Profiles: what to build, read from ``profiles.toml``.

A profile has all the settings; everything else is derived from them and reported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from codecomplete.engine.languages import LANGUAGES

from .errors import ProfileError
from .filters import Limits
from .packages import Package

RECIPES = ("codecomplete", "system-a", "characters", "starcoder2")
_KEYS = {"about", "mix", "vocabulary", "recipe", "packages", "held_out", "unsealed", "limits"}
DEFAULT_PROFILES = Path(__file__).with_name("profiles.toml")


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to build the corpus."""

    name: str
    about: str
    mix: dict[str, float]  # language -> most megabytes (10**6 bytes) of training text, or inf
    vocabulary: int
    recipe: str = "codecomplete"  # one of RECIPES
    packages: tuple[str, ...] | None = None  # names to learn from; None: all in the list
    held_out: tuple[str, ...] | None = None  # names of held-out packages to use; None: all of them
    unsealed: tuple[str, ...] = ()  # held-out packages that are learned from here
    limits: Limits = field(default_factory=Limits)
    tokenizer: Path | None = None  # a vocabulary to keep, instead of learning one

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.mix)

    def select(self, packages: Iterable[Package]) -> list[Package]:
        """The packages that take part, if they have a language of the mix: those to learn from,
        those to hold out, and a user's own always."""
        return [
            replace(package, split="train") if package.name in self.unsealed else package
            for package in packages
            if set(package.languages) & set(self.mix) and self._takes(package)
        ]

    def _takes(self, package: Package) -> bool:
        names = self.packages if package.split == "train" else self.held_out
        return names is None or package.name in {*names, *self.unsealed} or package.is_own


def read_profiles(path: Path = DEFAULT_PROFILES) -> dict[str, Any]:
    """The table of profiles in the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error


def read_profile(name: str, path: Path = DEFAULT_PROFILES) -> Profile:
    """A profile by name. Raises ProfileError, which lists everything wrong with it."""
    table = read_profiles(path)
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
    recipe = row.get("recipe", "codecomplete")
    chosen = tuple(sorted(row["packages"])) if "packages" in row else None
    held_out = tuple(sorted(row["held_out"])) if "held_out" in row else None
    unsealed = tuple(row.get("unsealed", ()))
    limits = Limits(**row.get("limits", {}))
    about, size = row.get("about", ""), row["vocabulary"]
    return Profile(name, about, mix, size, recipe, chosen, held_out, unsealed, limits)


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
    if not isinstance(row.get("vocabulary"), int) or not 128 <= row["vocabulary"] <= 65536:
        problems.append("vocabulary: expected a whole number from 128 to 65536")
    known = {one.name for one in fields(Limits)}
    problems += [
        f"limits: {name} = {value!r}; expected a number for one of {', '.join(sorted(known))}"
        for name, value in row.get("limits", {}).items()
        if name not in known or isinstance(value, bool) or not isinstance(value, int | float)
    ]
    if row.get("recipe", "codecomplete") not in RECIPES:
        problems.append(f"recipe: {row['recipe']!r}; expected one of {', '.join(RECIPES)}")
    return problems
