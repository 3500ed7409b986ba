"""Draws docs/lsp.png: ``python -m tests.integrations.lsp.picture``. CodeMirror in Chromium with the
packaged model; whatever it suggests is what is drawn."""

from __future__ import annotations

import json

from tests.integrations.lsp.raw import REAL, ROOT
from tests.integrations.lsp.test_browser import driven, of

CODE = """\
import os


def names(folder):
    \"\"\"The Python files of a folder.\"\"\"
found = []
"""
MORE = "for name in os.li"
PICTURE = ROOT / "docs" / "lsp.png"


def main() -> None:
    given = {"SERVER": json.dumps(REAL), "CODE": CODE, "MORE": MORE, "PICTURE": str(PICTURE)}
    seen = of("picture", driven("picture", **given))
    print(f"{PICTURE}: {seen['text'].splitlines()[-1]}|{seen['ghost']}")


if __name__ == "__main__":
    main()
