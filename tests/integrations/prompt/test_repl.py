"""The command says what is missing."""

from __future__ import annotations

import sys

from codecomplete.integrations.prompt.repl import main


def test_without_ipython_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert main([]) == 1
    assert "codecomplete[repl]" in capsys.readouterr().err
