"""Ghost text in IPython: ``%load_ext codecomplete``, and ``%unload_ext`` to remove it.

Options are traits of ``CodeComplete``: ``--CodeComplete.tab=True`` on the command line,
``c.CodeComplete.tab = True`` in the configuration file, ``%config CodeComplete.tab = True`` at the
prompt. ``%codecomplete`` reports what it is doing. Knows nothing of prompts beyond what IPython
adds to them; without a prompt (a kernel, a pipe, ``--simple-prompt``) it does nothing.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from dataclasses import fields
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from weakref import WeakKeyDictionary

from traitlets import Bool, Enum, Float, Integer, TraitError, TraitType, Unicode, validate
from traitlets.config import Configurable

from ..shared.status import report
from ..shared.suggester import EXIT_WAIT, Suggester
from . import GhostText, attach
from .attach import Prompt
from .conversation import Conversation
from .debugging import Debuggers
from .keys import bindings, merge_key_bindings
from .options import ReplOptions, problem_with
from .said import Said

if TYPE_CHECKING:
    from IPython.terminal.interactiveshell import TerminalInteractiveShell

OF_IPYTHON = {"In", "Out", "get_ipython", "exit", "quit", "open"}
NO_PROMPT = (
    "codecomplete: a kernel has no prompt to show ghost text in; the console or notebook that you "
    "type into is another program. Use IPython itself (cc-repl) or the language server (cc-lsp)."
)

_TRAITS: dict[type, type[TraitType[Any, Any]]] = {
    bool: Bool,
    int: Integer,
    float: Float,
    str: Unicode,
}


def _trait(kind: Any, default: Any, metadata: Any) -> TraitType[Any, Any]:
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if "choices" in metadata:
        trait: TraitType[Any, Any] = Enum(metadata["choices"], default, help=metadata["help"])
    else:
        make = _TRAITS[next(kind for kind in kinds if kind in _TRAITS)]
        trait = make(default, allow_none=type(None) in kinds, help=metadata["help"])
    return trait.tag(config=True)


def _traits() -> dict[str, TraitType[Any, Any]]:
    hints = get_type_hints(ReplOptions)
    return {
        option.name: _trait(hints[option.name], option.default, option.metadata)
        for option in fields(ReplOptions)
    }


def _check(settings: Any, proposal: Any) -> Any:
    problem = problem_with(proposal["trait"].name, proposal["value"])
    if problem:
        raise TraitError(f"CodeComplete.{problem}")
    return proposal["value"]


CodeComplete = type(
    "CodeComplete",
    (Configurable,),
    {
        "__doc__": "Ghost text.",
        "__module__": __name__,
        **_traits(),
        "_check": validate(*(option.name for option in fields(ReplOptions)))(_check),
    },
)


class Extension:
    """Everything that was added to one shell."""

    def __init__(self, shell: TerminalInteractiveShell) -> None:
        self.shell = shell
        self.settings = CodeComplete(parent=shell)
        options = self._options()
        self.conversation = Conversation(options, self._said, lambda: _namespace(shell), "ipython")
        self.suggester = Suggester(options, chooser=self.conversation)
        self.suggester.enable(options.enabled)
        self.ghost = GhostText(self.suggester, self.conversation, self._history_on)
        self.debuggers = Debuggers(self.conversation, self.suggester)
        self._keys = self._prompt.key_bindings  # IPython's own
        self._failures: dict[str, Said] = {}  # inputs that failed, by their text
        self._known: list[Said] = []
        self._undo: list[Callable[[], Any]] = []

    def _said(self) -> list[Said]:
        """What was entered in this session, and how it ended."""
        history = self.shell.history_manager
        inputs = history.input_hist_raw if history is not None else [""]
        for text in inputs[len(self._known) + 1 :]:  # the first entry is a filler
            self._known.append(self._failures.get(text.rstrip("\n"), Said(text)))
        return self._known

    def _ran(self, result: Any) -> None:
        """IPython has run a cell: remember how it ended."""
        text, error = result.info.raw_cell, result.error_before_exec or result.error_in_exec
        if not isinstance(text, str):
            return
        text = text.rstrip("\n")
        self._failures.pop(text, None)
        if error is not None:
            self._failures[text] = Said.with_error(text, error)
        if self._known and self._known[-1].text.rstrip("\n") == text:
            self._known[-1] = self._failures.get(text, self._known[-1])

    @property
    def _prompt(self) -> Prompt:
        prompt = self.shell.pt_app
        if prompt is None:
            raise RuntimeError("this shell has no prompt to show ghost text in")
        return prompt

    def _options(self) -> ReplOptions:
        return ReplOptions(
            **{option.name: getattr(self.settings, option.name) for option in fields(ReplOptions)}
        )

    def _history_on(self) -> bool:
        """Whether IPython's own suggestions from the history are switched on."""
        return self.shell.autosuggestions_provider is not None

    def load(self) -> None:
        """Add ghost text to the shell; ``unload`` undoes the same steps."""
        shell, prompt = self.shell, self._prompt
        self._undo.append(attach(prompt.app, prompt.default_buffer, self.ghost).detach)
        self._undo.append(self._restore_provider)
        self._undo.append(self._restore_keys)
        self._install()
        self._watch(shell, ["autosuggestions_provider", "llm_provider_class", "shortcuts"])
        self._watch(self.settings, [option.name for option in fields(ReplOptions)])
        shell.events.register("post_run_cell", self._ran)
        self._undo.append(lambda: shell.events.unregister("post_run_cell", self._ran))
        shell.configurables.append(self.settings)
        self._undo.append(lambda: shell.configurables.remove(self.settings))
        self._undo.append(self.debuggers.watch())
        shell.magics_manager.register_function(self.magic, "line", "codecomplete")
        self._undo.append(lambda: shell.magics_manager.magics["line"].pop("codecomplete", None))
        atexit.register(self.suggester.close, EXIT_WAIT)

    def unload(self) -> None:
        while self._undo:
            self._undo.pop()()
        self.debuggers.close()
        self.suggester.close()
        atexit.unregister(self.suggester.close)

    def _watch(self, source: Any, names: list[str]) -> None:
        source.observe(self._changed, names)
        self._undo.append(lambda: source.unobserve(self._changed, names))

    def _changed(self, change: Any) -> None:
        """An option of ours has changed, or one of IPython's that replaces what was added."""
        if change.owner is self.settings:
            options = self._options()
            model_changed = options.model != self.conversation.options.model
            self.conversation.options = self.suggester.options = options
            if change.name == "enabled" or model_changed:
                self.suggester.enable(options.enabled)
            if model_changed:
                self.suggester.reload()
        elif change.name == "shortcuts":
            self._keys = self._prompt.key_bindings
        self._install()

    def _install(self) -> None:
        """Replace IPython's provider of suggestions, and add our keys after IPython's."""
        prompt = self._prompt
        shell: Any = self.shell  # its type allows suggestions from the history only
        if hasattr(shell.auto_suggest, "disconnect"):
            shell.auto_suggest.disconnect()
        shell.auto_suggest = prompt.auto_suggest = self.ghost
        prompt.key_bindings = merge_key_bindings(
            [
                *([self._keys] if self._keys is not None else []),
                bindings(self.ghost, prompt.default_buffer, self.conversation.options),
            ]
        )

    def _restore_provider(self) -> None:
        shell: Any = self.shell
        shell._set_autosuggestions(shell.autosuggestions_provider)
        if hasattr(shell.auto_suggest, "connect"):
            shell.auto_suggest.connect(shell.pt_app)

    def _restore_keys(self) -> None:
        self._prompt.key_bindings = self._keys

    def magic(self, line: str) -> None:
        """%codecomplete: how suggestions are doing. %codecomplete on, off: switch them.

        %codecomplete forget TEXT: delete every input with TEXT in it from the history.
        """
        wish = line.strip().lower()
        if wish in ("on", "off"):
            self.settings.enabled = wish == "on"
            self.suggester.enable(wish == "on")
        elif line.strip().startswith("forget "):
            self._forget(line.strip().removeprefix("forget ").strip())
            return
        elif wish:
            print("usage: %codecomplete [on | off | forget TEXT]")
            return
        print("\n".join(report(self.suggester)))

    def _forget(self, text: str) -> None:
        from .forgetting import SHORTEST, forget

        if len(text) < SHORTEST:
            print(f"%codecomplete forget: give at least {SHORTEST} characters of the text")
            return
        count = forget(self.shell, text)
        self._known.clear()
        self._failures.clear()
        self.conversation.forget()
        self.suggester.forget(self.conversation.name)
        print(f"{count} inputs were deleted from the history, including this one")


