"""The package page's README: that of the repository, with links that lead there from anywhere.

Everything else about the package is in pyproject.toml.
"""

import re
import tomllib
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
PICTURES = (".svg", ".png")
RAW = "https://raw.githubusercontent.com"


def absolute(text: str, source: str, version: str) -> str:
    """``text`` with its relative links and pictures as addresses below ``source``, at the tag of
    ``version``.

    Pictures come from the host of raw files, since a package page shows no others.
    """
    pictures = source.replace("https://github.com", RAW) + f"/v{version}/"
    pages = f"{source}/blob/v{version}/"

    def address(match: re.Match[str]) -> str:
        target = match[1]
        return f"]({pictures if target.endswith(PICTURES) else pages}{target})"

    return re.sub(r"\]\((?![a-z]+:|#)([^)\s]+)\)", address, text)


def version_of(package: str) -> str:
    """What ``__init__.py`` gives as the version, without importing it."""
    return re.search(r'^__version__ = "(.*)"$', package, re.MULTILINE)[1]


if __name__ == "__main__":
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = version_of((HERE / "codecomplete/__init__.py").read_text(encoding="utf-8"))
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    setup(
        long_description=absolute(readme, project["urls"]["Source"], version),
        long_description_content_type="text/markdown",
    )
