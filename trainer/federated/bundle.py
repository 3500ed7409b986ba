"""The app folder for Flower's ``flwr run``: it only names functions of the installed package.

The folder contains no code that anyone has to trust: both sides run the package that is installed
on their machine. Knows files.
"""

from __future__ import annotations

from pathlib import Path

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "codecomplete-federation"
version = "1.0.0"
description = "One completion model that several people improve"
license = "Apache-2.0"
dependencies = []

[tool.flwr.app]
publisher = "codecomplete"

[tool.flwr.app.components]
serverapp = "federation.server:app"
clientapp = "federation.client:app"

[tool.flwr.app.config]
settings = ""
""",
    "federation/__init__.py": "",
    "federation/server.py": """\
from codecomplete.trainer.federated.serverapp import server_app

app = server_app()
""",
    "federation/client.py": """\
from codecomplete.trainer.federated.clientapp import node_client_app

app = node_client_app()
""",
}


def write(folder: Path) -> Path:
    """Write the app into a folder, replacing its files."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
