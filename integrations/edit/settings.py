"""The user's settings, one TOML file in their configuration folder, and what is wrong in it.

Every problem names the file and, where it can, the line; a wrong setting counts as not set. Knows
nothing of widgets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ..shared.options import FileOptions, option

FILE = "edit.toml"
AUTO, TABS = "auto", "tab"


@dataclass(frozen=True)
class EditOptions(FileOptions):
    """The editor's own options, beside those of every host."""

    enabled: bool = option(True, "Show suggestions.")
    languages_off: tuple[str, ...] = option(
        (
            "json",
            "markdown",
            "toml",
            "yaml",
            "text",
            "csharp",
            "css",
            "dockerfile",
            "html",
            "make",
            "ruby",
            "sql",
        ),
        "Languages without suggestions, by their status line names; text: no known language.",
    )
    theme: str = option("textual-dark", "Colour theme, by its name in the command palette.")
    line_numbers: bool = option(True, "Show line numbers.")
    soft_wrap: bool = option(False, "Wrap long lines at the right edge.")
    tab_width: int = option(4, "Width of a tab, in cells.", least=1, most=16)
    indent: str = option(
        AUTO,
        "Unit of indentation for files that have none yet, unless .editorconfig says: a number of "
        "spaces, or 'tab'; 'auto' is a tab in Go and Makefiles, else 4 spaces.",
        pattern=r"auto|tab|[1-8]",
    )
    pair_brackets: bool = option(
        True, "Insert the closing bracket after the caret when an opening one is typed."
    )
    indent_lines: bool = option(True, "Indent new lines as the code requires.")
    cursor_blink: bool = option(False, "Let the caret blink.")
    recovery_seconds: float = option(
        2.0, "Seconds after the last edit until unsaved work is put aside.", least=0.1, most=600
    )
    git_marks: bool = option(True, "Mark the lines that differ from git's index.")
    keep_undo: bool = option(
        True, "Keep the undo history when a file is closed, unless the file held secrets."
    )
    servers: tuple[str, ...] = option(
        (),
        "Language servers to start, such as 'python: pylsp' or 'c: clangd'; they read the project.",
    )
    key_bar: bool = option(True, "Show the keys that work at the moment in the last row.")


_LIMITS = {  # of the options that all hosts share
    "max_tokens": (1, 256), "deadline_ms": (1, 10_000), "threshold": (0, 1),
    "debounce_ms": (0, 10_000),
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """The options, the file they come from, and one sentence for each problem in it."""

    options: EditOptions
    keys: dict[str, str]  # by name of the command, as Textual writes keys
    path: Path
    problems: tuple[str, ...] = ()


def place() -> Path:
    """The path of the settings file, which may not exist."""
    import platformdirs

    return platformdirs.user_config_path("codecomplete", appauthor=False) / FILE


def load(path: Path | None = None) -> Settings:
    """The settings at ``path``; if it cannot be read or parsed, the defaults, with the problem."""
    path = place() if path is None else path
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Settings(EditOptions(), {}, path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        return Settings(EditOptions(), {}, path, (f"{path}: cannot be read: {reason}",))
    return parsed(text, path)


def parsed(text: str, path: Path) -> Settings:
    """The settings in ``text``, which is in the file ``path``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Settings(EditOptions(), {}, path, (f"{path}: not valid TOML: {error}",))
    keys = table.pop("keys", {})
    good, problems = _checked(table, text)
    bound, wrong = _bound(keys, text)
    where = [f"{path}, line {line}: {problem}" for line, problem in sorted([*problems, *wrong])]
    return Settings(EditOptions(**good), bound, path, tuple(where))


def _checked(table: dict[str, Any], text: str) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    known = {one.name: one for one in fields(EditOptions)}
    hints = get_type_hints(EditOptions)
    good: dict[str, Any] = {}
    problems: list[tuple[int, str]] = []
    for name, value in table.items():
        problem: str | None
        if name not in known:
            problem = f"there is no setting {name!r}{_perhaps(name, known)}"
        else:
            value, problem = _fitting(known[name], hints[name], value)
        if problem:
            problems.append((_line(text, name), problem))
        else:
            good[name] = value
    return good, problems


def _fitting(field: Field[Any], hint: Any, value: Any) -> tuple[Any, str | None]:
    """The value in the option's type, and what is wrong with it, if anything."""
    if get_origin(hint) is tuple and isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            return tuple(value), None
        return value, f"{field.name} must be a list of strings"
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if float in kinds and type(value) is int:
        value = float(value)
    if type(value) not in kinds:
        return value, f"{field.name} must be {_kind(hint)}, not {value!r}"
    return value, _impossible(field, value)


def _impossible(field: Field[Any], value: Any) -> str | None:
    least, most = _LIMITS.get(field.name, (field.metadata.get("least"), field.metadata.get("most")))
    if least is not None and not least <= value <= most:
        return f"{field.name} must be between {least} and {most}, not {value}"
    pattern = field.metadata.get("pattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        return f"{field.name} cannot be {value!r}"
    return None


def _bound(keys: Any, text: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """The table [keys], and what is wrong with it; only the editor knows which commands exist."""
    if not isinstance(keys, dict):
        return {}, [(_line(text, "keys"), "[keys] must be a table")]
    wrong = [name for name, value in keys.items() if not isinstance(value, str)]
    problems = [(_line(text, name), f"the key of {name} must be a string") for name in wrong]
    return {name: value for name, value in keys.items() if name not in wrong}, problems


def _perhaps(name: str, known: dict[str, Field[Any]]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _kind(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return "a list of strings"
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
    return next(names[kind] for kind in kinds if kind in names)


def _line(text: str, name: str) -> int:
    """The number of the line that sets ``name``; 1 if there is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(rf"\s*\[?\s*[\"']?{re.escape(name)}[\"']?\s*[=.\]]", line):
            return number
    return 1


def commented() -> str:
    """A settings file that sets nothing and explains everything."""
    lines = ["# Settings of cc-edit. To change one, remove the # before it.", ""]
    for one in fields(EditOptions):
        lines += [f"# {one.metadata['help']}", f"# {one.name} = {_toml(one.default)}", ""]
    return "\n".join([*lines, "# Keys of commands; docs/edit.md lists the commands' names.",
                      "# [keys]", *_key_examples()])  # fmt: skip


def _key_examples() -> Iterator[str]:
    yield '# ghost_accept = "tab"'
    yield ""


def _toml(value: Any) -> str:
    if value is None:
        return '""  # not set'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
