"""How it acts on a process is tested with a real one, in ``nvim/test_ending.py``."""

from __future__ import annotations

import os
import subprocess
import sys

from codecomplete.integrations.shared.parent import has_ended


def test_a_process_has_ended_once_nobody_waits_for_it_any_more():
    assert not has_ended(os.getpid())
    assert not has_ended(1), "somebody else's, perhaps"
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not has_ended(child.pid)
    child.communicate(b"\n")
    assert has_ended(child.pid)
