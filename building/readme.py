"""The README of the package page: the repository's, with absolute links."""

import re
import tomllib
from pathlib import Path

PICTURES = (".svg", ".png")
RAW = "https://raw.githubusercontent.com"


def package_page(root: Path) -> str:
    """The README of a checkout, for the package page."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = _version((root / "codecomplete/__init__.py").read_text(encoding="utf-8"))
    text = (root / "README.md").read_text(encoding="utf-8")
    return absolute(text, project["urls"]["Source"], version)


def absolute(text: str, source: str, version: str) -> str:
    """``text`` with relative links replaced by addresses in ``source``, at the tag of ``version``.

    Pictures get addresses of raw files, because package pages show no others.
    """
    pictures = source.replace("https://github.com", RAW) + f"/v{version}/"
    pages = f"{source}/blob/v{version}/"

    def address(match: re.Match[str]) -> str:
        target = match[1]
        return f"]({pictures if target.endswith(PICTURES) else pages}{target})"

    return re.sub(r"\]\((?![a-z]+:|#)([^)\s]+)\)", address, text)


def _version(source: str) -> str:
    """The version in ``__init__.py``, without importing it."""
    found = re.search(r'^__version__ = "(.*)"$', source, re.MULTILINE)
    if found is None:
        raise ValueError('codecomplete/__init__.py: no line __version__ = "..."')
    return found[1]
