"""What docs/nvim.md and :help codecomplete say about options, keys and file types is taken from the
code: ``python -m tests.integrations.nvim.reference`` writes it into both; a test compares."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from tests.integrations.nvim.editor import ALONE, ROOT, RUNTIME, installed
from tests.integrations.reference import put
from tests.patience import PATIENCE

PAGE = ROOT / "docs" / "nvim.md"
HELP = RUNTIME / "doc" / "codecomplete.txt"
TAGS = RUNTIME / "doc" / "tags"

KEYS = {
    "accept": "accept all of it",
    "accept_word": "accept the next name, number or run of punctuation",
    "accept_hump": "accept the next part of a name: `get_`, then `value`",
    "accept_line": "accept the first line",
    "next": 'next alternative; "2/3" after the text says which it is',
    "previous": "previous alternative",
    "dismiss": "dismiss until the next edit",
    "never": "never suggest this again, in any editor",
    "trigger": "suggest here and now, even if unsure",
}
COLUMNS = 78

ASK = """
local config, where = require('codecomplete.config'), require('codecomplete.where')
local options = vim.tbl_map(function(option)
  return { option.name, vim.inspect(option.default), option.help }
end, config.options)
local said = { options = options, keys = config.default('keys'), off = where.off }
vim.fn.writefile({ vim.fn.json_encode(said) }, vim.env.ANSWER)
"""


def facts() -> dict:
    """What the Lua code says of itself, asked of a real Neovim."""
    program = next(path for path in reversed(installed().values()) if path)
    with tempfile.TemporaryDirectory() as folder:
        script, answer = Path(folder, "ask.lua"), Path(folder, "answer.json")
        script.write_text(ASK)
        subprocess.run(
            [program, "--headless", *ALONE, "--cmd", f"set rtp^={RUNTIME}",
             "-c", f"luafile {script}", "-c", "qa!"],
            env={"HOME": folder, "ANSWER": str(answer), "PATH": "/usr/bin:/bin"},
            check=True, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        return json.loads(answer.read_text())


def shown(name: str, default: str) -> str:
    return "see Keys" if name == "keys" else {"nil": "none"}.get(default, default)


def options_table(options: list) -> str:
    rows = ["| option | default | meaning |", "|---|---|---|"]
    rows += [
        f"| `{n}` | `{shown(n, d)}` | {h} |".replace("`see Keys`", "see Keys")
        for n, d, h in options
    ]
    return "\n".join(rows) + "\n"


def keys_table(keys: dict) -> str:
    rows = ["| key | `<Plug>` mapping | does |", "|---|---|---|"]
    for action, does in KEYS.items():
        plug = f"<Plug>(codecomplete-{action.replace('_', '-')})"
        rows.append(f"| `{keys[action]}` | `{plug}` | {does} |")
    return "\n".join(rows) + "\n"


def off_list(off: list[str]) -> str:
    return ", ".join(f"`{name}`" if name != "." else "no file type" for name in off) + "\n"


def page(text: str, known: dict) -> str:
    """``text`` of docs/nvim.md with its tables as they should be."""
    text = put(text, "options", options_table(known["options"]))
    text = put(text, "keys", keys_table(known["keys"]))
    return put(text, "off", off_list(known["off"]))


def wrapped(text: str, indent: int) -> str:
    lines, line = [], " " * indent
    for word in text.split():
        if len(line) + len(word) + 1 > COLUMNS:
            lines.append(line.rstrip())
            line = " " * indent
        line += word + " "
    return "\n".join([*lines, line.rstrip()])


def help_options(options: list) -> str:
    found = []
    for name, default, text in options:
        tag = f"*g:codecomplete_{name}*"
        found.append(f"{name}{tag:>{COLUMNS - len(name)}}")
        found.append(wrapped(f"Default: {shown(name, default)}", 8))
        found.append(wrapped(text, 8) + "\n")
    return "\n".join(found).replace("see Keys", "see |codecomplete-keys|")


def help_keys(keys: dict) -> str:
    found = []
    for action, does in KEYS.items():
        plug = f"<Plug>(codecomplete-{action.replace('_', '-')})"
        found.append(f"    {keys[action]:14}{plug}\n{wrapped(does, 18)}")
    return "\n".join(found) + "\n"


def help_page(text: str, known: dict) -> str:
    """``text`` of the help file with its lists as they should be."""
    for heading, following, content in (
        ("Default keys ~\n\n", "\nA `<Plug>`", help_keys(known["keys"])),
        ("All options ~\n\n", "\n====", help_options(known["options"])),
        ("Types that are off ~\n\n", "\nand except", wrapped(", ".join(known["off"]), 4) + "\n"),
    ):
        head, begin, rest = text.partition(heading)
        text = head + begin + content + rest[rest.index(following) :]
    return text


def tags() -> str:
    """The tags file that belongs to the help file, as Neovim makes it."""
    program = next(path for path in reversed(installed().values()) if path)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, HELP.name).write_text(HELP.read_text(encoding="utf-8"), encoding="utf-8")
        subprocess.run(
            [program, "--headless", *ALONE, "-c", f"helptags {folder}", "-c", "qa!"],
            env={"HOME": folder, "PATH": "/usr/bin:/bin"},
            check=True, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        return Path(folder, "tags").read_text(encoding="utf-8")


def main() -> None:
    known = facts()
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), known), encoding="utf-8")
    HELP.write_text(help_page(HELP.read_text(encoding="utf-8"), known), encoding="utf-8")
    TAGS.write_text(tags(), encoding="utf-8")


if __name__ == "__main__":
    main()
