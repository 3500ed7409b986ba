"""What a text leaves open, and which closers a suggestion may not have."""

from __future__ import annotations

import pytest

from codecomplete.engine.suggestions.structure import (
    INLINE,
    MOST_SCANNED,
    RAW,
    Open,
    Structure,
    ends_statement,
    is_prose,
    left_open,
    needless,
)


@pytest.mark.parametrize(
    ("language", "before", "closers", "inside"),
    [
        ("python", "f(a, [1, {", (")", "]", "}"), ""),
        ("python", "x = ')' # (", (), "\n"),
        ("python", "x = f('(", (")",), "'"),
        ("python", 'def f():\n    """Say (', (), '"""'),
        ("python", 'a = "it\\"s (" + g(', (")",), ""),
        ("c", "if (x) { // (", ("}",), "\n"),
        ("c", "/* ( */ f('(', \"{\"", (")",), ""),
        ("rust", "fn f<'a>(x: &'a str", (")",), ""),
        ("javascript", "const s = `(${", (), "`"),
        (None, 'f("(", [', (")", "]"), ""),
        ("python", "f(]", (")",), ""),
        ("shell", "f() {  # it's (", ("}",), "\n"),
        ("shell", "echo ${#x} $# a#b (", (")",), ""),
        ("shell", "x=(#", (")",), "\n"),
        ("shell", "sed 's/\\' \"(\" $(", (")",), ""),
        ("shell", "sed 's/(\\", (), RAW),
        ("shell", "printf $'it\\'s (' {", ("}",), ""),
        ("shell", "echo it\\'s \\(", (), ""),
        ("shell", 'echo "it\\"s $(', (), '"'),
        ("shell", "[ -f x ] && ls [a-z", (), ""),
        ("shell", "cat <<EOF\nit's (so)\nEOF\nf {", ("}",), ""),
        ("shell", "case $1 in\n  -h | --help) f ;;\n  *) {", ("}",), ""),
        ("lua", "f(x) -- it's (", (), "\n"),
        ("lua", "--[[ it's (\n", (), "--]]"),
        ("lua", "--[==[ ]] ( ]==] f{", ("}",), ""),
        ("lua", "x = [[ it's (\n", (), "]]"),
        ("lua", "x = [=[ ]] ]=] .. a[b[1]] .. '(' .. \"'\" .. f(", (")",), ""),
        ("lua", "x = 'it\\'s (", (), "'"),
        ("markdown", "It's (said\n1) that \"this", (), ""),
        ("markdown", "Call `f(", (), INLINE),
        ("markdown", "Call `f(x)` it's", (), ""),
        ("markdown", "An ` alone.\nIt's", (), ""),
        ("markdown", "So:\n\n```python\nf(`x`\n", (), "```"),
        ("markdown", "So:\n\n~~~\n```\n~~~\nIt's", (), ""),
        ("markdown", "end of code\n```\nIt's.\n\n```sh\nls", (), "```"),  # begun out of sight
    ],
)
def test_what_is_open_at_a_caret(language, before, closers, inside):
    assert Structure(language).at(before) == Open(closers, inside)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "shell",
            'f() {\n  # it\'s\n  x=$(g \'a\\\' \\\n"${b#(}")\n  case $x in\n  a) echo "(" ;;\n',
        ),
        ("lua", "f(function() -- it's (\n--[[ a\nb ]] x = [==[ (\n]] ]==] .. '\\'(' .. t[u[1]]\n"),
        ("markdown", "It's `f(`:\n\n```lua\nf(\n```\n1) and ``x`` on\n~~~\n```\n~~~\nend (\n"),
    ],
)
def test_typing_scripts_finds_what_a_fresh_look_finds(language, text):
    typed = Structure(language)
    for place in range(len(text) + 1):
        assert typed.at(text[:place]) == Structure(language).at(text[:place])


@pytest.mark.parametrize(
    ("language", "before", "prose"),
    [
        ("python", "x = 1", False),
        ("python", "x = 1  # why", True),
        ("shell", "ls # why", True),
        ("shell", "ls 'why", False),
        ("lua", "--[[ why", True),
        ("lua", "[[ why", False),
        ("markdown", "Why it's so", True),
        ("markdown", "Why `it", False),
        ("markdown", "Why\n```\nit", False),
        (None, "Why", False),
    ],
)
def test_prose_is_told_from_code(language, before, prose):
    assert is_prose(Structure(language).at(before), language) is prose


def test_typing_finds_what_a_fresh_look_finds():
    text = 'class A:\n    """Of ( and ".\n    """\n    def f(self, x=("a", [1,\n        2])):\n'
    text += "        return {  # (\n            'k': (1)}\n"
    typed = Structure("python")
    for place in range(len(text)):
        assert typed.at(text[:place]) == Structure("python").at(text[:place])


def test_an_edit_above_is_noticed():
    structure = Structure("python")
    structure.at("f(\nx = 1\n")
    assert structure.at("f[\nx = 1\n") == Open(("]",))


