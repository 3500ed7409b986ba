"""The ghost text of one buffer: which text it is, and how it follows what the user does.

What is known at once (the rest of the shown text, a line of the history) is set together with the
edit, so nothing flickers; the model is asked in a coroutine that ends as soon as the text changes.
Never blocks, never raises, and keeps no part of an event loop from prompt to prompt. Knows no
drawing and no keys.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import islice
from typing import Any

from prompt_toolkit.application.current import get_app
from prompt_toolkit.auto_suggest import AutoSuggest
from prompt_toolkit.auto_suggest import Suggestion as PromptSuggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from codecomplete.engine import Suggestion

from ..shared.choices import MOST_CHOICES, Choices
from ..shared.snapshot import Snapshot
from ..shared.suggester import Suggester, log
from . import history
from .conversation import Conversation
from .options import FIRST, OFF

MUCH_TYPED = 2  # times history_characters, to show the newest of several earlier lines
LEAST_TYPED = 4  # characters from which an earlier line may be shown when the model is silent
HISTORY = "history"  # the origin of suggestions that are earlier lines


class Ghost(PromptSuggestion):
    """Ghost text; ``place`` is, once requested, its place among the alternatives, such as "2/3"."""

    def __init__(self, shown: Suggestion, place: str = "") -> None:
        super().__init__(shown.text)
        self.shown = shown
        self.place = place


class GhostText(AutoSuggest):
    """Suggests for one buffer; ``attach`` connects it to the events of that."""

    def __init__(
        self,
        suggester: Suggester,
        conversation: Conversation,
        history_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self.suggester = suggester
        self.conversation = conversation
        self._history_on = history_on
        self._waiting: asyncio.Future[Any] | None = None
        self._length = 0
        self._choices: Choices | None = None
        self._choices_at: Document | None = None
        self._dismissed: Document | None = None
        self._edited: Document | None = None  # after the last edit, which is dealt with

    # Called by prompt_toolkit and IPython's keys

    def get_suggestion(self, buffer: Buffer, document: Document) -> PromptSuggestion | None:
        """Only what is known at once: IPython calls this on the main thread."""
        try:
            return self._at_once(buffer, document)
        except Exception as error:
            log.debug("no suggestion", exc_info=error)
            return None

    async def get_suggestion_async(
        self, buffer: Buffer, document: Document
    ) -> PromptSuggestion | None:
        """Ask the model; an exception here would be printed over the user's prompt."""
        try:
            return await self._asked(buffer, document)
        except Exception as error:
            log.debug("no suggestion", exc_info=error)
            return None

    # Called by the buffer's events

    def text_changed(self, buffer: Buffer) -> None:
        """Put the rest of the ghost text after the caret, before anything is drawn."""
        self._stop_waiting()
        self._dismissed = self._choices = None
        self._edited = buffer.document
        shorter, self._length = len(buffer.text) < self._length, len(buffer.text)
        buffer.suggestion = self.get_suggestion(buffer, buffer.document)
        if shorter and buffer.text and buffer.suggestion is None:  # prompt_toolkit does not ask
            self._in_background(self._ask(buffer, buffer.document))

    def cursor_moved(self, buffer: Buffer) -> None:
        """Ghost text belongs to one place: it is gone elsewhere, and is back there."""
        if buffer.document == self._edited:
            return
        self._edited = None
        self._stop_waiting()
        buffer.suggestion = self.get_suggestion(buffer, buffer.document)
        if buffer.suggestion is None and buffer.text and self._stands_at_an_end(buffer):
            self._in_background(self._ask(buffer, buffer.document))

    @staticmethod
    def _stands_at_an_end(buffer: Buffer) -> bool:
        return buffer.document.is_cursor_at_the_end_of_line

    def prompted(self, buffer: Buffer) -> None:
        """A new, empty prompt is shown."""
        self._edited, self._length = None, len(buffer.text)
        self._dismissed = self._choices = None
        if not buffer.text and self.conversation.options.next_line:
            self._in_background(self._ask(buffer, buffer.document))

    # Called by keys

    def accepted(self, buffer: Buffer, text: str) -> None:
        """Insert ``text``, the ghost text or its beginning."""
        if getattr(getattr(buffer.suggestion, "shown", None), "origin", None) != HISTORY:
            self.suggester.accepted(text)
        buffer.insert_text(text)

    def dismiss(self, buffer: Buffer) -> None:
        """Show no ghost text until the next edit."""
        self._stop_waiting()
        self.suggester.cancel()
        self._dismissed, buffer.suggestion = buffer.document, None

    def forbid(self, buffer: Buffer) -> None:
        """Never suggest what is shown again, and show nothing until the next edit."""
        if buffer.suggestion is not None:
            self.suggester.forbid(
                buffer.document.current_line_before_cursor, buffer.suggestion.text
            )
        self.dismiss(buffer)

    def cycle(self, buffer: Buffer, step: int) -> None:
        """Show the next (1) or previous (-1) alternative; the first time, request them."""
        self._in_background(self._cycle(buffer, buffer.document, step))

    # At once

    def _at_once(self, buffer: Buffer, document: Document) -> Ghost | None:
        if not document.is_cursor_at_the_end_of_line or document == self._dismissed:
            return None
        snapshot = self._snapshot(document)
        if snapshot is not None:
            rest = self.suggester.follow(snapshot)
            if rest is not None:
                return Ghost(rest)
        if not self._history_wins(snapshot, document):
            return None
        return self._from_history(buffer, document, snapshot)

    def _snapshot(self, document: Document) -> Snapshot | None:
        return self.conversation.snapshot(document.text_before_cursor, document.text_after_cursor)

    def _history_wins(self, snapshot: Snapshot | None, document: Document) -> bool:
        """The rule: if the model cannot be asked, or after enough of the line."""
        if snapshot is None or not self.suggester.enabled:
            return True
        options = self.conversation.options
        typed = len(document.current_line_before_cursor.strip())
        return options.history == FIRST and typed >= options.history_characters

    def _from_history(
        self, buffer: Buffer, document: Document, snapshot: Snapshot | None
    ) -> Ghost | None:
        """The newest earlier line, if it is the only one or much of it is typed, and it is true."""
        found = list(islice(self._history(buffer, document), 2))
        if not found:
            return None
        if snapshot is not None and self.suggester.enabled:
            typed = len(document.current_line_before_cursor.strip())
            much = typed >= MUCH_TYPED * self.conversation.options.history_characters
            if (len(found) > 1 and not much) or not self.conversation.holds(snapshot, found[0]):
                return None
        return self._shown(snapshot, Suggestion(found[0], origin=HISTORY))

    def _history_helps(self, document: Document) -> bool:
        """Whether enough is typed for an earlier line if the model has no suggestion."""
        if self.suggester.error is not None:
            return True
        return len(document.current_line_before_cursor.strip()) >= LEAST_TYPED

    def _shown(self, snapshot: Snapshot | None, text: Suggestion, place: str = "") -> Ghost:
        """Ghost text that is not the model's first suggestion, but is followed like that."""
        if snapshot is not None:
            self.suggester.show(snapshot, text)
        return Ghost(text, place)

    def _history(self, buffer: Buffer, document: Document) -> Iterator[str]:
        if self.conversation.options.history == OFF or not self._history_on():
            return iter(())
        line = document.current_line
        doubtful = self.conversation.doubtful()
        inputs = [text for text in buffer.history.get_strings() if text not in doubtful]
        found = history.matches(line, inputs)
        allowed = (self.suggester.may_show(line, text) for text in found)
        return (text for text in allowed if text.strip())

    # In a coroutine

    async def _asked(self, buffer: Buffer, document: Document) -> PromptSuggestion | None:
        known = self.get_suggestion(buffer, document)
        if known is not None or not document.is_cursor_at_the_end_of_line:
            return known
        snapshot = self._snapshot(document)
        if snapshot is None or document == self._dismissed:
            return None
        if not document.text.strip():
            return await self._next_line(buffer, document, snapshot)
        found: Suggestion | None = await self._answer(
            self.suggester.request, snapshot, partial(self._grow, buffer, document)
        )
        if buffer.document != document:
            return None
        if found is None:
            helps = self._history_helps(document)
            return self._from_history(buffer, document, snapshot) if helps else None
        return Ghost(found)

    async def _next_line(
        self, buffer: Buffer, document: Document, snapshot: Snapshot
    ) -> PromptSuggestion | None:
        """At an empty prompt, if the user wants that: what followed the last input before, or else
        the model's suggestion."""
        options = self.conversation.options
        if not options.next_line or document.text:
            return None
        followed = history.next_after(buffer.history.get_strings())
        if options.history != OFF and followed and self.conversation.holds(snapshot, followed):
            allowed = self.suggester.may_show("", followed)
            if allowed.strip():
                return self._shown(snapshot, Suggestion(allowed, origin=HISTORY))
        found = await self._answer(self.suggester.request, snapshot)
        return Ghost(found) if found is not None and buffer.document == document else None

    def _grow(self, buffer: Buffer, document: Document, found: Suggestion | None) -> None:
        """Show what the worker found after its deadline, while the caret rests."""
        shown = buffer.suggestion.text if buffer.suggestion is not None else ""
        if found is None or buffer.document != document or document == self._dismissed:
            return
        if found.text != shown and found.text.startswith(shown):
            self._set(buffer, Ghost(found))

    async def _answer(
        self,
        ask: Callable[[Snapshot, Callable[..., Any]], bool],
        snapshot: Snapshot,
        later: Callable[[Any], None] = lambda found: None,
    ) -> Any:
        """Await the worker's answer; None as soon as the text changes.

        ``later`` gets what the worker delivers after its first answer.
        """
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        self._stop_waiting()
        self._waiting = answer

        def deliver(_: Snapshot, found: Any) -> None:  # on the worker thread
            with contextlib.suppress(RuntimeError):  # the prompt and its loop are gone
                loop.call_soon_threadsafe(_settle, answer, found, later)

        try:
            return await answer if ask(snapshot, deliver) else None
        except asyncio.CancelledError:  # the prompt ends
            self.suggester.cancel()
            raise
        finally:
            if self._waiting is answer:
                self._waiting = None

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            with contextlib.suppress(RuntimeError):  # it is left over from an earlier prompt
                _settle(waiting, None)

    async def _ask(self, buffer: Buffer, document: Document) -> None:
        await asyncio.sleep(0)  # prompt_toolkit asks by itself in all cases but deletion
        if self._waiting is not None or buffer.suggestion is not None:
            return
        if buffer.document != document:
            return
        found = await self.get_suggestion_async(buffer, document)
        if found is not None and buffer.document == document:
            self._set(buffer, found)

    async def _cycle(self, buffer: Buffer, document: Document, step: int) -> None:
        if self._choices is None or self._choices_at != document:
            choices = await self._alternatives(buffer, document)
            if buffer.document != document or choices is None:
                return
            self._choices, self._choices_at = choices, document
        text, place = self._choices.step(step)
        self._set(buffer, self._shown(self._snapshot(document), text, place))

    async def _alternatives(self, buffer: Buffer, document: Document) -> Choices | None:
        """What is shown, then what else the model and the history have, without duplicates."""
        texts = [buffer.suggestion.shown] if isinstance(buffer.suggestion, Ghost) else []
        snapshot = self._snapshot(document)
        if snapshot is not None:
            texts += await self._answer(self.suggester.alternatives, snapshot) or []
        lines = islice(self._history(buffer, document), MOST_CHOICES)
        texts += [Suggestion(text, origin=HISTORY) for text in lines]
        return Choices.among(texts)

    def _set(self, buffer: Buffer, suggestion: PromptSuggestion) -> None:
        buffer.suggestion = suggestion
        buffer.on_suggestion_set.fire()
        get_app().invalidate()

    def _in_background(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        app = get_app()
        if app.is_running:
            app.create_background_task(_quietly(coroutine))
        else:
            coroutine.close()


async def _quietly(coroutine: Coroutine[Any, Any, Any]) -> None:
    try:
        await coroutine
    except Exception as error:  # prompt_toolkit would print it over the prompt
        log.debug("no suggestion", exc_info=error)


def visible(buffer: Buffer) -> str:
    """The ghost text that is drawn, and that keys accept; empty if there is none.

    A completion menu covers the lines below the caret, so there is only one line beside it.
    """
    suggestion, document = buffer.suggestion, buffer.document
    if suggestion is None or not document.is_cursor_at_the_end_of_line:
        return ""
    if buffer.complete_state is None:
        return suggestion.text
    return "" if suggestion.text.startswith("\n") else suggestion.text.split("\n")[0]


def _settle(
    answer: asyncio.Future[Any], found: Any, later: Callable[[Any], None] = lambda found: None
) -> None:
    """Set the first answer, which is awaited; pass any further one to ``later``."""
    if not answer.done():
        answer.set_result(found)
        return
    try:
        later(found)
    except Exception as error:  # asyncio would report it over the prompt
        log.debug("no suggestion", exc_info=error)
