"""What a comment or docstring asks for, and the code that answers it."""

from __future__ import annotations

import textwrap

import pytest

from codecomplete.corpus.pairs import BLOCK, FUNCTION, Pair, pairs_of

PYTHON = '''
class Box:
    def area(self, scale=2):
        """Return the area of the box, scaled.

        More about it.
        """
        width = self.width * scale
        return width * self.height

    def nothing(self):
        """Says much and does hardly anything."""
        pass

    def oneline(self): return 1

def run(values):
    total = 0
    # Add up all values that are above zero.
    for value in values:
        if value > 0:
            total += value

    # TODO: something that is not a request
    a = 1
    b = 2
    return total
'''

JAVA = """
public class Box {
    /**
     * Returns the area of the box, scaled.
     * @param scale how much
     */
    public int area(int scale) {
        String brace = "}";  // and { here
        int width = this.width * scale;
        return width * height;
    }

    /* Makes sure that nothing is left over. */
    if (left > 0) {
        left = 0;
        right = 1;
    }

    // Copy both of the values to where they belong.
    this.left = left;
    this.right = right;

}
"""


def found(text: str, language: str) -> dict[str, Pair]:
    return {pair.instruction: pair for pair in pairs_of(text, language)}


def test_a_python_function_answers_its_docstring() -> None:
    pair = found(PYTHON, "python")["Return the area of the box, scaled."]
    assert pair.kind == FUNCTION and pair.input == "def area(self, scale=2):"
    body = "    width = self.width * scale\n    return width * self.height\n"
    assert pair.output == f"def area(self, scale=2):\n{body}"
    assert pair.completion == body
    assert pair.prompt.startswith('def area(self, scale=2):\n    """Return') and (
        pair.prompt.endswith('about it.\n    """\n')
    )
    compile(pair.output, "x", "exec")


def test_lines_answer_the_comment_above_them() -> None:
    pairs = found(PYTHON, "python")
    assert pairs.keys() == {
        "Return the area of the box, scaled.",
        "Add up all values that are above zero.",
    }
    pair = pairs["Add up all values that are above zero."]
    assert pair.kind == BLOCK and pair.prompt == "# Add up all values that are above zero.\n"
    assert (
        pair.completion
        == pair.output
        == textwrap.dedent("""\
        for value in values:
            if value > 0:
                total += value
        """)
    )


def test_java_functions_and_blocks() -> None:
    pairs = found(JAVA, "java")
    area = pairs["Returns the area of the box, scaled."]
    assert area.kind == FUNCTION and area.input == "public int area(int scale) {"
    assert area.output.startswith("public int area(int scale) {\n    String brace")
    assert area.output.endswith("    return width * height;\n}\n")
    assert area.prompt.startswith("/**\n * Returns") and area.prompt.endswith("scale) {\n")
    assert pairs["Makes sure that nothing is left over."].kind == BLOCK
    copy = pairs["Copy both of the values to where they belong."]
    assert copy.completion == "this.left = left;\nthis.right = right;\n"


@pytest.mark.parametrize("language, text", [("python", PYTHON), ("java", JAVA)])
def test_prompt_and_completion_are_one_text(language: str, text: str) -> None:
    plain = "".join(text.split())
    for pair in pairs_of(text, language):
        assert "".join((pair.prompt + pair.completion).split()) in plain


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("shell", "#!/usr/bin/env bash\nset -e\n\n# Copy both of them over.\ncp a b\ncp c d\n"),
        ("lua", "local x\n\n-- Copy both of them over.\na.b = b\nc.d = d\n"),
    ],
)
def test_lines_of_scripts_answer_the_comment_above_them(language: str, text: str) -> None:
    (pair,) = pairs_of(text, language)
    assert pair.instruction == "Copy both of them over." and pair.language == language
    assert text.endswith(pair.prompt + pair.completion)


def test_prose_holds_no_pairs() -> None:
    assert not [*pairs_of("// Copy both of them over.\na\nb\n", "markdown")]


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/env python3 -u\nx = 1\ny = 2\n",
        "# Copyright 2020 by somebody or other\nx = 1\ny = 2\n",
        "# ------------------------------\nx = 1\ny = 2\n",
        "# see https://example.org/some/where\nx = 1\ny = 2\n",
        "# short one\nx = 1\ny = 2\n",
        "# A comment above a single line\nx = 1\n",
        "# A comment above half a statement\nif x:\n",
        "def f(:\n    '''A file that does not parse at all'''\n    x = 1\n    y = 2\n",
    ],
)
def test_what_asks_for_nothing_or_is_not_answered_is_no_pair(text: str) -> None:
    assert not list(pairs_of(text, "python"))
