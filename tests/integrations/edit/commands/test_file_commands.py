"""Saving, opening and closing: what is asked, and that nothing is lost without an answer."""

from __future__ import annotations

import os

import pytest

from codecomplete.integrations.edit import dialogs, files
from codecomplete.integrations.edit.dialogs import Ask, Prompt
from tests.integrations.edit.editing import Driven, editing

pytestmark = pytest.mark.asyncio


async def question(driven: Driven) -> str:
    """Wait for a question; returns what it says."""
    await driven.until(lambda: isinstance(driven.app.screen, Ask | Prompt))
    await driven.settle()
    return driven.app.screen.question


async def test_saving_writes_the_text_and_says_so_by_the_mark(tmp_path):
    async with editing("a\r\nb", folder=tmp_path, enabled=False) as driven:
        await driven.type("c")
        assert "modified" in str(driven.app.query_one("#status").content)
        await driven.press("ctrl+s")
        await driven.done()
        assert (tmp_path / "a.py").read_bytes() == b"a\r\nbc"
        assert "modified" not in str(driven.app.query_one("#status").content)


async def test_a_new_text_is_asked_for_its_name_and_gets_its_language(tmp_path):
    async with editing("x", folder=tmp_path, enabled=False) as driven:
        await driven.press("ctrl+n")
        await driven.until(lambda: len(driven.app.editors) == 2)
        await driven.type("fn main")
        await driven.press("ctrl+s")
        assert "which name" in await question(driven)
        await driven.type(str(tmp_path / "b.rs"))
        await driven.press("enter")
        await driven.done()
        assert (tmp_path / "b.rs").read_text() == "fn main"
        assert driven.editor.buffer.language == "rust"


async def test_escape_at_the_name_saves_nothing(tmp_path):
    async with editing("x", folder=tmp_path, enabled=False) as driven:
        await driven.press("f12")
        await question(driven)
        await driven.press("escape")
        await driven.done()
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.py"]


@pytest.mark.parametrize(("key", "content"), [("o", "mine"), ("c", "theirs"), ("escape", "theirs")])
async def test_a_file_changed_by_another_program_is_not_overwritten_unasked(tmp_path, key, content):
    async with editing("", folder=tmp_path, enabled=False) as driven:
        await driven.type("mine")
        (tmp_path / "a.py").write_text("theirs")
        await driven.press("ctrl+s")
        assert "changed by another program" in await question(driven)
        await driven.press(key)
        await driven.done()
        assert (tmp_path / "a.py").read_text() == content
        assert driven.text == "mine"


async def test_a_changed_file_can_be_loaded_again_instead(tmp_path):
    async with editing("", folder=tmp_path, enabled=False) as driven:
        await driven.type("mine")
        (tmp_path / "a.py").write_text("theirs")
        await driven.press("ctrl+s")
        await question(driven)
        await driven.press("r")
        await driven.done()
        assert driven.text == "theirs"


async def test_save_as_does_not_overwrite_another_file_unasked(tmp_path):
    (tmp_path / "b.py").write_text("b")
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.press("f12")
        await question(driven)
        driven.app.screen.query_one("Field").value = str(tmp_path / "b.py")
        await driven.press("enter")
        await driven.until(lambda: isinstance(driven.app.screen, Ask))
        assert "exists already" in await question(driven)
        await driven.press("c")
        await driven.done()
        assert (tmp_path / "b.py").read_text() == "b"


async def test_a_character_that_the_encoding_lacks_is_offered_as_utf8(tmp_path):
    async with editing(b"caf\xe9 ", folder=tmp_path, enabled=False) as driven:
        await driven.type("☃")
        await driven.press("ctrl+s")
        assert "line 1: '☃'" in await question(driven)
        await driven.press("c")
        await driven.done()
        assert (tmp_path / "a.py").read_bytes() == b"caf\xe9 "
        await driven.press("ctrl+s")
        await question(driven)
        await driven.press("u")
        await driven.done()
        assert (tmp_path / "a.py").read_text("utf-8") == "café ☃"


