"""The value of ghost text at a prompt: sessions typed key by key over live objects.

    python -m benchmarks.live_sessions [--page docs/repl.md] [--show] [FILE...]

Each session is a text with doctest prompts; its inputs are typed into a real prompt_toolkit buffer,
with the ghost text that a user would have, and then run, so that the next one is typed among real
data frames, arrays and objects. A line end inserts the indentation, as in both hosts. The deadline
is generous, so that the figures do not depend on how busy the machine is.

One pass records the ghost text after every key. A text counts when it is new, not when it is the
rest of the one before. It is *right* if all of it comes next, *partly* right if its first word
does, *wrong* otherwise. *Keys saved* is what a typist saves who accepts, with one key, only what
comes next: whole texts only, or also words of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import doctest
import io
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt import GhostText
from codecomplete.integrations.prompt.conversation import Conversation, ReplOptions
from codecomplete.integrations.prompt.said import Said
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.reference import put

SESSIONS = Path(__file__).parent / "sessions"
DEADLINE_MS = 60_000.0
SHORTEST = 2  # characters: accepting fewer saves no key


@dataclass(frozen=True)
class Shown:
    """The ghost text after one key, and whether it is new there."""

    text: str
    new: bool
    coming: str  # the text typed next
    origin: str = ""

    @property
    def is_right(self) -> bool:
        return ends_there(self.text, self.coming)

    @property
    def is_partly(self) -> bool:
        word = Suggestion(self.text).first_word()
        return ends_there(word, self.coming)


def ends_there(text: str, coming: str) -> bool:
    """Whether ``coming`` begins with the whole text, and not with a longer name."""
    if not coming.startswith(text):
        return False
    following = coming[len(text) : len(text) + 1]
    return not (text[-1:].isidentifier() and (following.isalnum() or following == "_"))


@dataclass
class Tally:
    """The results of some sessions."""

    inputs: int = 0
    keys: int = 0
    standing: int = 0  # keys after which there was ghost text
    right: int = 0
    partly: int = 0
    wrong: int = 0
    spared_whole: int = 0
    spared: int = 0
    examples: list[tuple[str, Shown]] = field(default_factory=list)

    @property
    def distinct(self) -> int:
        return self.right + self.partly + self.wrong

    def add(self, line: str, shown: Shown) -> None:
        self.standing += 1
        if not shown.new:
            return
        self.right += shown.is_right
        self.partly += shown.is_partly and not shown.is_right
        self.wrong += not shown.is_partly
        self.examples.append((line, shown))

    def measures(self) -> list[tuple[str, str]]:
        """The rows of the table."""
        distinct, keys = max(1, self.distinct), max(1, self.keys)
        return [
            ("inputs, keys", f"{self.inputs}, {self.keys}"),
            ("keys after which ghost text is shown, %", f"{100 * self.standing / keys:.1f}"),
            ("different texts", f"{self.distinct}"),
            ("right, all of it", f"{self.right} ({100 * self.right / distinct:.0f} %)"),
            ("right, only the first word", f"{self.partly} ({100 * self.partly / distinct:.0f} %)"),
            ("wrong", f"{self.wrong} ({100 * self.wrong / distinct:.0f} %)"),
            ("wrong per 100 keys", f"{100 * self.wrong / keys:.2f}"),
            ("keys saved by whole texts, %", f"{100 * self.spared_whole / keys:.1f}"),
            ("keys saved by whole texts and words, %", f"{100 * self.spared / keys:.1f}"),
        ]


def inputs_of(text: str, name: str) -> list[str]:
    """The inputs of a text with doctest prompts."""
    return [
        example.source.rstrip("\n") for example in doctest.DocTestParser().get_examples(text, name)
    ]


def keys_of(source: str) -> list[int]:
    """The caret's place before each key but the last, which enters the input."""
    places, place = [], 0
    while place < len(source):
        places.append(place)
        place += 1
        if source[place - 1] == "\n":
            while source[place : place + 1] == " ":
                place += 1
    return places


