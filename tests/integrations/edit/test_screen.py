"""While the editor is drawn, nobody else in its process writes to the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.patience import PATIENCE

SCRIPT = """
import os
from codecomplete.integrations.edit.screen import Alone
alone = Alone()
os.write(1, b"before,")
alone.begin()
alone.begin()  # as after a suspension
os.write(1, b"library on 1,")
os.write(2, b"library on 2,")
alone.screen.write("editor,")
alone.screen.flush()
alone.end()
os.write(1, b"after on 1,")
os.write(2, b"after on 2.")
"""


def written(**more) -> str:
    """What arrives on a terminal that a process of its own writes to."""
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        **{"stdout": theirs, "stderr": theirs, **more},
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done
    data = os.read(ours, 1 << 16)
    os.close(theirs)
    os.close(ours)
    return data.decode()


def test_only_the_editor_reaches_the_terminal():
    assert written() == "before,editor,after on 1,after on 2."


def test_what_was_sent_into_a_file_still_arrives_there(tmp_path):
    with (tmp_path / "out").open("wb") as file:
        assert written(stdout=file) == "editor,after on 2."
    assert (tmp_path / "out").read_text() == "before,library on 1,after on 1,"
