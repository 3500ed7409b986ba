"""Which modules can be imported, and which names they have, without importing anything.

Lists folders and reads sources; of a loaded module, reads what it stores. Knows no text and no
prompt.
"""

from __future__ import annotations

import ast
import sys
import types
from functools import lru_cache
from pathlib import Path

from .looking import attribute_names
from .things import is_dynamic, live

MOST_ENTRIES = 20_000
MOST_SOURCE = 300_000  # bytes of a source that is read
_SUFFIXES = (".py", ".so", ".pyd")


def importable(start: str) -> list[str]:
    """The modules whose dotted names begin with ``start``, up to the next dot."""
    package, _, own = start.rpartition(".")
    names = _below(package) if package else _at_top()
    front = f"{package}." if package else ""
    return [front + name for name in names if name.startswith(own) and _is_offered(name, own)]


def exists(name: str) -> bool:
    """Whether a module of that dotted name can be imported, as far as is known."""
    if name in sys.modules:
        return True
    package, _, own = name.rpartition(".")
    return own in (_below(package) if package else _at_top())


def names_in(module: str) -> set[str] | None:
    """The names that can be imported from a module; None if they are not known."""
    loaded = sys.modules.get(module)
    if type(loaded) is types.ModuleType:
        return attribute_names(live(loaded)) | set(_below(module))
    source = _source_of(module)
    if source is None:
        return None
    names = _top_names(str(source), source.stat().st_mtime_ns)
    return None if names is None else set(names) | set(_below(module))


def may_have_others(module: str) -> bool:
    """Whether a module may create names on demand."""
    loaded = sys.modules.get(module)
    if type(loaded) is not types.ModuleType:
        return True
    return is_dynamic(loaded)


def _is_offered(name: str, typed: str) -> bool:
    return name.isidentifier() and (typed.startswith("_") or not name.startswith("_"))


def _at_top() -> set[str]:
    found = set(sys.builtin_module_names) | set(sys.stdlib_module_names)
    found.update(name for name in list(sys.modules) if "." not in name)
    for folder in list(sys.path):
        found |= _listed(folder or ".")
    return found


def _below(package: str) -> set[str]:
    found: set[str] = set()
    for folder in _folders_of(package):
        found |= _listed(folder)
    front = f"{package}."
    loaded = (name for name in list(sys.modules) if name.startswith(front))
    return found | {name[len(front) :].partition(".")[0] for name in loaded}


def _folders_of(package: str) -> list[str]:
    loaded = sys.modules.get(package)
    if loaded is not None:
        path = vars(loaded).get("__path__") if type(loaded) is types.ModuleType else None
        return [entry for entry in path if type(entry) is str] if type(path) is list else []
    inside = Path(*package.split("."))
    return [str(Path(folder or ".") / inside) for folder in list(sys.path)]


def _source_of(module: str) -> Path | None:
    inside = Path(*module.split("."))
    for folder in list(sys.path):
        for name in (inside / "__init__.py", inside.with_suffix(".py")):
            path = Path(folder or ".") / name
            if path.is_file() and path.stat().st_size <= MOST_SOURCE:
                return path
    return None


def _listed(folder: str) -> frozenset[str]:
    try:
        return _modules_of(folder, Path(folder).stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=64)
def _modules_of(folder: str, changed: int) -> frozenset[str]:
    """The modules and packages in a folder, cached until it changes."""
    found = set()
    for count, entry in enumerate(Path(folder).iterdir()):
        if count >= MOST_ENTRIES:
            break
        name, suffix = entry.name.partition(".")[0], entry.suffix
        if suffix in _SUFFIXES or (not suffix and (entry / "__init__.py").is_file()):
            found.add(name)
    return frozenset(name for name in found if name.isidentifier() and name != "__init__")


@lru_cache(maxsize=16)
def _top_names(path: str, changed: int) -> frozenset[str] | None:
    """The names that a source binds at its top level."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    found: set[str] = set()
    for node in tree.body:
        found.update(_named(node))
    return frozenset(found)


def _named(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.Import() | ast.ImportFrom():
            return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        case ast.Assign():
            return {name for target in node.targets for name in _targets(target)}
        case ast.AnnAssign():
            return set(_targets(node.target))
        case ast.If() | ast.Try() | ast.With():
            return {name for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)
                    for name in _named(inner)}  # fmt: skip
    return set()


def _targets(node: ast.expr) -> list[str]:
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
