"""What another program does to a file is news once, and not while it is still being done."""

from __future__ import annotations

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.buffer import Buffer
from codecomplete.integrations.edit.watching import News, Watch


def opened(path) -> tuple[Watch, Buffer]:
    watch, buffer = Watch(), Buffer(files.read(path))
    assert watch.look(buffer) is None
    return watch, buffer


def test_a_change_is_told_once_it_has_come_to_rest_and_only_once(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    watch, buffer = opened(path)
    path.write_text("")
    assert watch.look(buffer) is None  # it may be written just now
    path.write_text("two lines")
    assert watch.look(buffer) is None
    assert watch.look(buffer) is News.CHANGED
    assert watch.look(buffer) is None
    path.write_text("three")
    assert [watch.look(buffer) for _ in range(3)] == [None, News.CHANGED, None]


def test_a_file_that_goes_and_comes_back(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    watch, buffer = opened(path)
    path.unlink()
    assert [watch.look(buffer) for _ in range(3)] == [None, News.GONE, None]
    assert buffer.gone and buffer.is_modified("one")
    path.write_text("one")
    assert [watch.look(buffer) for _ in range(3)] == [None, None, None]  # the same content
    assert not buffer.gone


def test_a_new_file_that_is_not_saved_is_no_news_until_somebody_makes_it(tmp_path):
    path = tmp_path / "a"
    watch, buffer = opened(path)
    assert watch.look(buffer) is None
    path.write_text("theirs")
    assert [watch.look(buffer) for _ in range(3)] == [None, News.CHANGED, None]