def test_no_more_is_kept_and_looked_at_than_a_bound():
    structure, line = Structure("python"), "value = compute(first, second)\n"
    text = line * 20_000
    structure.at(text)
    for _ in range(3_000):
        text += line
        structure.at(text)
    assert len(structure._known) <= 2 * MOST_SCANNED + len(line)
    assert structure.at(text + "f(").closers == (")",)


@pytest.mark.parametrize(
    ("text", "closers", "after", "kept"),
    [
        ("a, b):", (")",), ")", "a, b"),
        ("a, b):", (")",), "", "a, b):"),
        ("a)):", (")",), "", "a)"),
        ("f(a), b)", (")",), ")", "f(a), b"),
        ("x[')'])", (")",), ")", "x[')']"),
        ("a]", (")",), "", "a"),
        ("a))", (")", ")"), ")", "a)"),
        ("a, g(b", (")",), ")", "a, g(b"),
        ("x);\n}", ("}", ")"), "", "x);\n}"),
    ],
)
def test_a_bracket_is_closed_once(text, closers, after, kept):
    assert text[: needless(text, Open(closers), after, "python")] == kept


@pytest.mark.parametrize(
    ("language", "before", "text", "after", "kept"),
    [
        ("shell", "case $1 in\n    sta", "rt) f ;;", "", "rt) f ;;"),
        (
            "shell",
            "f() {\ncase $1 in\n",
            "-h | --help) f ;;\n*) g }}",
            "",
            "-h | --help) f ;;\n*) g }",
        ),
        ("shell", "x=$(f", " a) b)", "", " a) b"),
        ("shell", "x=$(f", " a)", ")", " a"),
        ("shell", "echo ", "don't]", "", "don't]"),
        ("shell", "[ -f ", "x ] && f a[1]}", "", "x ] && f a[1]"),
        ("lua", "f(g(1", "))) end", "", "))"),
        ("lua", "--[[ so ", "it is) ]]", "", "it is) ]]"),
        ("lua", "x = ", "t[1]]", "", "t[1]"),
        ("markdown", "The user", "'s own (or not)) 1) and }", "", "'s own (or not)) 1) and }"),
        ("markdown", "```c\n", "f()) }", "", "f()) }"),
    ],
)
def test_nothing_of_a_script_is_cut_that_closes_nothing(language, before, text, after, kept):
    assert text[: needless(text, Structure(language).at(before), after, language)] == kept


@pytest.mark.parametrize(
    ("language", "before", "text", "after", "is_open"),
    [
        ("shell", "case $1 in\n", "a) f ;;", "\nb) g ;;\nesac\n", False),
        ("shell", "f() {\n", "echo 'it", "\n}\n", True),
        ("shell", "f() ", "{", "\nls\n", True),
        ("shell", "f() ", "{", "\nls\n}\n", False),
        ("lua", "f(", "{", "\n})\n", False),
        ("lua", "f(", "{", "\n)\n", True),
        ("markdown", "It's ", "said (and", "\nwritten) so.\n", False),
        ("markdown", "It ", "isn't", "\nso.\n", False),
    ],
)
def test_what_a_suggestion_leaves_open_in_scripts(language, before, text, after, is_open):
    assert left_open(text, Structure(language).at(before), after, language) is is_open


@pytest.mark.parametrize(
    ("text", "inside", "language", "kept"),
    [
        ("ZOO_VERSION) */", "", "c", "ZOO_VERSION) "),
        ("of it. */", "*/", "c", "of it. */"),
        ("/* a */ b */ c", "", "java", "/* a */ b "),
        ('"*/"', "", "java", '"*/"'),
        ("*/", "", "go", ""),
        ("a */ b", "\n", "rust", "a */ b"),
        ("/a*/", "", "javascript", "/a*/"),  # where that may end an expression
        ("*/", "", "python", "*/"),
    ],
)
def test_a_comment_ends_only_where_one_has_begun(text, inside, language, kept):
    open_ = Open((")",), inside) if ")" in text else Open((), inside)
    assert text[: needless(text, open_, "", language)] == kept


def test_a_block_that_began_out_of_sight_may_be_closed():
    assert needless("}", Open(whole=False), "", "java") == 1
    assert needless("}", Open(), "", "java") == 0


@pytest.mark.parametrize(
    ("line", "following", "open_", "language", "ends"),
    [
        ("x = f(1)", "y", Open(), "python", True),
        ("x = f(1,", "y", Open((")",)), "python", False),
        ("x = 1  # why", "y", Open(), "python", False),  # perhaps a block begins before it
        ("three words of prose", "y", Open((), '"""'), "python", False),
        ("", "y", Open(), "python", False),
        ("int x;", "y", Open(("}",)), "c", True),
        ("for (x = 0;", "x", Open(("}", ")")), "c", False),
        ("}", "b", Open(("}",)), "java", True),
        ("}", ".", Open(("}",)), "java", False),  # a chain of calls goes on
        ("if (x)", "y", Open(), "c", False),
        ("#endif;", "y", Open(), "c", False),
        ("x := 1", "y", Open(("}",)), "go", False),  # no sign says so
        ("x;", "y", Open(), None, False),
    ],
)
def test_a_line_is_known_to_end_a_statement(line, following, open_, language, ends):
    assert ends_statement(line, following, open_, language) == ends
