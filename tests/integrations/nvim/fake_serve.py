"""``python -m tests.integrations.nvim.fake_serve MODE``: the process that Neovim starts, with a
model of ``fake_models.py``.

Further modes: "deaf" never reads, "stillborn" ends.
"""

from __future__ import annotations

import sys
import time

from codecomplete.integrations.nvim.serve import serve
from codecomplete.integrations.shared.parent import end_with_parent
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.nvim.fake_models import load


def main(mode: str) -> None:
    if mode == "deaf":
        end_with_parent()
        time.sleep(3600)
    if mode == "stillborn":
        sys.exit("stillborn on purpose")
    serve(Suggester(load=lambda options: load(mode)))


if __name__ == "__main__":
    main(sys.argv[1])
