"""What pyproject.toml cannot express: compiling the kernel, the machine that a wheel is for, and
the README of the package page.

CODECOMPLETE_TARGET names another machine (a key of TARGETS in building/compiling.py; needs
ziglang), or "none" for a wheel without a library, with which NumPy does the kernel's work.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "building"))
import compiling  # noqa: E402
import readme  # noqa: E402

PACKAGE = "codecomplete.engine.kernel"
NONE = "none"
TARGET = os.environ.get("CODECOMPLETE_TARGET", "")


class BuildKernel(build_ext):
    """Compiles the library into the package that contains its sources."""

    def get_ext_filename(self, fullname: str) -> str:
        target = compiling.TARGETS.get(TARGET) or compiling.this_machine()
        return str(Path(*fullname.split(".")).with_name(target.library))

    def build_extension(self, ext: Extension) -> None:
        output = Path(self.get_ext_fullpath(ext.name))
        if TARGET:
            compiling.build_library(output, compiling.TARGETS[TARGET], compiling.zig())
        else:
            compiling.build_library(output)


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3 on one platform: the library does not depend on Python."""

    def get_tag(self) -> tuple[str, str, str]:
        if TARGET == NONE:
            return "py3", "none", "any"
        tag = compiling.TARGETS[TARGET].wheel_tag if TARGET else super().get_tag()[2]
        return "py3", "none", tag


setup(
    long_description=readme.package_page(HERE),
    long_description_content_type="text/markdown",
    ext_modules=[] if TARGET == NONE else [Extension(f"{PACKAGE}._kernel", sources=[])],
    cmdclass={"build_ext": BuildKernel, "bdist_wheel": PlatformWheel},
)
