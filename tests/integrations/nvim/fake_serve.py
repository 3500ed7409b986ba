"""``python -m tests.integrations.nvim.fake_serve MODE``: the process that Neovim starts, with the
model of ``tests/integrations/fake.py``; MODE "unloadable" fails to load it, "deaf" never reads."""

from __future__ import annotations

import sys
import time

from integrations.suggester import Suggester
from tests.integrations.fake import WithAlternatives


def load(mode: str):
    if mode == "unloadable":
        raise OSError("no model here, on purpose")
    return WithAlternatives(mode, others=("one(more)", "two\n    lines"))


if __name__ == "__main__":
    mode = sys.argv[1]
    if mode == "deaf":
        time.sleep(3600)
    from integrations.nvim.serve import serve

    serve(Suggester(load=lambda options: load(mode)))
