"""No module needs one that needs it: imports, those for type checkers included, form no circle."""

from __future__ import annotations

from pathlib import Path

from tests.test_layers import FILES, ROOT, imports


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("codecomplete", *parts)).removesuffix(".__init__")


def arrows(paths: list[Path]) -> dict[str, set[str]]:
    """Which of the modules each module imports, by name."""
    modules = {name_of(path): path for path in paths}
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        wanted = {f"{module}.{part}" if f"{module}.{part}" in modules else module
                  for module, part in imports(path)}  # fmt: skip
        found[name] = wanted & set(modules) - {name}
    return found


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Sets of modules that reach each other, found by following every arrow as far as it leads."""
    reached = {name: _reached(graph, name) for name in graph}
    found: list[set[str]] = []
    for name in graph:
        circle = {other for other in reached[name] if name in reached[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def test_a_circle_is_found_where_there_is_one():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}
    assert circles(graph) == [{"b", "c"}]


def test_imports_form_no_circle():
    assert circles(arrows(FILES)) == []
