"""docs/vim.md and :help codecomplete-vim say what the code says."""

from __future__ import annotations

import re

from tests.integrations.nvim.reference import KEYS
from tests.integrations.vim.editor import ROOT, RUNTIME

PAGE = ROOT / "docs" / "vim.md"
HELP = RUNTIME / "doc" / "codecomplete-vim.txt"


def text(path) -> str:
    return path.read_text(encoding="utf-8")


def part(name: str) -> str:
    return text(PAGE).partition(f"<!-- {name} -->\n")[2].partition("<!-- end -->")[0]


def test_the_keys_are_those_of_the_code(editor):
    rows = ["| key | `<Plug>` mapping | does |", "|---|---|---|"]
    for action, key in editor.expr("g:codecomplete#config#DEFAULTS.keys").items():
        plug = f"<Plug>(codecomplete-{action.replace('_', '-')})"
        rows.append(f"| {f'`{key}`' if key else 'none'} | `{plug}` | {KEYS[action]} |")
        assert re.search(rf"^ +{re.escape(key)} +{re.escape(plug)}", text(HELP), re.MULTILINE), plug
    assert sorted(part("keys").splitlines()) == sorted(rows)
    plugin = text(RUNTIME / "plugin" / "codecomplete.vim")
    plugs = set(re.findall(r"<Plug>\(codecomplete-([\w-]+)\)", plugin))
    assert plugs == {name.replace("_", "-") for name in KEYS}


def test_the_options_are_those_of_the_code(editor):
    names = set(editor.expr("g:codecomplete#config#DEFAULTS"))
    assert set(re.findall(r"`(\w+)`", part("options"))) == names
    assert set(re.findall(r"g:codecomplete_(\w+) =", text(HELP))) == names


def test_every_subcommand_is_in_the_help(editor):
    for name in editor.expr("codecomplete#command#Complete('', '', 0)"):
        assert f"\n:CodeComplete {name}" in text(HELP), name


def test_every_file_is_in_the_table_of_files():
    table = text(PAGE).partition("| file | responsibility |")[2].partition("\n\n")[0]
    for path in (*RUNTIME.rglob("autoload/**/*.vim"), *RUNTIME.parent.glob("*.py")):
        assert path.name.startswith("__") or f"`{path.name}`" in table, path.name


def test_lines_of_the_help_fit_the_window():
    assert max(map(len, text(HELP).splitlines())) <= 79
