"""Writes docs/api.md, the reference of the public names, from their docstrings.

python docs/api.py    (reads the source with griffe; imports none of it)
"""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"
PARTS = ("engine", "integrations")  # where public names come from
_NOT_SOURCE = shutil.ignore_patterns("__pycache__", "models", "web", "edit", "nvim", "vscode")

SECTIONS = {
    "Loading and suggesting": ("load", "Model", "Session", "SyncReport", "Suggestion", "Ranked"),
    "The project": ("Project",),
    "Languages": ("language_of", "LANGUAGES", "EXTENSIONS"),
    "Errors": (
        "EngineError",
        "ModelDirectoryError",
        "ModelVersionError",
        "VocabularyMismatchError",
        "SourceFileError",
        "Stopped",
    ),
    "Indentation": ("Indentation", "indentation_of"),
    "Privacy": ("is_private", "before_secrets", "Never"),
    "Measuring": ("Facts", "resident_mb"),
    "Prompts": ("load_ipython_extension", "unload_ipython_extension", "configure"),
}
"""Every public name but ``__version__``, in the order in which a reader meets them."""

BEGIN = """\
# Reference

The names of `codecomplete`. [embedding.md](embedding.md) says in which order to call them and what a call costs.
This page is written by `python docs/api.py` from the docstrings. `Stop` is a function without parameters that says
whether to stop: `Callable[[], bool]`.
"""  # noqa: E501


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The whole page, as it should be."""
    package = read_source()
    chapters = [
        f"## {title}\n\n" + "\n".join("\n".join(entry(package[name], 3)) for name in names)
        for title, names in SECTIONS.items()
    ]
    return "\n".join([BEGIN, *chapters])


@functools.cache
def read_source() -> griffe.Object:
    """The package, read by griffe and arranged as in an installation."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "codecomplete"
        shutil.copytree(ROOT / "codecomplete", package, ignore=_NOT_SOURCE)
        for part in PARTS:
            shutil.copytree(ROOT / part, package / part, ignore=_NOT_SOURCE)
        loaded = griffe.load(
            "codecomplete",
            search_paths=[folder],
            try_relative_path=False,
            allow_inspection=False,
        )
        assert isinstance(loaded, griffe.Object)
        return loaded


def entry(item: griffe.Object | griffe.Alias, level: int) -> Iterator[str]:
    """Heading, signature and text of one name, followed by those of a class's members."""
    yield f"{'#' * level} `{item.name}`\n"
    yield f"```python\n{declaration(item)}\n```\n"
    if item.docstring:
        yield markdown(item.docstring.value) + "\n"
    if item.is_class:
        for member in members(item):
            yield from entry(member, level + 1)


def members(item: griffe.Object | griffe.Alias) -> list[griffe.Object | griffe.Alias]:
    """Public methods and properties in the order of the source; fields are in the declaration."""
    found = [member for name, member in item.members.items() if not name.startswith("_")]
    return [member for member in found if member.is_function or _is_property(member)]


def declaration(item: griffe.Object | griffe.Alias) -> str:
    """The declaration, as in a stub file."""
    if item.is_class:
        return _class(item)
    if _is_property(item):
        return f"@property\n{item.name}: {item.annotation}"
    if item.is_function:
        return _function(item)
    return f"{item.name}: {item.annotation}"


def _is_property(item: griffe.Object | griffe.Alias) -> bool:
    return item.is_attribute and bool({"property", "cached"} & item.labels)


def _class(item: griffe.Object | griffe.Alias) -> str:
    bases = ", ".join(str(base) for base in item.bases)
    heading = f"class {item.name}({bases})" if bases else f"class {item.name}"
    fields = [
        f"    {member.source.strip()}"
        for name, member in item.members.items()
        if member.is_attribute and member.annotation and not name.startswith("_")
        and not _is_property(member)
    ]  # fmt: skip
    return "\n".join([f"{heading}:", *fields]) if fields else heading


def _function(item: griffe.Object | griffe.Alias) -> str:
    """Name, parameters and result; one parameter per line if one line would be too long."""
    parameters = list(_parameters(item))
    result = f" -> {item.returns}" if item.returns else ""
    line = f"{item.name}({', '.join(parameters)}){result}"
    if len(line) <= 88:
        return line
    return "\n".join([f"{item.name}(", *(f"    {part}," for part in parameters), f"){result}"])


def _parameters(item: griffe.Object | griffe.Alias) -> Iterator[str]:
    named_only = False
    for parameter in item.parameters:
        if parameter.name == "self":
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not named_only:
            named_only = True
            yield "*"
        annotation = f": {parameter.annotation}" if parameter.annotation else ""
        default = "" if parameter.default is None else f" = {parameter.default}"
        yield f"{parameter.name}{annotation}{default}"


def markdown(text: str) -> str:
    """A docstring as Markdown: code in single backticks, examples and drawings as blocks."""
    blocks = re.sub(r"``([^`]+)``", r"`\1`", text.strip()).split("\n\n")
    return "\n\n".join(
        f"```pycon\n{block}\n```" if block.startswith(">>>") else block for block in blocks
    )


if __name__ == "__main__":
    main()