async def test_a_failed_save_says_why_and_keeps_the_text(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.type("b")
        (tmp_path / "a.py").unlink()
        (tmp_path / "a.py").mkdir()
        await driven.press("ctrl+s")
        await driven.until(lambda: driven.notices() or isinstance(driven.app.screen, Ask))
        assert driven.text == "ab"


@pytest.mark.parametrize(
    ("key", "content", "ends"), [("s", "ab", True), ("d", "a", True), ("c", "a", False)]
)
async def test_leaving_with_unsaved_changes_is_asked_about(tmp_path, key, content, ends):
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.type("b")
        await driven.press("ctrl+q")
        assert "unsaved changes" in await question(driven)
        await driven.press(key)
        if ends:
            await driven.until(lambda: driven.app._exit)
        else:
            await driven.done()
            assert not driven.app._exit
        assert (tmp_path / "a.py").read_text() == content


async def test_leaving_without_changes_asks_nothing(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.press("ctrl+q")
        await driven.until(lambda: driven.app._exit)


async def test_files_open_in_tabs_and_closing_the_last_one_ends(tmp_path):
    (tmp_path / "b.c").write_text("int b;")
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.press("ctrl+o")
        await question(driven)
        driven.app.screen.query_one("Field").value = str(tmp_path / "b.c")
        await driven.press("enter")
        await driven.done()
        await driven.until(lambda: len(driven.app.editors) == 2)
        assert driven.text == "int b;" and driven.app.query_one("#tabs").display
        await driven.press("ctrl+pagedown")
        assert driven.text == "a"
        await driven.press("ctrl+pageup")
        assert driven.text == "int b;"
        await driven.press("alt+w")
        await driven.until(lambda: len(driven.app.editors) == 1)
        assert driven.text == "a" and not driven.app.query_one("#tabs").display
        await driven.press("alt+w")
        await driven.until(lambda: driven.app._exit)


async def test_a_file_that_cannot_be_opened_says_why(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.press("ctrl+o")
        await question(driven)
        os.mkfifo(tmp_path / "pipe")
        driven.app.screen.query_one("Field").value = str(tmp_path / "pipe")
        await driven.press("enter")
        await driven.until(driven.notices)
        assert "a pipe" in driven.notices()[0] and len(driven.app.editors) == 1


async def test_unsaved_work_is_put_aside_while_idle_and_offered_again(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False, recovery_seconds=0.1) as driven:
        await driven.type("b")
        buffer = driven.editor.buffer
        await driven.until(lambda: buffer.recovery._place is not None)
        buffer.recovery._let_go()  # as when the process is killed
    async with editing(tmp_path / "a.py", enabled=False) as driven:
        assert "unsaved work" in await question(driven)
        await driven.press("r")
        await driven.done()
        assert driven.text == "ab" and driven.editor.buffer.is_modified(driven.text)
        assert files.Recovery.find(tmp_path / "a.py") == []
        await driven.press("ctrl+s")
        await driven.done()
        assert (tmp_path / "a.py").read_text() == "ab"


async def test_unsaved_work_that_is_not_wanted_is_gone_for_good(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False, recovery_seconds=0.1) as driven:
        await driven.type("b")
        buffer = driven.editor.buffer
        await driven.until(lambda: buffer.recovery._place is not None)
        buffer.recovery._let_go()
    async with editing(tmp_path / "a.py", enabled=False) as driven:
        await question(driven)
        await driven.press("d")
        await driven.done()
        assert driven.text == "a" and files.Recovery.find(tmp_path / "a.py") == []


async def test_what_is_typed_just_when_a_question_appears_is_no_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(dialogs, "GUARD_SECONDS", 5.0)
    async with editing("a", folder=tmp_path, enabled=False) as driven:
        await driven.type("b")
        await driven.press("ctrl+q")
        await question(driven)
        await driven.type("d\n")
        assert isinstance(driven.app.screen, Ask) and not driven.app._exit
        await driven.press("escape")
        await driven.done()
        assert driven.text == "ab"


async def test_saving_and_leaving_drop_what_was_put_aside(tmp_path):
    async with editing("a", folder=tmp_path, enabled=False, recovery_seconds=0.1) as driven:
        await driven.type("b")
        recovery = driven.editor.buffer.recovery
        await driven.until(lambda: recovery._place is not None)
        place = recovery._place
        await driven.press("ctrl+s")
        await driven.done()
        assert not place.exists()


async def test_coming_back_to_a_file_that_was_changed_says_so(tmp_path):
    from textual import events

    async with editing("a", folder=tmp_path, enabled=False) as driven:
        (tmp_path / "a.py").write_text("theirs")
        driven.app.post_message(events.AppFocus())
        await driven.until(driven.notices)
        assert "changed by another program" in driven.notices()[0]


async def test_encoding_and_line_ends_are_what_the_next_save_writes(tmp_path):
    async with editing("é\n", folder=tmp_path, enabled=False) as driven:
        await driven.app.run_action("app.convert('latin-1')")
        await driven.app.run_action("app.convert('', '\\r\\n')")
        await driven.settle()
        assert "latin-1" in str(driven.app.query_one("#status").content)
        await driven.press("ctrl+s")
        await driven.done()
        assert (tmp_path / "a.py").read_bytes() == b"\xe9\r\n"


async def test_a_question_about_such_a_name_shows_signs_too(tmp_path):
    async with editing("a", name="a\x1b]0;t\x07.py", folder=tmp_path, enabled=False) as driven:
        await driven.type("b")
        (tmp_path / "a\x1b]0;t\x07.py").write_text("theirs")
        await driven.press("ctrl+s")
        await question(driven)
        said = str(driven.app.screen.query_one(".question").content)
        assert "␛" in said and "\x1b" not in said
        await driven.press("escape")
        await driven.done()


async def test_a_file_that_looks_binary_is_said_to(tmp_path):
    async with editing(b"\0\1\2", folder=tmp_path, enabled=False) as driven:
        await driven.until(driven.notices)
        assert "looks binary" in driven.notices()[0]


async def test_a_file_name_with_control_characters_is_shown_with_signs(tmp_path):
    name = "a\x1b]0;t\x07.py"
    async with editing("a", name=name, folder=tmp_path, enabled=False) as driven:
        await driven.press("ctrl+n")
        await driven.until(lambda: len(driven.app.editors) == 2)
        await driven.press("ctrl+pageup")
        assert driven.editor.buffer.name == "a␛]0;t␇.py"
        assert "␛" in str(driven.app.query_one("#status").content)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 10)])
async def test_every_answer_is_seen_in_a_window_of_any_size(tmp_path, size):
    async with editing("", folder=tmp_path, size=size, enabled=False) as driven:
        await driven.type("mine")
        (tmp_path / "a.py").write_text("theirs")
        await driven.press("ctrl+s")
        await question(driven)
        await driven.pilot.pause()
        screen = driven.app.screen
        buttons = list(screen.query("Button"))
        assert len(buttons) == 5
        for button in buttons:
            assert button.region.width >= len(str(button.label)) and button.region.height == 1
            assert screen.region.contains_region(button.region), (size, button.label)
            container = button.parent.region
            assert container.contains_region(button.region), (size, button.label)
        await driven.press("escape")
        await driven.done()
