"""docs/nvim.md and :help codecomplete say what the code says."""

from __future__ import annotations

import re

import pytest

from codecomplete.integrations.nvim.host import Host
from tests.integrations.nvim import reference
from tests.integrations.nvim.editor import RUNTIME, installed

REMEDY = "run python -m tests.integrations.nvim.reference"


@pytest.fixture(scope="module")
def known() -> dict:
    if not any(installed().values()):
        pytest.skip("no Neovim here")
    return reference.facts()


def text(path) -> str:
    return path.read_text(encoding="utf-8")


def test_tables_are_those_of_the_code(known):
    assert reference.page(text(reference.PAGE), known) == text(reference.PAGE), REMEDY


def test_help_is_that_of_the_code(known):
    assert reference.help_page(text(reference.HELP), known) == text(reference.HELP), REMEDY


def test_tags_belong_to_the_help(known):
    assert reference.tags() == text(reference.TAGS), REMEDY


def test_lines_of_the_help_fit_the_window():
    assert max(map(len, text(reference.HELP).splitlines())) <= reference.COLUMNS + 1


def test_every_key_and_plug_mapping_is_described(known):
    plugin = text(RUNTIME / "plugin" / "codecomplete.lua")
    plugs = set(re.findall(r"^  \[?'?([\w-]+)'?\]? = '<", plugin, re.MULTILINE))
    assert plugs == {name.replace("_", "-") for name in reference.KEYS}
    assert set(known["keys"]) == set(reference.KEYS)


def test_every_subcommand_is_in_the_help():
    command = text(RUNTIME / "lua" / "codecomplete" / "command.lua")
    table = command[command.index("local commands = {") : command.index("---@return string[]")]
    for name in re.findall(r"^  (\w+) = ", table, re.MULTILINE):
        assert f"\n:CodeComplete {name}" in text(reference.HELP), name


def test_every_function_is_in_the_help():
    init = text(RUNTIME / "lua" / "codecomplete" / "init.lua")
    for name in re.findall(r"^function M\.(\w+)", init, re.MULTILINE):
        assert re.search(rf"\b{name}\(", text(reference.HELP)), name


def test_every_file_is_in_the_table_of_files():
    page = text(reference.PAGE)
    table = page[page.index("| file | responsibility |") : page.index("Messages are")]
    for path in (RUNTIME / "lua" / "codecomplete").glob("*.lua"):
        assert f"`{path.name}`" in table, path.name
    for path in RUNTIME.parent.glob("*.py"):
        assert path.name.startswith("__") or f"`{path.name}`" in table, path.name


def test_every_message_is_named():
    page = text(reference.PAGE)
    listed = page[page.index("Messages are") : page.index("**The classic remote plugin**")]
    to_python, to_lua = (set(re.findall(r"`(\w+)`", part)) for part in listed.split("to Lua"))
    assert to_python - {"codecomplete"} == set(Host(lambda *_: None)._verbs)
    sources = "".join(text(path) for path in RUNTIME.parent.rglob("*.py"))
    assert to_lua == set(re.findall(r'end\(\s*"(\w+)", \{', sources)) | {"failed"}


def test_the_picture_asks_no_other_computer():
    drawn = text(reference.PAGE.with_name("nvim.svg"))
    assert "@font-face" not in drawn and "url(http" not in drawn


def test_nothing_deprecated_is_called():
    gone = re.compile(
        r"nvim_buf_set_option|nvim_set_option\b|nvim_win_set_option|nvim_buf_get_option|nvim_exec\(|"
        r"vim\.tbl_islist|vim\.tbl_flatten|vim\.tbl_add_reverse|nvim_buf_add_highlight|vim\.validate"
    )
    for path in RUNTIME.rglob("*.lua"):
        assert not gone.search(text(path)), path
