"""The languages the project knows by name, and the files they live in.

Knows nothing about models: a model directory says which of these its model was trained on.
"""

from __future__ import annotations

from pathlib import PurePath

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "python": (".py", ".pyi", ".pyw"),
    "c": (".c", ".h"),
    "java": (".java",),
    "cpp": (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".inl", ".ipp"),
    "go": (".go",),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "typescript": (".ts", ".tsx", ".mts", ".cts"),
    "rust": (".rs",),
    "php": (".php",),
    "kotlin": (".kt", ".kts"),
    "shell": (".sh", ".bash", ".zsh", ".ksh", ".ebuild"),
    "lua": (".lua",),
    "markdown": (".md", ".markdown", ".mdown"),
}
"""File name extensions of each language, in lower case.

Token shards hold a language as its place here: a new one goes to the end.
"""

LANGUAGES: tuple[str, ...] = tuple(EXTENSIONS)
"""The names of all languages."""

TAGGED: tuple[str, ...] = LANGUAGES[: LANGUAGES.index("kotlin") + 1]
"""Those that vocabularies of our own have a tag for: a model is told which of them it reads.

The others came later. A text in one of them begins as a text in an unknown language does, so the
vocabularies that models already share with each other stay what they are.
"""

PROSE = frozenset({"markdown"})
"""Those that are text, with code in it."""

LINE_COMMENTS: dict[str, str] = dict.fromkeys(LANGUAGES, "//") | {
    "python": "#", "shell": "#", "lua": "--", "markdown": "",
}  # fmt: skip
"""What begins a comment up to the end of a line; nothing does in prose."""

_BY_EXTENSION = {extension: name for name, all_ in EXTENSIONS.items() for extension in all_}


def language_of(path: str | PurePath) -> str | None:
    """The language that a file name indicates, or None. ``.h`` counts as C.

    >>> language_of("src/main.rs")
    'rust'
    """
    return _BY_EXTENSION.get(PurePath(path).suffix.lower())