def _namespace(shell: TerminalInteractiveShell) -> dict[str, Any]:
    """The user's names, without those that IPython adds itself."""
    if hasattr(shell, "embedded_active"):
        return _around(shell)
    hidden, missing = shell.user_ns_hidden, object()
    names = list(shell.user_ns.items())
    return {name: value for name, value in names if hidden.get(name, missing) is not value}


def _around(shell: TerminalInteractiveShell) -> dict[str, Any]:
    """The names in and around the place where a shell is embedded, all of which IPython hides."""
    own, world = list(shell.user_ns.items()), list(vars(shell.user_module).items())
    return {name: value for name, value in [*world, *own] if name not in OF_IPYTHON}


_loaded: WeakKeyDictionary[Any, Extension] = WeakKeyDictionary()


def load_ipython_extension(shell: TerminalInteractiveShell) -> None:
    """Called by ``%load_ext``."""
    if shell in _loaded:
        return
    if getattr(shell, "pt_app", None) is None:
        if hasattr(shell, "kernel"):
            print(NO_PROMPT)
        return
    try:
        extension = Extension(shell)
    except TraitError as error:
        print(f"codecomplete is not loaded: {error}", file=sys.stderr)
        return
    _loaded[shell] = extension
    extension.load()


def unload_ipython_extension(shell: TerminalInteractiveShell) -> None:
    """Called by ``%unload_ext``."""
    extension = _loaded.pop(shell, None)
    if extension is not None:
        extension.unload()
