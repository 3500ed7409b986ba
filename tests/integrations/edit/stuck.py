"""What an editor that does not go on is waiting for: for the message of a test that gives up.

Textual's parts wait for each other in tasks; which one waits for which is seen only from outside.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

SECONDS = 40.0  # after which a program tells by itself; tests wait longer
FILE = "stuck.txt"  # in its home folder, where ``Terminal`` looks for it


def report(app: App[Any]) -> str:
    """Every task with what it awaits, every part that is not at rest, and whose turn it is."""
    turns = app.turns
    lines = [f"turn of {turns._event!r}, then {list(turns._waiting)}; commands {turns._commands}",
             f"batches {app._batch_count}, screens {app.screen_stack}"]  # fmt: skip
    lines += [f"asking {[one.ghost.asking for one in app.editors]}, survived {app.survived}"]
    lines += [f"{one!r} calls after its next frame {one._callbacks}" for one in app.screen_stack]
    lines += [f"{_pump(one)}" for one in [app, *_everything(app)] if not _rests(one)]
    lines += sorted(f"{task.get_name()}: {_awaited(task)}" for task in asyncio.all_tasks())
    return "\n".join(lines)


def tell_later(app: App[Any]) -> None:
    """Write the report into the home folder, should the program still run then."""
    place = Path(os.environ["HOME"]) / FILE

    def tell() -> None:
        place.write_text(report(app), encoding="utf-8")

    asyncio.get_running_loop().call_later(SECONDS, tell)


def _everything(app: App[Any]) -> Iterator[Widget]:
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def _rests(pump: MessagePump) -> bool:
    return pump._running and pump._is_mounted and not pump._next_callbacks and not queued(pump)


def queued(pump: MessagePump) -> list[Any]:
    return list(pump._message_queue.values)


def _pump(pump: MessagePump) -> str:
    state = ("running", "is_mounted", "closing", "closed", "pruning", "layout_required")
    told = [name for name in state if getattr(pump, f"_{name}", False)]
    return f"{pump!r}: {' '.join(told)}; queued {queued(pump)}, next {pump._next_callbacks}"


def _awaited(task: asyncio.Task[Any]) -> str:
    """The functions of a task that wait, outermost first."""
    found: list[str] = []
    waiting: Any = task.get_coro()
    while waiting is not None and getattr(waiting, "cr_frame", None) is not None:
        found.append(f"{waiting.__qualname__}:{waiting.cr_frame.f_lineno}")
        waiting = waiting.cr_await
    return " > ".join(found)
