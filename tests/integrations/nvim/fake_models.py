"""Models for the engine processes of editors' tests, by the name of a mode.

"hurried" is never done in time, "cells" knows lines with brackets, "digest" suggests a digest of
the text before and after the caret, "instant" always the same, "unloadable" is a model that cannot
be loaded; the other modes are those of ``tests/integrations/fake.py``.
"""

from __future__ import annotations

import zlib

from codecomplete.engine import Suggestion
from tests.integrations.fake import FakeProject, WithAlternatives


def digest(before: str, after: str) -> str:
    return f"{zlib.crc32(before.encode()):08x}{zlib.crc32(after.encode()):08x}"


class DigestModel:
    name = "digest"
    project = FakeProject

    def session(self, language, project=None, name=None):
        return DigestSession()


class InstantModel:
    name = "instant"
    project = FakeProject

    def session(self, language, project=None, name=None):
        session = DigestSession()
        session.sync = lambda before, after, *, stop, indentation: None
        return session


class DigestSession:
    digest = "the same"

    def sync(self, before, after="", *, stop, indentation=None):
        self.digest = digest(before, after)

    def suggest(self, *arguments, stop):
        return Suggestion(self.digest, 1.0)

    def learn(self, *, stop):
        pass


CELLS = (
    "for n in range(10):",
    'print("a", [1, 2])',
    "x = [n for n in range(3)]",
    "d = {'a': (1, 2)}",
    "if (list.isEmpty()) {",
    'System.out.println("done");',
    "int[] a = {1, 2, f(3)};",
    "for (int i = 0; i < n; i++) {",
    'printf("%d\\n", value);',
    "char a[sizeof(x)];",
)
"""Lines with brackets, whatever stands after the caret."""


class CellsModel(DigestModel):
    name = "cells"

    def session(self, language, project=None, name=None):
        return CellsSession()


class CellsSession(DigestSession):
    line = ""

    def sync(self, before, after="", *, stop, indentation=None):
        self.line = before.rpartition("\n")[2]

    def suggest(self, *arguments, stop):
        known = (cell for cell in CELLS if len(self.line) > 3 and cell.startswith(self.line))
        cell = next(known, None)
        rest = cell[len(self.line) :] if cell else ""
        return Suggestion(rest, 1.0) if rest else None


class HurriedModel(DigestModel):
    name = "hurried"

    def session(self, language, project=None, name=None):
        return HurriedSession()


class HurriedSession(DigestSession):
    """Says more when it is given more time."""

    hurried = False

    def suggest(self, max_tokens, deadline_ms, *others, stop):
        self.hurried = deadline_ms < 500
        return Suggestion("begun(" if self.hurried else "begun(and, done)", 1.0)


def load(mode: str):
    if mode == "hurried":
        return HurriedModel()
    if mode == "cells":
        return CellsModel()
    if mode == "unloadable":
        raise OSError("no model here, on purpose")
    if mode in ("digest", "instant"):
        return DigestModel() if mode == "digest" else InstantModel()
    return WithAlternatives(mode, others=("one(more)", "two\n    lines"))
