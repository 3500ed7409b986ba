"""The process that runs Jedi: one JSON question per line on its input, one answer on its output.

    {"code": ..., "offset": 17, "path": ..., "root": ..., "kind": "attribute"}  ->  {"names": [...]}

It is a separate process because Jedi is pure Python: on a thread it would delay the keys that are
typed meanwhile. It ends with its input, or with the program that started it. It opens no socket and
leaves no file: Jedi's cache of parsed files, which is pickled, is switched off.

Knows no editor and no model.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from ..parent import end_with_parent
from .places import Kind

MOST_NAMES = 400
LEFT_OUT = frozenset({"path", "keyword"})
"""Kinds of Jedi's completions that are no names."""


def names(question: dict[str, Any]) -> list[str]:
    """The names that Jedi knows at the place of a question, as they would be typed."""
    import jedi  # only in this process, and only at the first question

    code, offset = question["code"], question["offset"]
    line, column = code.count("\n", 0, offset) + 1, offset - (code.rfind("\n", 0, offset) + 1)
    script = jedi.Script(
        code,
        path=question["path"],
        environment=jedi.InterpreterEnvironment(),
        project=_project(question["root"]),
    )
    if _is_prose(script, line, column):
        return []
    wants_argument = question["kind"] == Kind.ARGUMENT.value
    found = [
        one.name_with_symbols
        for one in script.complete(line, column)
        if (one.type == "param" and one.name_with_symbols.endswith("=")) == wants_argument
        and one.type not in LEFT_OUT
    ]
    return [name for name in found if not name.startswith("__")][:MOST_NAMES]


def _is_prose(script: Any, line: int, column: int) -> bool:
    """Whether a place is in a string or a comment, where Jedi would list built-in names."""
    leaf = script._module_node.get_leaf_for_position((line, column), include_prefixes=True)
    if leaf is None:
        return False
    if leaf.start_pos >= (line, column):  # in the white space or a comment before the leaf
        begin, prefix = leaf.get_start_pos_of_prefix(), leaf.prefix.split("\n")
        text = prefix[line - begin[0]] if line - begin[0] < len(prefix) else ""
        first = begin[1] if line == begin[0] else 0
        return "#" in text[: max(0, column - first)]
    return leaf.type in ("string", "fstring_string", "fstring_start") or _is_left_open(leaf)


def _is_left_open(leaf: Any) -> bool:
    """Whether the leaf is the beginning of a string that is not closed."""
    return leaf.type == "error_leaf" and leaf.value.lstrip("rRbBuUfF")[:1] in ("'", '"')


def _project(root: str | None) -> Any:
    """The user's project, with the packages of an activated virtual environment."""
    import jedi

    active = os.environ.get("VIRTUAL_ENV")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    added = [str(Path(active, "lib", version, "site-packages"))] if active else []
    return jedi.Project(root or os.sep, added_sys_path=added, smart_sys_path=bool(root))


def _keep_no_files() -> None:
    from parso import cache

    for name in ("_save_to_file_system", "_load_from_file_system", "_set_cache_item"):
        if not hasattr(cache, name):
            raise ImportError(f"parso.cache has no {name}: another version than was built for")
    cache._save_to_file_system = lambda *given, **named: None
    cache._load_from_file_system = lambda *given, **named: None


def answer(line: str) -> dict[str, Any]:
    """The answer to one line of input; no names if Jedi fails."""
    try:
        return {"names": names(json.loads(line))}
    except Exception as error:  # Jedi meets code of every kind, half of it unfinished
        return {"names": [], "error": f"{type(error).__name__}: {error}"}


def serve(asked: IO[str], answers: IO[str]) -> None:
    """Answer until the input ends."""
    for line in asked:
        answers.write(json.dumps(answer(line)) + "\n")
        answers.flush()


def main() -> None:
    end_with_parent()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an inspected module prints must not mix with answers
    _keep_no_files()
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
