"""docs/web.md says what the code says."""

from __future__ import annotations

import re

from tests.integrations.web.browser import HERE, ROOT, WEB

TEXT = (ROOT / "docs/web.md").read_text(encoding="utf-8")
NAMES = {
    "Mod-ArrowRight": "Ctrl-Right", "Alt-ArrowRight": "Alt-Right", "Escape": "Esc", "Tab": "Tab",
    "Alt-\\\\": "Alt-\\", "Alt-F2": "Alt-F2",
    "Alt-]": "Alt-]", "Alt-[": "Alt-[",
}  # fmt: skip


def test_every_module_has_a_line_and_every_line_a_module():
    table = TEXT.partition("| module in `integrations/web/` |")[2]
    named = set(re.findall(r"`(\w+\.mjs)`", table))
    there = {path.name for path in (WEB / "src").rglob("*.mjs")} | {"build.mjs"}
    assert named == there


def test_every_key_is_in_the_table():
    table = TEXT.partition("| key | does |\n|---|---|\n")[2].partition("\n\n")[0]
    listed = {row.split("|")[1].split("(")[0].strip() for row in table.split("\n")}
    code = (WEB / "src/editors/codemirror.mjs").read_text(encoding="utf-8")
    keys = re.findall(r"\{ key: '([^']+)'", code.partition("export const ghostKeys")[2])
    assert {NAMES[key] for key in keys} == listed


def test_the_snippet_is_what_the_embedding_test_runs():
    snippet = re.search(r"```js\n(.*?)```", TEXT, re.DOTALL)
    run = (HERE / "embed.mjs").read_text(encoding="utf-8")
    for line in filter(None, snippet.group(1).split("\n")):
        assert line in run, line


def test_public_names_are_exported():
    table = TEXT.partition("| name | from | is |")[2].partition("\n\n")[0]
    names = set(re.findall(r"`(\w+)\(", table)) | {"ghostTextExtension"}
    sources = [WEB / "src/index.mjs", *(WEB / "src/editors").glob("*.mjs")]
    exported = "".join(
        line for path in sources for line in path.read_text(encoding="utf-8").splitlines(True)
        if line.startswith("export")
    )  # fmt: skip
    methods = {"sync", "suggest", "learn", "unlearn", "alternatives", "rank"}
    assert all(name in exported for name in names - methods), names
    code = (WEB / "src/serving/engine.mjs").read_text(encoding="utf-8")
    assert all(f"\n  {name}(" in code for name in methods - {"sync", "suggest"})
