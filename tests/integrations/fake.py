"""A model that knows a few cells by heart, as slow or as broken as a test wants it.

``python -m tests.integrations.fake MODE ipython ARGUMENTS`` starts a real IPython with it,
``... MODE ptpython ARGUMENTS`` a real ptpython. MODE is "quick", "broken", seconds to wait, or
"until:FILE" to wait for a file. What the model says is shown as it is: the session has none of its
names.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from codecomplete.engine import Stopped, Suggestion

KNOWN = (
    "for index in range(10):",
    "total = sum(values)",
    "def area(radius):\n    return 3 * radius ** 2",
    "if ready:\n    print('first')\n    print('second')",
    "os.path.join(a, b)",
    "os.nothing_like_it()",
    "    return None",
    "while ready:\n\tstep()",
)


class FakeModel:
    name = "fake"

    def __init__(self, mode: str = "quick", others: tuple[str, ...] = ()) -> None:
        self.mode, self.others = mode, others
        self.asked: list[str] = []

    def session(self, language, project=None, name=None):
        return FakeSession(self)

    def project(self):
        return FakeProject()


class FakeProject:
    """Remembers what it is given."""

    full = False

    def __init__(self) -> None:
        self.learned: dict[str, str] = {}

    def learn(self, name, text, *, newest=False, stop=lambda: False):
        self.learned[name] = text


class FakeSession:
    def __init__(self, model: FakeModel) -> None:
        self.model = model

    def sync(self, before, after="", *, stop=lambda: False, indentation=None):
        self.before = before
        self.model.asked.append(before)
        if self.model.mode == "broken":
            raise RuntimeError("broken on purpose")

    def suggest(self, max_tokens, deadline_ms, threshold, *, stop=lambda: False):
        wait(self.model, stop)
        return next((Suggestion(rest, 0.9) for rest in rests(self.before)), None)

    def learn(self, *, stop=lambda: False):
        pass


class WithAlternatives(FakeModel):
    """A model whose sessions offer alternatives, as ``Suggester.alternatives`` asks for them."""

    def session(self, language, project=None, name=None):
        return OfferingSession(self)


class OfferingSession(FakeSession):
    def alternatives(self, count, max_tokens, deadline_ms, *, stop=lambda: False):
        return [Suggestion(text, 0.5) for text in self.model.others[:count]]


def rests(before: str) -> list[str]:
    """What is left of each known cell that the end of ``before`` begins."""
    found = []
    for cell in KNOWN:
        for length in range(len(cell) - 1, 1, -1):
            if before.endswith(cell[:length]) and not before[: len(before) - length].endswith("."):
                found.append(cell[length:])
                break
    return found


def wait(model: FakeModel, stop) -> None:
    """As long as the model's mode says by then."""
    start = time.monotonic()
    while is_to_wait(model.mode, time.monotonic() - start):
        if stop():
            raise Stopped
        time.sleep(0.005)


def is_to_wait(mode: str, waited: float) -> bool:
    if mode.startswith("until:"):
        return not Path(mode.removeprefix("until:")).exists()
    return mode not in ("quick", "broken") and waited < float(mode)


def main(mode: str, host: str, *arguments: str) -> None:
    from codecomplete.integrations.shared import suggester

    suggester.load_engine = lambda options: FakeModel(mode)
    if host == "ipython":
        from codecomplete.integrations.prompt.repl import main

        main(["--CodeComplete.check_names=False", *arguments])
    else:
        from ptpython.repl import embed

        from codecomplete.integrations.prompt.options import ReplOptions
        from codecomplete.integrations.prompt.ptpython import configure

        def quiet(repl) -> None:
            repl.complete_while_typing = False
            repl.show_signature = False
            configure(repl, ReplOptions(check_names=False))

        embed({"__name__": "__main__"}, configure=quiet)


if __name__ == "__main__":
    main(*sys.argv[1:])
