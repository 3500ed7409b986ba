"""Where a suggestion is asked for: random, but the same for every model."""

from __future__ import annotations

from pathlib import Path

from codecomplete.trainer.evaluation.carets import choose_carets
from codecomplete.trainer.evaluation.files import SourceText

PYTHON = "import os\n\ndef f(a):\n    return os.path.join(a, 'b')\n\nprint(f('x'))\n"
C = "int main(void) {\n    int a = 1;\n    return a;\n}\n"


def text(source: str, language: str = "python") -> SourceText:
    return SourceText(Path("a"), language, source)


def test_they_and_what_surrounds_them_make_the_file():
    for caret in choose_carets([text(PYTHON), text(C, "c")], 40, seed=1):
        assert caret.before + caret.rest + caret.below in (PYTHON, C)
        assert len(caret.rest) >= 2 and "\n" not in caret.rest
        assert caret.rest == caret.rest.rstrip()


def test_they_are_the_same_for_every_model():
    assert choose_carets([text(PYTHON)], 9, 3) == choose_carets([text(PYTHON)], 9, 3)


def test_half_of_them_stand_after_the_indentation():
    carets = choose_carets([text(PYTHON)], 40, seed=2)
    starts = [caret.before.rpartition("\n")[2].strip() == "" for caret in carets]
    assert all(starts[0::2]) and not all(starts[1::2])
