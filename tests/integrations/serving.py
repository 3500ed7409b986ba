"""A sure sign that a suggester has done what it was asked.

Its state tells less: between taking a request and beginning with it, it is still that of before.
"""

from __future__ import annotations

import threading

from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester

NOTHING = Snapshot("", path="/.env")  # in a file of secrets, for which no model is asked or loaded


def served(suggester: Suggester) -> threading.Event:
    """Set once the worker has answered all requests so far; it ranks names after those. Set at once
    if it is switched off."""
    done = threading.Event()
    if not suggester.rank(NOTHING, (), lambda *_: done.set()):
        done.set()
    return done
