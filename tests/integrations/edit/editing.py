"""The editor in a test: a real application without a terminal, with a model that knows little.

Keys go the way that a terminal's keys go; ``press`` returns when they have been handled, which is
sooner than Textual's own pilot knows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from textual import events
from textual.keys import _character_to_key
from textual.strip import Strip

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.app import EditorApp
from codecomplete.integrations.edit.buffer import Buffer
from codecomplete.integrations.edit.editor import Editor
from codecomplete.integrations.edit.settings import EditOptions, Settings
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.edit import stuck
from tests.integrations.fake import FakeModel
from tests.integrations.serving import served
from tests.patience import PATIENCE, pause

NAMED = {" ": "space"}


class Driven:
    """An app that runs, and hands to type with."""

    def __init__(self, app: EditorApp, model: FakeModel, pilot) -> None:
        self.app, self.model, self.pilot = app, model, pilot

    @property
    def editor(self) -> Editor:
        return self.app.editor

    @property
    def ghost(self) -> str:
        return self.editor.ghost_text

    @property
    def text(self) -> str:
        return self.editor.text

    async def press(self, *keys: str) -> None:
        """Keys by the names that Textual has for them."""
        for key in keys:
            await self._key(key, key if len(key) == 1 else None)

    async def type(self, text: str) -> None:
        """Characters; a newline is Enter."""
        for character in text:
            if character == "\n":
                await self._key("enter", "\r")
            else:
                await self._key(NAMED.get(character) or _name(character), character)

    async def _key(self, key: str, character: str | None) -> None:
        # in the application's queue at once, not in the event loop's next round like a terminal's:
        # waiting must begin after the key
        self.app.post_message(events.Key(key, character))
        await self.settle()

    async def settle(self) -> None:
        """Until what was sent so far has been handled: by the app, by whatever has the focus, and
        by the editors, which hear of losing it."""
        await self._turned()
        for _ in range(2):
            await self._handled(self.app)
            focused = self.app.focused
            pumps = [*(focused.ancestors_with_self if focused else [self.app.screen])]
            for pump in [*pumps, *(one for one in self.app.editors if one not in pumps)]:
                await self._handled(pump)
        if self.app._saying is not None:  # which is said a moment later
            self.app._saying.stop()
            self.app._say_status()

    async def _turned(self) -> None:
        start = time.monotonic()
        await self._handled(self.app)
        while self.app.is_running and (not self.app.turns.idle or self._asks()):
            assert time.monotonic() - start < PATIENCE, f"a key waits for ever\n{self._story()}"
            await asyncio.sleep(0)

    def _asks(self) -> bool:
        """Whether a request is made after the next frame. While a question lies over the text, no
        frame of it need come."""
        is_covered = len(self.app.screen_stack) > 1
        return not is_covered and any(one.ghost.asking for one in self.app.editors)

    async def _handled(self, pump) -> None:
        done = asyncio.Event()
        start = time.monotonic()
        if pump.call_later(done.set):
            while not done.is_set() and self.app._exception is None and pump.is_running:
                assert time.monotonic() - start < PATIENCE, f"{pump} is busy\n{self._story()}"
                await asyncio.sleep(0)

    def _story(self) -> str:
        return stuck.report(self.app)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what another thread or a question does."""
        start = time.monotonic()
        while not condition():
            waited = time.monotonic() - start
            assert waited < PATIENCE, f"{self.text!r} {self.ghost!r}\n{self._story()}"
            await asyncio.sleep(pause(waited, 0.005))
        await self.settle()

    async def suggested(self) -> str:
        """Wait for ghost text."""
        await self.until(lambda: self.ghost)
        return self.ghost

    async def answered(self) -> None:
        """Wait until the model has nothing left to answer."""
        await self.until(served(self.app.suggester).is_set)

    async def done(self) -> None:
        """Wait until no question is open and every command has ended."""
        await self.until(lambda: len(self.app.screen_stack) == 1 and not list(self.app.workers))

    def written(self) -> bytes:
        """What saving would write now."""
        return self.editor.buffer.file.encode(self.text)

    def rows(self) -> list[str]:
        """What the text area should show now, as text."""
        return [row.text.rstrip() for row in self.shown()]

    def shown(self) -> list[Strip]:
        """The same with its styles, cut at the right edge."""
        editor = self.editor
        width, height = editor.size
        return [editor.row(y).crop(0, width) for y in range(height)]

    def notices(self) -> list[str]:
        return [notice.message for notice in self.app._notifications]


def _name(character: str) -> str:
    return character if character.isalnum() else _character_to_key(character)


@asynccontextmanager
async def editing(
    text: str | bytes | Path = "",
    *,
    name: str = "a.py",
    folder: Path | None = None,
    model: FakeModel | None = None,
    place: tuple[int, int] | None = None,
    size: tuple[int, int] = (80, 24),
    settings: Settings | None = None,
    survives: bool = False,
    notifications: bool = False,
    **options,
) -> AsyncIterator[Driven]:
    """Open ``text`` as the file ``name``, on the disk if there is a ``folder``.

    The caret is at the end unless ``place`` says otherwise; notices are on the screen only with
    ``notifications``. What the editor survives fails the test
    unless it ``survives`` on purpose.
    """
    buffer = Buffer(_file(text, name, folder))
    model = model or FakeModel()
    chosen = settings or Settings(EditOptions(**options), {}, Path("edit.toml"))
    suggester = Suggester(chosen.options, load=lambda options: model)
    app = EditorApp([(buffer, place)], chosen, suggester)
    try:
        async with app.run_test(size=size, notifications=notifications) as pilot:
            driven = Driven(app, model, pilot)
            await driven.settle()
            if place is None:
                driven.editor.move_cursor(driven.editor.document.end)
            yield driven
        assert survives or not app.survived, app.survived
    finally:
        suggester.close(1.0)


def _file(text: str | bytes | Path, name: str, folder: Path | None) -> files.TextFile:
    if isinstance(text, Path):
        return files.read(text)
    data = text.encode() if isinstance(text, str) else text
    if folder is None:
        return replace(files.read_bytes(data), path=Path(name))
    (folder / name).write_bytes(data)
    return files.read(folder / name)
