"""The build backend: setuptools', with a C compiler from PyPI if the machine has none."""

from __future__ import annotations

from typing import Any

from compiling import system_compiler
from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403

COMPILER = "ziglang>=0.13"

Settings = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    return build_meta.get_requires_for_build_wheel(config_settings) + _compiler()


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    return build_meta.get_requires_for_build_editable(config_settings) + _compiler()


def _compiler() -> list[str]:
    return [] if system_compiler() else [COMPILER]
