"""``python -m tests.integrations.lsp.fake_serve MODE``: the server with the model of
``tests/integrations/fake.py``.

Further modes: "digest" suggests a digest of the text around the caret, "instant" always the same,
"unloadable" is a model that cannot be loaded, "only:DIRECTORY" one that is there only, "offering"
has alternatives, "printing" prints.
"""

from __future__ import annotations

import sys

from codecomplete.integrations.lsp.__main__ import main
from codecomplete.integrations.shared.options import Options
from tests.integrations.fake import FakeModel, WithAlternatives
from tests.integrations.nvim.fake_models import DigestModel, InstantModel

OTHERS = ("one(more)", "two\n    lines")


def load(mode: str, options: Options):
    if mode.startswith("only:"):
        if options.model != mode.partition(":")[2]:
            raise OSError(f"no model in {options.model}")
        return FakeModel()
    if mode == "unloadable":
        raise OSError("no model here, on purpose")
    if mode in ("digest", "instant"):
        return DigestModel() if mode == "digest" else InstantModel()
    if mode == "printing":
        print("printed on purpose", flush=True)
        return FakeModel()
    return WithAlternatives(others=OTHERS) if mode == "offering" else FakeModel(mode)


if __name__ == "__main__":
    main(sys.argv[2:], lambda options: load(sys.argv[1], options))
