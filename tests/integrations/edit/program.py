"""cc-edit with a model that knows a few lines, and with bugs: F9 is a command that fails, F10 ends
the editor, and F11 hangs it and leaves a file ``hangs`` in the user's folder. ``SLOW`` in the
environment is how many seconds everything that takes keys waits before each, as on a machine that
has a lot to do.

``python -m tests.integrations.edit.program MODE ARGUMENTS``; MODE is that of the fake model.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

from textual import events
from textual.binding import Binding

from codecomplete.integrations.edit import command
from codecomplete.integrations.edit.app import EditorApp
from codecomplete.integrations.shared import suggester
from tests.integrations.edit import stuck
from tests.integrations.fake import FakeModel
from tests.patience import FOREVER

MESSAGE = "a bug\x1b]0;title\x07"


class BuggyApp(EditorApp):
    """Fails at keys, with a message that no terminal should see."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("f9", "fail"), Binding("f10", "fail_for_good"), Binding("f11", "hang")
    ]  # fmt: skip

    def on_ready(self) -> None:
        stuck.tell_later(self)

    def action_fail(self) -> None:
        raise RuntimeError(MESSAGE)

    def action_fail_for_good(self) -> None:
        self.set_timer(0.01, self.action_fail)

    def action_hang(self) -> None:
        (Path.home() / "hangs").touch()
        time.sleep(FOREVER)


def slow(widget: Any, seconds: float) -> None:
    """Make a class of widgets take its time over each key and each paste."""
    own = widget.on_event

    async def on_event(self: Any, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste):
            await asyncio.sleep(seconds)
        await own(self, event)

    widget.on_event = on_event


def main(mode: str, *arguments: str) -> int:
    from codecomplete.integrations.edit import app, dialogs, editor

    for widget in (editor.Editor, dialogs.Field, dialogs.Button):
        if "SLOW" in os.environ:
            slow(widget, float(os.environ["SLOW"]))
    suggester.load_engine = lambda options: FakeModel(mode)
    app.EditorApp = BuggyApp
    return command.main(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
