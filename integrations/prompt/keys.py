"""Keys for ghost text. Each does what it usually does while there is none."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, Filter, emacs_insert_mode, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent

from codecomplete.engine import Suggestion

from .ghost import GhostText, visible
from .options import ReplOptions

ACCEPT = ("right", "end", "c-e", "c-f")
WORD, EMACS_WORD = "c-right", ("escape", "f")
DISMISS = "escape"
NEXT = ("escape", "]")
PREVIOUS = ("escape", "[")
OLDER, NEWER = "c-up", "c-down"

Combination = tuple[str, ...]


__all__ = ["bindings", "merge_key_bindings"]


def bindings(
    ghost: GhostText, buffer: Buffer, options: ReplOptions, keys: KeyBindings | None = None
) -> KeyBindings:
    """Bindings for ``buffer``, added to ``keys``; in vi mode without those that begin with Esc."""

    @Condition
    def shown() -> bool:
        return get_app().current_buffer is buffer and bool(visible(buffer))

    @Condition
    def one_line() -> bool:
        return "\n" not in buffer.text

    keys = KeyBindings() if keys is None else keys
    typing = shown & (emacs_insert_mode | vi_insert_mode)
    emacs = shown & emacs_insert_mode
    for key in ACCEPT:
        _accept(keys, (key,), ghost, typing, lambda text: text)
    if options.tab:
        _accept(keys, ("tab",), ghost, typing, lambda text: text)
    if options.accept_line_key:
        _accept(keys, tuple(options.accept_line_key.split()), ghost, typing, _first_line)
    _accept(keys, (WORD,), ghost, typing, _first_word)
    _accept(keys, EMACS_WORD, ghost, emacs, _first_word)
    for combination, step in ((NEXT, 1), (PREVIOUS, -1)):
        _cycle(keys, combination, ghost, emacs, step)
    for key, step in ((OLDER, 1), (NEWER, -1)):
        _cycle(keys, (key,), ghost, typing & one_line, step)

    @keys.add(DISMISS, filter=emacs)
    def _(event: KeyPressEvent) -> None:
        ghost.dismiss(event.current_buffer)

    if options.never_key:

        @keys.add(*options.never_key.split(), filter=typing)
        def _(event: KeyPressEvent) -> None:
            ghost.forbid(event.current_buffer)

    return keys


def _first_word(text: str) -> str:
    return Suggestion(text).first_word()


def _first_line(text: str) -> str:
    return Suggestion(text).first_line()


def _accept(
    keys: KeyBindings,
    combination: Combination,
    ghost: GhostText,
    when: Filter,
    part: Callable[[str], str],
) -> None:
    @keys.add(*combination, filter=when)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        ghost.accepted(buffer, part(visible(buffer)))


def _cycle(
    keys: KeyBindings, combination: Combination, ghost: GhostText, when: Filter, step: int
) -> None:
    @keys.add(*combination, filter=when)
    def _(event: KeyPressEvent) -> None:
        ghost.cycle(event.current_buffer, step)
