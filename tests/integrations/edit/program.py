"""cc-edit with a model that knows a few lines, and with bugs: F9 is a command that fails, F10 ends
the editor, and F11 hangs it.

``python -m tests.integrations.edit.program MODE ARGUMENTS``; MODE is that of the fake model.
"""

from __future__ import annotations

import sys
import time

from textual.binding import Binding

from codecomplete.integrations.edit import command
from codecomplete.integrations.edit.app import EditorApp
from codecomplete.integrations.shared import suggester
from tests.integrations.fake import FakeModel

MESSAGE = "a bug\x1b]0;title\x07"


class BuggyApp(EditorApp):
    """Fails at keys, with a message that no terminal should see."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("f9", "fail"), Binding("f10", "fail_for_good"), Binding("f11", "hang")
    ]  # fmt: skip

    def action_fail(self) -> None:
        raise RuntimeError(MESSAGE)

    def action_fail_for_good(self) -> None:
        self.set_timer(0.01, self.action_fail)

    def action_hang(self) -> None:
        time.sleep(60)


def main(mode: str, *arguments: str) -> int:
    from codecomplete.integrations.edit import app

    suggester.load_engine = lambda options: FakeModel(mode)
    app.EditorApp = BuggyApp
    return command.main(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
