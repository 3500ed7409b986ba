"""Attaches specialists: weights trained further on some languages, which replace a model's own for
these.

They are in the model's directory, each a model directory with the same vocabulary. A specialist is
used for a language only if it is better on that language's validation files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from codecomplete import engine
from codecomplete.engine import Model
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import DESCRIPTION, SPECIALISTS

from ..errors import ConfigError
from ..evaluation.files import SourceText, held_out_files
from ..evaluation.scores import bits_of

Tell = Callable[[str], None]


def attach(directory: Path, name: str, files: Path, limit: int, tell: Tell = print) -> list[str]:
    """Use the specialist in ``directory/specialists/name`` for the languages where it is better.

    These are the languages of its recipe in which it needs fewer bits per byte of ``limit`` bytes
    of validation files than the model of ``directory`` itself. Returns them; they replace what was
    attached under that name before. Raises ConfigError if the vocabularies differ, if the
    specialist is for no language, or if there are no files in its languages.
    """
    general = engine.load(directory, specialists=False)
    special = engine.load(directory / SPECIALISTS / name)
    _require_one_vocabulary(general, special)
    taken = []
    for language, texts in _texts(special, files, limit).items():
        before, after = (_bits_per_byte(model, texts) for model in (general, special))
        better = after < before
        tell(f"{language:12} {before:.3f} -> {after:.3f} bits per byte{'' if better else ', left'}")
        taken += [language] if better else []
    _write(directory, name, taken)
    return taken


def languages_of(model: Model) -> tuple[str, ...]:
    """The languages of a model's last training; empty for all."""
    language = dict(model.directory.training.get("recipe", {})).get("language", "")
    return tuple(language.split(",")) if language else ()


def _require_one_vocabulary(general: Model, special: Model) -> None:
    first, second = general.directory.tokenizer, special.directory.tokenizer
    if sha256(first) != sha256(second):
        raise ConfigError(
            f"{second} is a different vocabulary from {first}; train the specialist from the model "
            "it is for, with python -m trainer train --start"
        )


def _texts(special: Model, files: Path, limit: int) -> Mapping[str, Sequence[SourceText]]:
    wanted = languages_of(special)
    if not wanted:
        raise ConfigError(
            f"{special.directory.path} was trained on all languages alike; a specialist is a run "
            "of a preset such as small-go"
        )
    found = held_out_files(files, limit, wanted)
    if missing := [language for language in wanted if language not in found]:
        raise ConfigError(f"{files} has no {', '.join(missing)} to measure the specialist on")
    return found


def _bits_per_byte(model: Model, texts: Sequence[SourceText]) -> float:
    bits = sum(bits_of(model, text.text, text.language) for text in texts)
    return bits / sum(text.bytes for text in texts)


def _write(directory: Path, name: str, languages: Sequence[str]) -> None:
    description = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
    others = {lang: to for lang, to in description.get(SPECIALISTS, {}).items() if to != name}
    description[SPECIALISTS] = others | dict.fromkeys(languages, name)
    seal(directory, {k: v for k, v in description.items() if k not in ("files", "format")})
