"""Pairs from folders and files: split so that no request is on both sides, without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.instruction.reading import read_pairs


def rows(count: int) -> list[dict[str, str]]:
    return [
        {"instruction": f"Task number {n}", "input": "", "output": f"print({n})\n"}
        for n in range(count)
    ]


def written(path: Path, lines: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_file_is_split_by_its_requests(tmp_path):
    found = read_pairs(written(tmp_path / "a.jsonl", rows(400) + rows(400)), "python")
    parts = [
        {pair.instruction for pair in part} for part in (found.train, found.validation, found.test)
    ]
    assert all(parts) and sum(map(len, parts)) == 400, "the same request is in one split only"
    assert len(parts[0]) > 330


def test_one_json_list_is_read_as_well(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(rows(60)))
    found = read_pairs(tmp_path / "a.json", "python")
    assert len(found.train) + len(found.validation) + len(found.test) == 60


def test_a_folder_has_its_own_splits(tmp_path):
    for split, count in (("train", 5), ("validation", 2), ("test", 1)):
        written(tmp_path / f"{split}.jsonl", rows(count))
    found = read_pairs(tmp_path, "c")
    assert [len(part) for part in (found.train, found.validation, found.test)] == [5, 2, 1]
    assert found.languages == ["c"]
    before = found.digest
    written(tmp_path / "test.jsonl", rows(2))
    assert read_pairs(tmp_path, "c").digest != before


def test_every_line_that_cannot_be_used_is_named(tmp_path):
    path = written(tmp_path / "a.jsonl", rows(2))
    path.write_text(path.read_text() + '{"instruction": "x"}\nno json\n[]\n7\n')
    with pytest.raises(ConfigError) as caught:
        read_pairs(path, "python")
    said = str(caught.value)
    assert "a.jsonl:3: no 'output'" in said and "a.jsonl:4: not an object" in said
    assert "and 1 more" in said


@pytest.mark.parametrize("text", ["", "\n\n", "[]"])
def test_nothing_to_learn_is_told(tmp_path, text):
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="no pairs to learn from"):
        read_pairs(tmp_path / "a.jsonl", "python")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_pairs(tmp_path / "none.jsonl", "python")


def test_secrets_are_not_learned(tmp_path):
    token = "ghp_" + "a1B2c3D4e5" * 4
    lines = [
        {"instruction": f"Log in as {n}", "input": "", "output": f'token = "{token[:-1]}{n % 10}"'}
        for n in range(20)
    ]
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA1\n-----END RSA PRIVATE KEY-----"
    lines.append({"instruction": "Print a key", "input": "", "output": f'k = """{key}"""'})
    found = read_pairs(written(tmp_path / "a.jsonl", lines), "python")
    everything = [*found.train, *found.validation, *found.test]
    assert len(everything) == 20
    assert not any("ghp_a1B2" in f"{p.output}{p.completion}" for p in everything)