class Session:
    """One prompt, its ghost text and its names."""

    def __init__(self, suggester_of: Any = Suggester, **options: Any) -> None:
        given = ReplOptions(deadline_ms=DEADLINE_MS, project=False, **options)
        self.module = ModuleType("__main__")
        self.names: dict[str, Any] = self.module.__dict__
        self.said: list[Said] = []
        self.conversation = Conversation(given, lambda: self.said, lambda: self.names)
        self.suggester = suggester_of(given, chooser=self.conversation)
        self.ghost = GhostText(self.suggester, self.conversation)
        self.history = InMemoryHistory()

    async def shown(self, source: str, begin: str = "") -> list[Shown | None]:
        """The ghost text before each key of an input."""
        buffer, found = Buffer(history=self.history, multiline=True), []
        before = ""
        for place in keys_of(source):
            document = Document(source[:place], place)
            buffer.set_document(document, bypass_readonly=True)
            rest = None
            if place:
                rest = await self.ghost.get_suggestion_async(buffer, document)
            if rest is None or not rest.text:
                found.append(None)
                before = ""
                continue
            new = not (before and before[1:] == rest.text and before[:1] == source[place - 1])
            origin = getattr(getattr(rest, "shown", None), "origin", "")
            found.append(Shown(rest.text, new, source[place:], origin))
            before = rest.text
        return found

    def run(self, source: str) -> None:
        """Run an input as the host does."""
        self.history.append_string(source)
        output = io.StringIO()
        failure = None
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                exec(compile(source + "\n", "<prompt>", "single"), self.names)
            except Exception as error:
                failure = error
        self.said.append(Said.with_error(source, failure))


def spared(shown: Sequence[Shown | None], source: str, whole: bool) -> int:
    """The keys that a typist saves who accepts what comes next."""
    places = keys_of(source)
    keys, place = 0, 0
    while place < len(source):
        text = shown[places.index(place)] if place in places else None
        keys += 1
        place += taken(text, whole) or 1
        while place < len(source) and place not in places:
            place += 1  # indentation that the line end inserted
    return len(places) - keys


def taken(shown: Shown | None, whole: bool) -> int:
    """How many characters are accepted at once; 0 if typing is as good."""
    if shown is None:
        return 0
    text = Suggestion(shown.text)
    parts = [text.text] if whole else [text.text, text.first_line(), text.first_word()]
    fitting = (part for part in parts if len(part) >= SHORTEST and shown.coming.startswith(part))
    return len(next(fitting, ""))


def replay(texts: Sequence[tuple[str, str]], model: Any = None, **options: Any) -> Tally:
    """Type and run the sessions (name, text), one after another."""
    tally = Tally()
    for name, text in texts:
        session = Session(**options)
        if model is not None:
            session.suggester._load = lambda _: model
        for source in inputs_of(text, name):
            shown = asyncio.run(session.shown(source))
            tally.inputs += 1
            tally.keys += 1 + len(shown)
            tally.spared_whole += spared(shown, source, True)
            tally.spared += spared(shown, source, False)
            for place, one in zip(keys_of(source), shown, strict=True):
                if one is not None:
                    tally.add(source[:place].rpartition("\n")[2], one)
            session.run(source)
        session.suggester.close()
    return tally


def own_sessions() -> list[tuple[str, str]]:
    return [(path.stem, path.read_text("utf-8")) for path in sorted(SESSIONS.glob("*.txt"))]


def listing(tally: Tally) -> Iterator[str]:
    for line, shown in tally.examples:
        verdict = "+" if shown.is_right else "~" if shown.is_partly else "-"
        text = shown.text.replace("\n", "\\n")
        yield f"{verdict} {shown.origin}: {line}[{text}]"


def table(tally: Tally) -> str:
    rows = [f"| {name} | {value} |" for name, value in tally.measures()]
    return "\n".join(["| replayed | |", "|---|---|", *rows])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--show", action="store_true", help="list every text and its verdict")
    parser.add_argument("--page", type=Path, help="write the table into this document")
    given = parser.parse_args(arguments)
    texts = [(path.stem, path.read_text("utf-8")) for path in given.files] or own_sessions()
    from codecomplete import engine

    warnings.simplefilter("ignore")
    tally = replay(texts, engine.load())
    if given.show:
        print("\n".join(listing(tally)))
    print(table(tally))
    if given.page:
        page = given.page.read_text("utf-8")
        given.page.write_text(put(page, "replayed", table(tally) + "\n"), "utf-8")
    return 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        sys.exit(main())
