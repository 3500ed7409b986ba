"""Run as a script by test_ipython.py: one shell, in which the extension comes and goes."""

from __future__ import annotations

import sys

from IPython.terminal.interactiveshell import TerminalInteractiveShell
from traitlets.config import Config

EXTENSION = "codecomplete"


def state(shell) -> dict:
    """Everything that the extension may touch."""
    prompt = shell.pt_app
    buffer, app = prompt.default_buffer, prompt.app
    return {
        "provider": type(shell.auto_suggest),
        "prompt's": prompt.auto_suggest is shell.auto_suggest,
        "keys": type(prompt.key_bindings),
        "text handlers": len(buffer.on_text_changed._handlers),
        "caret handlers": len(buffer.on_cursor_position_changed._handlers),
        "render handlers": (len(app.before_render._handlers), len(app.after_render._handlers)),
        "patience": (app.ttimeoutlen, app.timeoutlen),
        "drawing": [
            "create_content" in vars(window.content) for window in app.layout.find_all_windows()
        ],
        "magic": "codecomplete" in shell.magics_manager.magics["line"],
        "configurables": [type(c).__name__ for c in shell.configurables].count("CodeComplete"),
        "observers": [
            len(shell._trait_notifiers[name].get("change", []))
            for name in ("autosuggestions_provider", "llm_provider_class", "shortcuts")
        ],
    }


def make() -> TerminalInteractiveShell:
    config = Config()
    config.CodeComplete.max_tokens = 7
    config.HistoryManager.enabled = False
    return TerminalInteractiveShell.instance(config=config, simple_prompt=False)


def main() -> None:
    from codecomplete.integrations.prompt import GhostText

    shell = make()
    shell.auto_suggest.connect(shell.pt_app) if not shell.auto_suggest._connected_apps else None
    before = state(shell)
    for _ in range(2):
        shell.run_line_magic("load_ext", EXTENSION)
        ghost = shell.auto_suggest
        assert isinstance(ghost, GhostText)
        assert shell.pt_app.auto_suggest is ghost
        assert ghost.conversation.options.max_tokens == 7
        knows_only_the_users_names(shell, ghost)
        survives_changes(shell, ghost)
        takes_options(shell, ghost)
        shell.run_line_magic("unload_ext", EXTENSION)
        after = state(shell)
        assert after == before, {key: (before[key], after[key]) for key in before}
    assert not {"onnxruntime", "numpy", "tokenizers"} & sys.modules.keys()
    says_how_it_is(shell)
    print("fine")


def knows_only_the_users_names(shell, ghost) -> None:
    shell.run_cell("mine = 1", store_history=True)
    names = ghost.conversation._namespace()
    assert names["mine"] == 1
    assert not {"get_ipython", "exit", "quit"} & set(names)
    assert ghost.conversation.snapshot("min", "").before.endswith("mine = 1\nmin")


def survives_changes(shell, ghost) -> None:
    provider = "TerminalInteractiveShell.autosuggestions_provider"
    for value in ("'AutoSuggestFromHistory'", "None", "'NavigableAutoSuggestFromHistory'"):
        shell.run_line_magic("config", f"{provider}={value}")
        assert shell.auto_suggest is ghost and shell.pt_app.auto_suggest is ghost
        assert ghost._history_on() is (value != "None")
    old = shell.pt_app.key_bindings
    shell.run_line_magic("config", "TerminalInteractiveShell.shortcuts=[]")
    shell.shortcuts = [
        {"command": "IPython:auto_suggest.accept", "new_keys": ["c-q"], "create": True}
    ]
    assert shell.pt_app.key_bindings is not old
    assert len(shell.pt_app.key_bindings.registries) == 2
    shell.shortcuts = []


def takes_options(shell, ghost) -> None:
    shell.run_line_magic("config", "CodeComplete.tab=True")
    assert ghost.conversation.options.tab and ghost.suggester.options.tab
    shell.run_line_magic("config", "CodeComplete.threshold=0.5")
    assert ghost.suggester.options.threshold == 0.5
    shell.run_line_magic("config", "CodeComplete.enabled=False")
    assert not ghost.suggester.enabled
    shell.run_line_magic("codecomplete", "on")
    assert ghost.suggester.enabled
    shell.run_line_magic("codecomplete", "off")
    assert not ghost.suggester.enabled
    shell.run_line_magic("codecomplete", "on")


def says_how_it_is(shell) -> None:
    shell.run_line_magic("load_ext", EXTENSION)
    shell.run_line_magic("codecomplete", "")
    shell.run_line_magic("codecomplete", "nonsense")


if __name__ == "__main__":
    main()
