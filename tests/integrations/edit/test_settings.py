"""Settings: what may be set, what is said about what may not, and that editing goes on."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from codecomplete.integrations.edit import settings
from codecomplete.integrations.edit.settings import EditOptions, commented, load, parsed, place
from codecomplete.integrations.shared.options import Options

PATH = Path("edit.toml")


def test_without_a_file_there_are_defaults_and_no_problems():
    found = load()
    assert found.options == EditOptions() and found.problems == ()


def test_the_file_is_in_the_users_configuration_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert place() == tmp_path / "codecomplete" / "edit.toml"


def test_what_is_set_counts():
    found = parsed('tab_width = 8\nthreshold = 1\nlanguages_off = ["c"]\n', PATH)
    assert found.problems == ()
    assert found.options == EditOptions(tab_width=8, threshold=1.0, languages_off=("c",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\ntab_with = 8\n", "line 2: there is no setting 'tab_with'; did you mean 'tab_width'?"),
        ("tab_width = 'x'\n", "line 1: tab_width must be a whole number, not 'x'"),
        ("tab_width = true\n", "line 1: tab_width must be a whole number, not True"),
        ("# a\n\ntab_width = 99\n", "line 3: tab_width must be between 1 and 16, not 99"),
        ("deadline_ms = 0\n", "line 1: deadline_ms must be between 1 and 10000, not 0.0"),
        ("enabled = 1\n", "line 1: enabled must be true or false, not 1"),
        ("languages_off = 'c'\n", "line 1: languages_off must be a list of strings, not 'c'"),
        ("languages_off = [1]\n", "line 1: languages_off must be a list of strings"),
        ("indent = '9'\n", "line 1: indent cannot be '9'"),
        ("[keys]\nsave = 1\n", "line 2: the key of save must be a string"),
        ("keys = 1\n", "line 1: [keys] must be a table"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_counts_as_not_set(text, said):
    found = parsed(text, PATH)
    assert found.problems == (f"edit.toml, {said}",)
    assert found.options == EditOptions()


def test_one_mistake_does_not_spoil_the_rest():
    found = parsed("tab_width = 'x'\nsoft_wrap = true\n", PATH)
    assert len(found.problems) == 1 and found.options.soft_wrap


def test_a_file_that_is_no_toml_says_where(tmp_path):
    (tmp_path / "edit.toml").write_text("a = \n")
    found = load(tmp_path / "edit.toml")
    assert found.options == EditOptions() and "line 1" in found.problems[0]


@pytest.mark.parametrize("data", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_prevents_nothing(tmp_path, data):
    path = tmp_path / "edit.toml"
    path.mkdir() if data is None else path.write_bytes(data)
    found = load(path)
    assert found.options == EditOptions() and "cannot be read" in found.problems[0]


def test_the_explained_file_sets_nothing_and_names_everything():
    text = commented()
    assert tomllib.loads(text) == {}
    for field in fields(EditOptions):
        assert f"# {field.name} = " in text and field.metadata["help"] in text


def test_every_line_of_the_explained_file_can_be_set():
    settings_only = commented().partition("# [keys]")[0]
    lines = [line.removeprefix("# ") for line in settings_only.split("\n") if " = " in line]
    found = parsed("\n".join(line for line in lines if '""  # not set' not in line), PATH)
    assert found.problems == () and found.options == EditOptions()


def test_the_options_of_every_host_are_options_here():
    assert {field.name for field in fields(Options)} <= {
        field.name for field in fields(EditOptions)
    }
    assert settings._LIMITS.keys() <= {field.name for field in fields(Options)}
