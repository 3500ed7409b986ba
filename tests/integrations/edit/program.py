"""cc-edit with a model that knows a few lines, and with a bug at F9.

``python -m tests.integrations.edit.program MODE ARGUMENTS``; MODE is that of the fake model.
"""

from __future__ import annotations

import sys

from textual.binding import Binding

from codecomplete.integrations.edit import command
from codecomplete.integrations.edit.app import EditorApp
from codecomplete.integrations.shared import suggester
from tests.integrations.fake import FakeModel

MESSAGE = "a bug\x1b]0;title\x07"


class BuggyApp(EditorApp):
    """Fails at a key, with a message that no terminal should see."""

    BINDINGS = [Binding("f9", "fail")]  # noqa: RUF012 - Textual's own way

    def action_fail(self) -> None:
        raise RuntimeError(MESSAGE)


def main(mode: str, *arguments: str) -> int:
    from codecomplete.integrations.edit import app

    suggester.load_engine = lambda options: FakeModel(mode)
    app.EditorApp = BuggyApp
    return command.main(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
