"""Built once for all tests of the page."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from codecomplete.engine import Model
from codecomplete.integrations.web.serve import server
from tests.integrations.web import browser


@contextmanager
def served(folder: Path, models: Sequence[Model] = ()) -> Iterator[str]:
    """A folder on this computer's own address."""
    serving = server(folder, models=models)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}"
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join(10)


@pytest.fixture(scope="package", autouse=True)
def chromium() -> Iterator[None]:
    """The browser, if a test starts it, ends with the tests of this folder."""
    yield
    browser.close()


@pytest.fixture(scope="session")
def page(tmp_path_factory) -> Path:
    """The folder of the built page with the packaged model."""
    return browser.built_page(tmp_path_factory.mktemp("page"))
