"""Documents are told apart in every vocabulary that is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer as Inner
from tokenizers import decoders, models, pre_tokenizers, trainers

from codecomplete.corpus.documents import Document
from codecomplete.corpus.encoding import check_roles, encode, load_tokenizer, texts
from codecomplete.corpus.errors import ProfileError
from codecomplete.corpus.vocabulary import characters, codecomplete, system_a, train
from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.tokenizer import BOS, EOS, FIM_PREFIX, PAD, Tokenizer

STARCODER2 = ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>",
              "<repo_name>", "<file_sep>")  # fmt: skip
TEXTS = ["def one():\n    return 1\n", "int two;\n", ""]


def foreign(path: Path, specials: tuple[str, ...]) -> Path:
    """A byte-level vocabulary as others make them, with their special tokens."""
    inner = Inner(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=[*specials], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )  # fmt: skip
    inner.train_from_iterator(TEXTS, trainer)
    inner.save(str(path))
    return path


@pytest.mark.parametrize(
    ("specials", "begin", "end"),
    [
        (STARCODER2, "<|endoftext|>", "<|endoftext|>"),
        (("<s>", "</s>", "<unk>"), "<s>", "</s>"),
        (("<|endoftext|>", "<bos>", "<eos>"), "<bos>", "<eos>"),
    ],
)
def test_documents_begin_and_end_in_vocabularies_of_others(
    specials: tuple[str, ...], begin: str, end: str, tmp_path: Path
) -> None:
    path = foreign(tmp_path / "tokenizer.json", specials)
    check_roles(path)
    inner = load_tokenizer(path)
    part = encode((Document("", "", "python", "", text) for text in TEXTS), inner)
    first, last = inner.token_to_id(begin), inner.token_to_id(end)
    for row in part.index:
        ids = part.ids[row["start"] : row["start"] + row["length"]]
        assert (ids[0], ids[-1]) == (first, last)
    assert [*texts(part, inner)] == TEXTS
    served = Tokenizer.load(path)
    assert (served.special(BOS), served.special(EOS)) == (first, last), "the engine sees the same"


def test_roles_of_starcoder2_are_found_and_no_others(tmp_path: Path) -> None:
    served = Tokenizer.load(foreign(tmp_path / "tokenizer.json", STARCODER2))
    assert served.special(FIM_PREFIX) == 1 and served.special(PAD) is None


@pytest.mark.parametrize("specials", [(), ("<mask>",), ("<|endoftext>",)])
def test_a_vocabulary_that_would_glue_documents_is_refused(
    specials: tuple[str, ...], tmp_path: Path
) -> None:
    path = foreign(tmp_path / "tokenizer.json", specials)
    with pytest.raises(
        ProfileError, match=r"no special token begins a document .*; found "
    ) as told:
        check_roles(path)
    assert (specials[0] if specials else "found none") in str(told.value)


def test_our_own_recipes_are_accepted(tmp_path: Path) -> None:
    recipes = [
        train(codecomplete(300), iter(TEXTS)),
        train(system_a(300), iter(TEXTS)),
        characters(),
    ]
    for number, inner in enumerate(recipes):
        inner.save(str(tmp_path / f"{number}.json"))
        check_roles(tmp_path / f"{number}.json")


def test_a_language_without_a_tag_begins_with_nothing_but_the_begin(tmp_path: Path) -> None:
    train(codecomplete(300), iter(TEXTS)).save(str(tmp_path / "tokenizer.json"))
    inner = load_tokenizer(tmp_path / "tokenizer.json")
    documents = [Document("", "", name, "", TEXTS[0]) for name in ("python", *LANGUAGES[10:])]
    part = encode(documents, inner)
    framed = [part.ids[row["start"] : row["start"] + row["length"]].tolist() for row in part.index]
    body = inner.encode(TEXTS[0]).ids
    begin, tag, end = (inner.token_to_id(name) for name in (BOS, "<python>", EOS))
    assert framed == [[begin, tag, *body, end], *[[begin, *body, end]] * 3]
    assert [LANGUAGES[row["language"]] for row in part.index] == ["python", *LANGUAGES[10:]]


AWKWARD = [
    "def f():\n\treturn 1\r\n",
    "größe = '\U0001f600' # — naïve\x0b\x00",
    "<unk><bos>[<unused5>]",
    "",
]


class Counting:
    """A tokenizer that counts the texts it is asked to encode."""

    def __init__(self, inner: Inner) -> None:
        self.inner = inner
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def encode_batch_fast(self, given: list[str], **options: bool) -> object:
        self.asked += len(given)
        return self.inner.encode_batch_fast(given, **options)


def test_characters_are_looked_up_and_get_the_ids_that_the_tokenizer_gives(tmp_path: Path) -> None:
    characters().save(str(tmp_path / "characters.json"))
    counting = Counting(load_tokenizer(tmp_path / "characters.json"))
    part = encode((Document("", "", "python", "", text) for text in AWKWARD), counting)
    assert not counting.asked, "the tokenizer takes a second for half a megabyte"
    for row, text in zip(part.index, AWKWARD, strict=True):
        ids = part.ids[row["start"] : row["start"] + row["length"]].tolist()
        assert ids[1:-1] == counting.inner.encode(text, add_special_tokens=False).ids


def test_other_vocabularies_are_encoded_by_their_tokenizer(tmp_path: Path) -> None:
    words = Inner(models.WordLevel({"<unk>": 0, "<bos>": 1, "<eos>": 2, "a": 3}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.add_special_tokens(["<unk>", "<bos>", "<eos>"])
    words.save(str(tmp_path / "words.json"))
    counting = Counting(load_tokenizer(tmp_path / "words.json"))
    part = encode([Document("", "", "python", "", "a b")], counting)
    assert counting.asked == 1
    assert part.ids.tolist() == [1, 3, 0, 2]
