"""Which files a model is measured on."""

from __future__ import annotations

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.evaluation.files import held_out_files

C = "int main(void) {\n    int a = 1;\n    return a;\n}\n"


def test_the_folders_of_a_corpus(tmp_path):
    for package, size in (("a", 300), ("b", 3000)):
        folder = tmp_path / "python" / package / "src"
        folder.mkdir(parents=True)
        for number in range(10):
            (folder / f"{number}.py").write_text("x = 1\n" * (size // 6))
    found = held_out_files(tmp_path, 6_000)["python"]
    by_package = {p: sum(f.bytes for f in found if f"/{p}/" in str(f.path)) for p in "ab"}
    assert by_package == {"a": 3_000, "b": 3_000}


def test_any_folder_and_a_list(tmp_path):
    (tmp_path / "main.c").write_text(C)
    (tmp_path / "README").write_text("no source")
    listed = tmp_path / "files.txt"
    listed.write_text(f"{tmp_path / 'main.c'}\n\n")
    for files in (tmp_path, listed, tmp_path / "main.c"):
        assert [f.text for f in held_out_files(files, 1000)["c"]] == [C]


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="no readable source file"):
        held_out_files(tmp_path, 1000)
    with pytest.raises(ConfigError, match="neither a folder nor a list"):
        held_out_files(tmp_path / "missing", 1000)
