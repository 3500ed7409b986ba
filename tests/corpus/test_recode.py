"""Shards in another vocabulary hold the same documents."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from codecomplete.corpus import ShardError, open_shards
from codecomplete.corpus.documents import Document, sha256_of, write_json
from codecomplete.corpus.encoding import encode, load_tokenizer, texts
from codecomplete.corpus.outputs import MARKER
from codecomplete.corpus.recode import TOKENIZER, Vocabulary, recode
from codecomplete.corpus.shards import TokenPart, totals, write_split
from codecomplete.corpus.vocabulary import characters, codecomplete, train
from tests.corpus.helpers import digests, program

TEXTS = {
    "train": [program(1), "x = '<eos> <bos>'\n", "", "naïve = 'ﬁ → ½'\r\n", program(2)],
    "test": [program(3)],
}
LANGUAGES = ["python", "c", "java", "python", "c"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shards")
    train(codecomplete(300), iter(TEXTS["train"])).save(str(out / TOKENIZER))
    splits = {name: write_one(out, name, texts) for name, texts in TEXTS.items()}
    (out / "manifest.json").write_text("{}")
    (out / "files" / "test").mkdir(parents=True)
    (out / "files" / "test" / "a.py").write_text(program(3))
    facts = {
        "format": 1,
        "vocabulary_size": 300,
        "tokenizer_sha256": sha256_of(out / TOKENIZER),
        "languages": ["python", "c", "java"],
        "packages": ["one", "two"],
        "splits": splits,
        "manifest_sha256": sha256_of(out / "manifest.json"),
    }
    write_json(out / "shards.json", facts)
    return out


def write_one(out: Path, name: str, texts: list[str]) -> dict:
    documents = [
        Document("", "", language, "", text)
        for language, text in zip(LANGUAGES, texts, strict=False)
    ]
    part = encode(documents, load_tokenizer(out / TOKENIZER))
    part.index["package"] = range(len(texts))
    order = [*range(len(texts))]
    random.Random(1).shuffle(order)
    return {**totals(part.index), "shards": write_split(out, name, [part], order, 400)}


def documents(directory: Path, split: str) -> list[tuple[int, int, str]]:
    """Package, language and text of every document, in order."""
    tokenizer = load_tokenizer(directory / TOKENIZER)
    found = []
    for shard in open_shards(directory, verify=True).split(split):
        part = TokenPart(shard.ids, shard.index)
        rows = zip(part.index, texts(part, tokenizer), strict=True)
        found += [(int(row["package"]), int(row["language"]), text) for row, text in rows]
    return found


def test_text_that_spells_special_tokens_comes_back(shards: Path) -> None:
    assert sorted(text for *_, text in documents(shards, "train")) == sorted(TEXTS["train"])


@pytest.mark.parametrize("workers", [1, 2])
def test_documents_and_their_order_stay(shards: Path, tmp_path: Path, workers: int) -> None:
    assert len(open_shards(shards).split("train")) > 1
    recoded = recode(shards, tmp_path, Vocabulary(size=340), workers)
    assert recoded.vocabulary_size == 340
    for split in TEXTS:
        assert documents(tmp_path, split) == documents(shards, split)


def test_totals_are_those_of_the_new_ids(shards: Path, tmp_path: Path) -> None:
    recode(shards, tmp_path, Vocabulary(size=340))
    before, after = (
        open_shards(path).description["splits"]["train"] for path in (shards, tmp_path)
    )
    assert (after["documents"], after["bytes"]) == (before["documents"], before["bytes"])
    assert after["tokens"] == sum(len(one.ids) for one in open_shards(tmp_path).split("train"))
    assert after["tokens"] < before["tokens"], "a larger vocabulary takes fewer tokens"
    assert {*after["languages"]} == {"python", "c", "java"}


def test_held_out_texts_and_the_manifest_come_along(shards: Path, tmp_path: Path) -> None:
    recode(shards, tmp_path, Vocabulary(size=340))
    assert digests(tmp_path / "files") == digests(shards / "files")
    facts = [json.loads((path / "shards.json").read_text()) for path in (shards, tmp_path)]
    assert facts[0]["manifest_sha256"] == facts[1]["manifest_sha256"]


def test_a_given_vocabulary_gives_the_shards_that_a_build_would(
    shards: Path, tmp_path: Path
) -> None:
    recode(shards, tmp_path, Vocabulary(file=shards / TOKENIZER))
    found = digests(tmp_path)
    del found[MARKER]
    assert found == digests(shards)


def test_system_a_and_characters_can_be_had(shards: Path, tmp_path: Path) -> None:
    assert recode(shards, tmp_path / "c", Vocabulary("characters", 128)).vocabulary_size == 128
    recode(shards, tmp_path / "a", Vocabulary("system-a", 320))
    found = [text for *_, text in documents(tmp_path / "a", "train")]
    assert "naïve = 'fi → 1⁄2'\r\n" in found, "system A's recipe normalises"


def test_a_vocabulary_that_lost_text_is_refused(shards: Path, tmp_path: Path) -> None:
    characters().save(str(tmp_path / "characters.json"))
    recode(shards, tmp_path / "lossy", Vocabulary(file=tmp_path / "characters.json"))
    with pytest.raises(ShardError, match=r"bytes when decoded.*loses no text"):
        recode(tmp_path / "lossy", tmp_path / "out", Vocabulary(size=300))
    assert not (tmp_path / "out" / "shards.json").exists()
