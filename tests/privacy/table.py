"""What the engine makes of every secret in every place: which parts the model got to see, and which
were suggested. Used by the tests, and by ``python -m benchmarks.secrets`` for the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codecomplete import engine
from tests.privacy.material import PLACES, SECRETS, Secret

ABOVE = "import os\n\n\ndef settings():\n    return os.environ\n\n\n"
BELOW = "\n\n\ndef area(radius):\n    result = 3 * radius ** 2\n    return result\n\n\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One secret in one place."""

    secret: Secret
    place: str

    @property
    def language(self) -> str | None:
        return PLACES[self.place][1]

    @property
    def parts(self) -> tuple[str, str, str]:
        """The line before the secret, the secret as it is written there, and the rest."""
        _, _, place, written = PLACES[self.place]
        before, after = place(self.secret)
        return before, written(self.secret.value), after

    @property
    def line(self) -> str:
        return "".join(self.parts)

    def begun_again(self) -> Iterator[str]:
        """The line up to the secret, and as far as some of it, to see whether it is completed."""
        before, value, _ = self.parts
        public = len(self.secret.public)
        for length in sorted({0, public, public + 2, public + max(3, len(self.secret.body) // 2)}):
            yield before + value[:length]


CASES = [Case(secret, place) for secret in SECRETS for place in PLACES]


def one_place_each() -> list[Case]:
    """Every secret once, in one place after the other."""
    places = list(PLACES)
    return [Case(secret, places[n % len(places)]) for n, secret in enumerate(SECRETS)]


def seen_by_the_model(session: engine.Session) -> str:
    """The text of the tokens that are in the model's state now."""
    return session._model.tokenizer.decode(list(session._buffer.stream.ids))


def suggested(session: engine.Session, text: str, after: str = "") -> list[str]:
    """Everything that is suggested for a text, first and further ones."""
    session.sync(text, after)
    session.learn()
    first = session.suggest(threshold=0, deadline_ms=None)
    others = session.alternatives(2, max_tokens=16, deadline_ms=None) if first else []
    return [one.text for one in [first, *others] if one is not None]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one case: whether parts of the secret were seen or suggested."""

    seen: bool
    shown: bool


def try_case(model: engine.Model, case: Case) -> Found:
    """The secret stands in the file; its line is begun again below, and some of it typed."""
    session = model.session(case.language)
    file = ABOVE + case.line + BELOW
    session.sync(file)
    seen = case.secret.is_in(seen_by_the_model(session))
    shown = False
    for begun in case.begun_again():
        texts = suggested(session, file + begun)
        seen = seen or case.secret.is_in(seen_by_the_model(session)[len(ABOVE) :])
        shown = shown or any(_shows(case, begun, text) for text in texts)
    return Found(seen, shown)


def _shows(case: Case, begun: str, text: str) -> bool:
    """Whether ``text``, with what it continues, has more of the secret than was typed."""
    before, value, _ = case.parts
    typed = begun[len(before) :]
    if typed and len(typed) > len(case.secret.public) and text:
        rest = value[len(typed) :]
        return text[:1] == rest[:1] and text[:3] == rest[:3]
    return case.secret.is_in(text)
