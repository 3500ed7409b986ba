"""What editors call the languages that the engine knows."""

from __future__ import annotations

from codecomplete import engine
from codecomplete.integrations.shared.filetypes import LANGUAGES


def test_every_language_of_the_engine_has_a_name_and_no_other() -> None:
    assert set(LANGUAGES.values()) == set(engine.LANGUAGES)
    assert set(engine.LANGUAGES) - {"shell"} <= LANGUAGES.keys()
