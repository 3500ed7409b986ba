"""A prompt without a terminal, with ghost text from a fake model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from codecomplete.integrations.prompt import GhostText, attach
from codecomplete.integrations.prompt.conversation import Conversation, ReplOptions
from codecomplete.integrations.prompt.ghost import visible
from codecomplete.integrations.prompt.keys import bindings
from codecomplete.integrations.prompt.said import Said
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.fake import FakeModel
from tests.integrations.serving import served
from tests.patience import PATIENCE, pause


class Prompt:
    """What a test does with it: send keys, wait for text and ghost text."""

    def __init__(self, session: PromptSession, ghost: GhostText, pipe) -> None:
        self.session, self.ghost, self.pipe = session, ghost, pipe
        self.buffer = session.default_buffer
        self.suggester = ghost.suggester
        self.tasks = session.app._background_tasks
        self.lasting = set(self.tasks)  # such as the one that looks at the terminal's size

    async def until(self, condition: Callable[[], object]) -> None:
        start = time.monotonic()
        while not condition():
            waited = time.monotonic() - start
            assert waited < PATIENCE, (self.buffer.text, visible(self.buffer))
            await asyncio.sleep(pause(waited))

    async def settle(self) -> None:
        """Until whatever the keys so far have asked is answered, and the answer is drawn."""
        await self.until(lambda: self.tasks <= self.lasting)
        await self.until(served(self.suggester).is_set)
        await asyncio.sleep(0)  # what the worker has delivered before is done by now

    async def type(self, keys: str, text: str, ghost: str | None = None) -> None:
        """Send ``keys`` until the buffer holds ``text``; then wait for ``ghost``."""
        self.pipe.send_text(keys)
        await self.until(lambda: self.buffer.text == text)
        if ghost is not None:
            await self._shows(ghost)

    async def press(self, keys: str, ghost: str) -> None:
        self.pipe.send_text(keys)
        await self._shows(ghost)

    async def _shows(self, ghost: str) -> None:
        """That there is none is only known once none can come any more."""
        await self.until(lambda: visible(self.buffer) == ghost)
        if not ghost:
            await self.settle()
            assert visible(self.buffer) == ghost


def run(
    test: Callable[[Prompt], Awaitable[None]],
    model: FakeModel | None = None,
    typed_before: tuple[str, ...] = (),
    namespace: dict | None = None,
    inputs: tuple[str, ...] = (),
    load: Callable | None = None,
    vi_mode: bool = False,
    **options,
) -> Prompt:
    """Run ``test`` against a prompt of its own; returns it for what is asserted after.

    What the fake model says is held against ``namespace``, if there is one.
    """

    async def main() -> Prompt:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            session = PromptSession(
                history=InMemoryHistory(list(typed_before)), multiline=True, vi_mode=vi_mode
            )
            conversation = Conversation(
                ReplOptions(**{"threshold": 0.0, "check_names": namespace is not None, **options}),
                lambda: [Said(text) for text in inputs],
                lambda: namespace or {},
            )
            suggester = Suggester(
                conversation.options, load or (lambda _: model or FakeModel()), conversation
            )
            ghost = GhostText(suggester, conversation)
            attachment = attach(session.app, session.default_buffer, ghost)
            session.auto_suggest = ghost
            session.key_bindings = bindings(ghost, session.default_buffer, conversation.options)
            prompt = Prompt(session, ghost, pipe)
            task = asyncio.ensure_future(session.prompt_async("> "))
            try:
                await prompt.until(lambda: attachment.painted)
                prompt.lasting = set(prompt.tasks)
                await test(prompt)
            finally:
                if session.app.is_running:
                    session.app.exit(result="")
                await task
                suggester.close()
        return prompt

    return asyncio.run(main())
