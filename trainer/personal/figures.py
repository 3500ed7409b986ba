"""Measures a model on the user's files that it has not learned; before and after in the same way.

Measures bits per byte of the exported model by itself, with the open file remembered, and with the
project's other files as well; and the keys that suggestions save in replayed typing under the same
three conditions. The protocol is that of ``trainer/evaluation``. Knows files and models, not how
the models were made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from codecomplete.engine import Model, Project
from codecomplete.engine.local.ngrams import NgramIndex

from ..evaluation.files import SourceText, taken
from ..evaluation.local import (
    Around,
    Observations,
    around,
    joined,
    nearest,
    observed,
    project_index,
)
from ..evaluation.replay import choose_stretches, replay
from ..evaluation.sources import EngineSource, Projects, known_project, without_local_text
from .reading import OwnFile

ALONE, FILE, PROJECT = "alone", "file", "project"
CONDITIONS = (ALONE, FILE, PROJECT)
STRETCH = 300  # characters typed at one place

Tell = Callable[[str], None]
Measures = dict[str, float]


@dataclass(frozen=True)
class Figures:
    """By condition: bits per byte and, if measured, the share of keys saved and the wrong
    suggestions shown per 100 characters."""

    bits: dict[str, float]
    keys: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, float] = field(default_factory=dict)
    bytes: int = 0
    typed: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Held:
    """Held-out files and the files beside them in the user's projects; ``folder`` contains them
    all, as ``PROJECT/PATH``."""

    folder: Path
    files: Sequence[OwnFile]
    beside: Sequence[OwnFile]
    most_bytes: int

    @cached_property
    def texts(self) -> list[SourceText]:
        """The files to measure on, spread over all held-out files."""
        texts = [SourceText(place(self.folder, f), f.language, f.text) for f in self.files]
        return list(taken(texts, self.most_bytes))

    def nearest(self, text: SourceText) -> list[Path]:
        """The files that a host would read beside a file: those of its project in its language,
        nearest first."""
        project = text.path.relative_to(self.folder).parts[0]
        others = (f for f in self.beside if (f.project, f.language) == (project, text.language))
        return nearest(text.path, [place(self.folder, other) for other in others])


def place(folder: Path, file: OwnFile) -> Path:
    """The path of the stored text of a file."""
    return folder / file.project / file.path


class Measuring:
    """Measures one model after another on the same files, whose surroundings are found once."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self._around: dict[bool, list[Around]] = {}
        self._indexes: dict[tuple[Path, ...], NgramIndex] = {}
        self._projects: Projects = {}

    def bits(self, model: Model, conditions: Sequence[str] = CONDITIONS) -> Figures:
        """Bits per byte under some conditions."""
        mixer = model.tuning.mixer
        found: dict[str, float] = {}
        if PROJECT in conditions:
            found[PROJECT] = self.observations(model, True).bits_per_byte(mixer)
        if {ALONE, FILE} & set(conditions):
            cold = self.observations(model, False)
            found |= {ALONE: cold.bits_per_byte(), FILE: cold.bits_per_byte(mixer)}
        size = sum(text.bytes for text in self.held.texts)
        return Figures({name: round(found[name], 4) for name in conditions}, bytes=size)

    def observations(self, model: Model, with_project: bool) -> Observations:
        """The predictions of a model and of local text for every token of the files."""
        return joined([observed(model, a) for a in self._surroundings(model, with_project)])

    def project(self, model: Model, text: SourceText) -> Project:
        """The project that a host would have read beside a file. Not one file of those that are
        measured on is in it, so it is the same for all that the same files are nearest to."""
        return known_project(self._projects, model, self.held.nearest(text))

    def _surroundings(self, model: Model, with_project: bool) -> list[Around]:
        if with_project not in self._around:
            self._around[with_project] = [
                around(model, text.text, text.language, self._project(model, text, with_project))
                for text in self.held.texts
            ]
        return self._around[with_project]

    def _project(self, model: Model, text: SourceText, wanted: bool) -> NgramIndex | None:
        if not wanted:
            return None
        paths = tuple(self.held.nearest(text))
        if paths not in self._indexes:
            self._indexes[paths] = project_index(model, paths)
        return self._indexes[paths]

    def typing(self, model: Model, characters: int, seed: int = 1) -> dict[str, Measures]:
        """The results of replayed typing under each condition, over the same stretches for every
        model."""
        stretches = choose_stretches(self.held.texts, characters, STRETCH, seed)
        sources = {
            ALONE: EngineSource(without_local_text(model), None),
            FILE: EngineSource(model, None),
            PROJECT: EngineSource(model, None, beside=self.held.nearest, projects=self._projects),
        }
        return {name: replay(source, stretches).measures() for name, source in sources.items()}

    def whole(self, model: Model, characters: int) -> Figures:
        """All figures that the page shows."""
        bits, typed = self.bits(model), self.typing(model, characters)
        keys = {name: measures["keystrokes_saved"] for name, measures in typed.items()}
        wrong = {name: measures["wrong_per_100_characters"] for name, measures in typed.items()}
        return Figures(bits.bits, keys, wrong, bits.bytes, characters)
