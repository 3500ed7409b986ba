"""Decoding and the removal of leading boilerplate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.corpus.text import decode, header, without_boilerplate
from codecomplete.engine.languages import LANGUAGES


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfint x;\n", "int x;\n"),
        ("a\u200bb\u202ec\n".encode(), "abc\n"),
        ("é\n".encode(), "é\n"),
        (b"\xe9\n", None),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/bin/python\n# coding=cp1252\n\x93\n", "#!/bin/python\n# coding=cp1252\n“\n"),
        (b"# vim: set fileencoding=koi8-r :\n\xc1\n", "# vim: set fileencoding=koi8-r :\nа\n"),
        (b"# coding: utf-8\n\xe9\n", None),
        (b"# coding: no-such\n\xe9\n", None),
        (b"# coding: rot13\n\xe9\n", None),
        (b"a\nb\n# coding: latin-1\n\xe9\n", None),
        (b"\xff\xfea\x00", None),
    ],
)
def test_decode(data: bytes, expected: str | None) -> None:
    assert decode(data) == expected


C_LICENCE = "/*\n * Copyright 2020 A. Author\n */\n"
LONG = "".join(f"# line {number}\n" for number in range(21))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("c", C_LICENCE + "\n#include <a.h>\n", "#include <a.h>\n"),
        ("c", "/* What it does. */\nint x;\n", "/* What it does. */\nint x;\n"),
        ("c", C_LICENCE + "/* What it does. */\nint x;\n", "/* What it does. */\nint x;\n"),
        ("java", "// SPDX-License-Identifier: MIT\n// more\npackage a;\n", "package a;\n"),
        ("python", "#!/usr/bin/env python\n# Licence: MIT\nimport os\n",
         "#!/usr/bin/env python\nimport os\n"),
        ("python", '"""A module. Copyright me."""\n\nimport os\n', "import os\n"),
        ("python", '"""A module."""\nimport os\n', '"""A module."""\nimport os\n'),
        ("python", LONG + "import os\n", "import os\n"),
        ("python", '"""\n' + "text\n" * 25 + '"""\nimport os\n', "import os\n"),
        ("python", "import os\n# Copyright notes are shown here\n",
         "import os\n# Copyright notes are shown here\n"),
        ("php", "<?php\n/* (c) 2020 A */\nnamespace B;\n", "<?php\nnamespace B;\n"),
        ("rust", "// Copyright\n\n//! What it does.\nfn f() {}\n",
         "//! What it does.\nfn f() {}\n"),
        ("go", "// Licensed under MIT\n\npackage a\n", "package a\n"),
        ("c", "/* unclosed copyright", "/* unclosed copyright"),
        ("shell", "#!/bin/sh\n# Copyright 2020 A\n\nset -e\n", "#!/bin/sh\n\nset -e\n"),
        ("shell", "# Licence: MIT\n#\nset -e\n", "set -e\n"),
        ("shell", "# Copies what it is given.\nset -e\n", "# Copies what it is given.\nset -e\n"),
        ("lua", "-- Copyright 2020 A\n-- more\nlocal x = 1\n", "local x = 1\n"),
        ("lua", "--[[\n  Licence: MIT\n]]\n\n-- Adds.\nlocal x\n", "-- Adds.\nlocal x\n"),
        ("lua", "--[==[ (c) 2020 ]] ]==]\nlocal x\n", "local x\n"),
        ("lua", "#!/usr/bin/lua\n--- What it does\nlocal x\n",
         "#!/usr/bin/lua\n--- What it does\nlocal x\n"),
        ("lua", "--[[ unclosed copyright", "--[[ unclosed copyright"),
        ("markdown", "<!-- Copyright 2020 A\n-->\n\n# Title\n", "# Title\n"),
        ("markdown", "# Copyright\n\nWho owns what.\n", "# Copyright\n\nWho owns what.\n"),
        ("c", "", ""),
    ],
)  # fmt: skip
def test_leading_boilerplate_goes_and_descriptions_stay(
    language: str, text: str, expected: str
) -> None:
    assert without_boilerplate(text, language) == expected


@given(st.sampled_from(LANGUAGES), st.text(alphabet="#/*\"'\n ac(c)<?php!-[]=>", max_size=80))
def test_what_is_kept_ends_as_the_text_ends(language: str, text: str) -> None:
    kept = without_boilerplate(text, language)
    assert text.endswith(kept) or len(kept) < len(text)
    assert text.startswith(header(text, language))
