"""From a package's entries to its documents, hostile texts included."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codecomplete.corpus.archives import Refused, SourceFile
from codecomplete.corpus.extract import Report, documents_of, wanted
from codecomplete.corpus.packages import Package
from codecomplete.engine.languages import EXTENSIONS, LANGUAGES
from tests.corpus.helpers import program
from tests.patience import work_below

PACKAGE = Package("npm", "thing", "1", "MIT", "train", ("python",))
CLASS = "class A {\npublic:\n  int b;\n};\n"
BODY = "int add(int a, int b)\n{\n    return a + b;\n}\n"


def outcome(path: str, data: str | bytes, licence: str | None = None) -> tuple[str, str] | str:
    """The (language, text) a file becomes, or the reason it is dropped."""
    report = Report()
    raw = data.encode() if isinstance(data, str) else data
    found = list(documents_of(PACKAGE, [SourceFile(path, raw, licence)], LANGUAGES, report))
    if found:
        return found[0].language, found[0].text
    return next(iter(report.dropped))[1]


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("x/a.h", BODY, ("c", BODY)),
        ("x/a.h", CLASS, ("cpp", CLASS)),
        ("x/a.h", "#ifdef __cplusplus\n" + CLASS, ("c", "#ifdef __cplusplus\n" + CLASS)),
        ("tests/a.c", BODY, ("c", BODY)),  # the archive's own top folder proves nothing
        ("x/tests/a.c", BODY, "test"),
        ("x/a.c", BODY.encode() + b"\xff", "not utf-8"),
        ("x/a.c", "/* GNU General Public License */\n" + BODY, "contrary licence"),
        ("x/a.c", "/* Copyright A */\n" + BODY, ("c", BODY)),
        ("x/a.c", "/* Copyright A */\nint x;\nint y;\n", "too short without header"),
    ],
)  # fmt: skip
def test_outcomes(path: str, data: str | bytes, expected: tuple[str, str] | str) -> None:
    assert outcome(path, data) == expected


def test_a_files_own_licence_counts_first_and_a_contrary_one_drops_it() -> None:
    assert outcome("x/a.c", BODY, "GPL-3.0-only") == "contrary licence"
    spdx = "// SPDX-License-Identifier: BSD-3-Clause\n" + BODY
    files = [SourceFile("x/a.c", spdx.encode()), SourceFile("x/b.c", BODY.encode(), "ISC"),
             SourceFile("x/c.c", BODY.encode())]  # fmt: skip
    found = documents_of(PACKAGE, files, LANGUAGES, Report())
    assert [document.licence for document in found] == ["BSD-3-Clause", "ISC", "MIT"]


def test_counts_add_up() -> None:
    entries = [
        SourceFile("x/a.py", program(1).encode()),
        SourceFile("x/test_a.py", b"x"),
        Refused("x/big.py", "file too large", 1 << 30),
        SourceFile("x/a.rs", b"fn f() {}\n"),
    ]
    report = Report()
    assert len(list(documents_of(PACKAGE, entries, ("python",), report))) == 1
    found = report.as_json()["python"]
    assert found["before"] == [3, len(program(1)) + 1 + (1 << 30)]
    assert found["dropped"] == {"file too large": [1, 1 << 30], "test": [1, 1]}
    assert list(report.as_json()) == ["python"]


@pytest.mark.parametrize(
    ("changes", "path", "takes"),
    [
        ({}, "x/a.py", True),
        ({}, "x/a.txt", False),
        ({}, "x/a.rs", False),
        ({"extensions": (".pyi",)}, "x/a.py", False),
        ({"skip_folders": ("lib/old",)}, "x/lib/old/a.py", False),
        ({"skip_folders": ("lib/old",)}, "x/lib/a.py", True),
    ],
)
def test_only_files_of_chosen_languages_are_read(
    changes: dict[str, object], path: str, takes: bool
) -> None:
    assert wanted(replace(PACKAGE, **changes), ("python", "cpp"))(path) is takes


def test_headers_are_read_for_cpp_too() -> None:
    assert wanted(PACKAGE, ("cpp",))("x/a.h")


UNITS = ["\n", " ", "\t\n", "/*", "*/", "#", "//\n", "#\n", '"""', "a", "(", "[", "=", "\\", "0x"]
UNITS += ["--[=[", "<!--", "[![a](", "<a"]
UNITS += ["://a:", "class a[", "type a = ", "password = '", "-----BEGIN PRIVATE KEY", "GNU ", "x1"]


@pytest.mark.parametrize("language", ["python", "c", "php", "lua", "markdown"])
@pytest.mark.parametrize("unit", UNITS)
def test_a_long_text_of_anything_takes_seconds_at_most(language: str, unit: str) -> None:
    """A quadratic search would take minutes."""
    one_line = (unit * (1 << 18))[: 1 << 18]
    many_lines = f"{(unit * 300)[:300]}\n" * 800
    with work_below(10):
        for text in (one_line, many_lines):
            outcome(f"x/a{EXTENSIONS[language][-1]}", text)
