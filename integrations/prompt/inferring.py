"""What an expression is in the live session, as far as that is known without running it.

Knows Python's syntax and things; no prompt and no model.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import frames, looking
from .calling import called
from .reading import Binding, Code, bindings
from .things import Thing, is_one_of, live

DEEPEST = 12  # of names that are equal to others


@dataclass
class Scope:
    """The names in scope at the caret: the session's, and those that the cell binds."""

    namespace: Mapping[str, Any]
    bound: Mapping[str, Binding] = field(default_factory=dict)

    def is_bound(self, name: str) -> bool:
        """Whether the cell itself binds a name."""
        return name in self.bound

    def thing(self, expression: str) -> Thing | None:
        """The thing that an expression is; None if that is not known."""
        return self._of_text(expression, DEEPEST)

    def of(self, tree: ast.expr) -> Thing | None:
        """The same for a syntax tree."""
        return self._of(tree, DEEPEST)

    def _of_text(self, expression: str, depth: int) -> Thing | None:
        tree = parsed(expression)
        return None if tree is None else self._of(tree, depth)

    def _of(self, node: ast.expr, depth: int) -> Thing | None:
        if depth <= 0:
            return None
        match node:
            case ast.Name():
                return self._of_name(node.id, depth - 1)
            case ast.Constant() if node.value is not Ellipsis:
                return live(node.value)
            case ast.Attribute():
                return self._attribute(node, depth - 1)
            case ast.Subscript():
                return self._item(node, depth - 1)
            case ast.Call():
                function = self._of(node.func, depth - 1)
                return called(function) if function is not None else None
        return _of_display(node)

    def _of_name(self, name: str, depth: int) -> Thing | None:
        if name not in self.bound:
            return looking.look(name, self.namespace)
        binding = self.bound[name]
        if binding.each_of:
            container = self._of_text(binding.each_of, depth)
            return looking.element(container) if container is not None else None
        if binding.instance_of:
            kind = self._of_text(binding.instance_of, depth)
            return called(kind) if kind is not None else None
        return self._of_text(binding.equals, depth) if binding.equals else None

    def _attribute(self, node: ast.Attribute, depth: int) -> Thing | None:
        owner = self._of(node.value, depth)
        if owner is None:
            return None
        found = looking.attribute(owner, node.attr)
        return found if isinstance(found, Thing) else None

    def _item(self, node: ast.Subscript, depth: int) -> Thing | None:
        container = self._of(node.value, depth)
        if container is None:
            return None
        if isinstance(node.slice, ast.Slice):
            return Thing(container.kind) if is_one_of(container.kind, (str, list, tuple)) else None
        index = _literal(node.slice)
        if index is not None:
            return looking.item(container, index)
        return Thing(container.kind) if _selects_rows(container, node.slice) else None


def _selects_rows(container: Thing, index: ast.expr) -> bool:
    """Whether subscripting with a list or a condition gives a smaller frame."""
    if frames.kind_of(container.kind) != frames.PANDAS_FRAME:
        return False
    return isinstance(index, ast.Compare | ast.List | ast.BinOp | ast.UnaryOp)


def _literal(node: ast.expr) -> str | int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _literal(node.operand)
        return -number if isinstance(number, int) else None
    found: Any = node.value if isinstance(node, ast.Constant) else None
    return found if type(found) in (str, int) else None


_DISPLAYS: dict[type[ast.expr], type] = {
    ast.List: list, ast.ListComp: list, ast.Tuple: tuple, ast.Dict: dict, ast.DictComp: dict,
    ast.Set: set, ast.SetComp: set, ast.JoinedStr: str, ast.Compare: bool,
}  # fmt: skip


def _of_display(node: ast.expr) -> Thing | None:
    kind = _DISPLAYS.get(type(node))
    return Thing(kind) if kind is not None and kind is not bool else None


def parsed(expression: str) -> ast.expr | None:
    """The syntax tree of an expression; None if it is not valid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def scope_of(cell: Code, namespace: Mapping[str, Any]) -> Scope:
    """The names in scope at the end of a cell.

    An assignment binds a name from the next line on; the last binding counts.
    """
    found: dict[str, Binding] = {}
    for binding in bindings(cell, cell.line_start):
        known = found.get(binding.name)
        informed = binding.each_of or binding.instance_of or binding.equals
        if known is None or informed:
            found[binding.name] = binding
    return Scope(namespace, found)
