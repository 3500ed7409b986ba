"""What pyproject.toml cannot say: the README of the package page."""

import sys
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "building"))
import readme  # noqa: E402

setup(
    long_description=readme.package_page(HERE),
    long_description_content_type="text/markdown",
)
