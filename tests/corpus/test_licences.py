"""Permissive expressions, and headers that ask for more."""

from __future__ import annotations

import pytest

from codecomplete.corpus.licences import file_licence, is_contrary, is_permissive
from codecomplete.corpus.packages import read_packages, require_permissive

GPL = "/*\n * This program is free software under the terms of the GNU General\n * Public License"


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("GPL-2.0-only", False),
        ("MIT OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("(MIT AND BSD-2-Clause) OR GPL-2.0-only", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_permissive_expressions(expression: str, permissive: bool) -> None:
    assert is_permissive(expression) is permissive


@pytest.mark.parametrize(
    ("header", "contrary"),
    [
        ("// Licensed under the MIT licence", False),
        (GPL + " version 2 */", True),
        ("# Mozilla Public\n# License, v. 2.0", True),
        ("/* GNU Lesser General Public License */", True),
        ("/* SPDX-License-Identifier: GPL-2.0 */", True),
        ("/* SPDX-License-Identifier: (GPL-2.0 OR BSD-3-Clause) */", False),
        ("/* SPDX-License-Identifier: MIT */ mentions the GNU General Public License", False),
        (GPL + ". Alternatively, this file may be used under the BSD licence. */", False),
        ("/* Eclipse Public License or Apache License: either of these licenses */", False),
        ("// Business Source License 1.1", True),
        ("", False),
    ],
)
def test_contrary_headers(header: str, contrary: bool) -> None:
    assert is_contrary(header) is contrary


def test_a_header_declares_its_licence() -> None:
    assert file_licence("// SPDX-License-Identifier: Apache-2.0 OR MIT\n") == "Apache-2.0 OR MIT"
    assert file_licence("// Copyright\n") is None


def test_every_listed_package_is_permissive() -> None:
    for package in read_packages():
        require_permissive(package)
