"""``python -m tests.integrations.vim.fake_serve MODE``: the process that Vim starts, with the
models of the Neovim plugin's tests."""

from __future__ import annotations

import sys
import time

from codecomplete.integrations.shared.parent import end_with_parent
from codecomplete.integrations.shared.suggester import Suggester
from codecomplete.integrations.vim.serve import serve
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
