"""Which tests of a run with several workers are given to one of them."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/integrations/web/",)
"""Folders whose files share what takes long to make: a browser, a compiled kernel."""


class ByFolder(LoadFileScheduling):
    """The tests of a file; of these folders, those of all files."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return ByFolder(config, log) if config.getvalue("dist") == "loadfile" else None
