"""Names that are imported on first use (PEP 562), and folders that may have only one name.

Knows nothing of what the names refer to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any


def attributes(
    package: str, public: Collection[str], homes: Mapping[str, str], otherwise: str = ""
) -> Callable[[str], Any]:
    """A package's ``__getattr__``: looks a name up in the module that ``homes`` gives for it.

    Public names without a home come from ``otherwise``. The result is stored in the package, so
    that each name is looked up once. Raises AttributeError for names that are not public.
    """

    def find(name: str) -> Any:
        if name not in public:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes.get(name, otherwise)), name)
        setattr(sys.modules[package], name, value)
        return value

    return find


def only_as_program(name: str) -> None:
    """Raise ImportError for a part that is imported by the name of its folder in a checkout.

    ``import trainer`` would load modules a second time, besides those of ``codecomplete.trainer``.
    Only ``python -m trainer`` may find the folder: while Python looks for the program, its first
    argument is ``-m``. The folder's name then refers to the one package.
    """
    if sys.argv[:1] != ["-m"]:
        raise ImportError(
            f"{name!r} is a folder of codecomplete's checkout; "
            f"import it as 'codecomplete.{name}' (from codecomplete import {name})",
            name=name,
        )
    sys.modules[name] = import_module(f"codecomplete.{name}")
