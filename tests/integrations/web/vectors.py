"""Traces of the Python engine, to be replayed by the one in the browser.

    python -m tests.integrations.web.vectors FOLDER

writes model directories and, for each, what was typed and what came of it: tokens kept, dropped and
stepped, the held text, all steps so far, the suggestion and its confidence, further suggestions,
the order of some names. ``replay.mjs`` does the same in JavaScript and compares.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from codecomplete import engine
from codecomplete.corpus.vocabulary import characters
from codecomplete.engine.local.project import MOST_TOKENS, Project
from codecomplete.engine.modeldir.config import BLOCK, SWIGLU, ModelConfig
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED
from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from tests import tiny

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMED = {"ledger.py": "python", "wordcount.c": "c", "LruCache.java": "java"}
CHARACTERS = ModelConfig(
    vocabulary_size=128, n_layer=2, n_head=3, n_kv_head=3, head_size=16, n_embd=48, n_hidden=96,
    window=64, policy=BLOCK, norm_weights=True, activation=SWIGLU, qk_norm=False,
    embedding_norm=False, skip_gains=False,
)  # fmt: skip
OTHERS = "Größe = 'ñandú'  # 数据 \U0001f600 e\u0301\u00a0x\n"
"""Outside of ASCII: letters, marks, a character of two UTF-16 units, a blank."""

SHORT = 600
"""Characters, where carets jump: the model reads them anew each time, and others roll a window."""
LETTERED = "characters-tiny"
SAMPLES = Path(__file__).with_name("samples.json")
"""Lines of the languages that the examples are not in."""


@dataclass(frozen=True)
class Key:
    """What the buffer is after a key, and what is asked for beside a suggestion.

    ``rest``: the caret has rested, and the file is indexed; ``others``: so many further
    suggestions; ``candidates``: names to be ranked.
    """

    before: str
    after: str = ""
    rest: bool = False
    others: int = 0
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deed:
    """What is done with a file beside the open one: its text is learned, or forgotten (None)."""

    name: str
    text: str | None = None
    newest: bool = False


@dataclass(frozen=True)
class Trace:
    """Keys typed into one buffer."""

    name: str
    language: str | None
    keys: list[Key]
    threshold: float | None = None
    max_tokens: int = 32
    beside: tuple[Deed, ...] = ()  # the files of the project, in the order of what is done
    most_tokens: int = MOST_TOKENS  # that the project may hold
    file: str = "open"  # what the buffer's own file is called in the project


def project_of(model: engine.Model, trace: Trace) -> Project | None:
    """The files beside the open one, as the engine knows them."""
    if not trace.beside:
        return None
    project = Project(model.tokenizer, trace.most_tokens)
    for deed in trace.beside:
        if deed.text is None:
            project.forget(deed.name)
        else:
            project.learn(deed.name, deed.text, newest=deed.newest)
    return project


def seen(session: engine.Session, key: Key, trace: Trace) -> dict:
    """What the Python engine makes of one key."""
    report = session.sync(key.before, key.after)
    if key.rest:
        session.learn()
    found = session.suggest(trace.max_tokens, None, trace.threshold)
    others = session.alternatives(key.others, trace.max_tokens, None) if key.others else []
    ranked = session.rank(key.candidates, None) if key.candidates else []
    return {
        "kept": report.kept,
        "dropped": report.dropped,
        "stepped": report.stepped,
        "held": report.held,
        "steps": session.steps,
        "text": found and found.text,
        "confidence": found and found.confidence,
        "others": [[one.text, one.confidence] for one in others],
        "ranked": [[one.name, one.probability] for one in ranked],
    }


def typed(text: str, begin: int, end: int, after: bool = True, every: int = 25) -> Iterator[Key]:
    """A file typed on from a place, what follows its line standing there; rests now and then."""
    for place in range(begin, end):
        below = text[place:].find("\n")
        rest = text[place + below :] if after and below >= 0 else ""
        yield Key(text[:place], rest, rest=not (place - begin) % every)


def jumped(text: str, seed: int, count: int) -> Iterator[Key]:
    """Carets anywhere, inside lines and words; some letters deleted, some typed."""
    draw = random.Random(seed)
    for _ in range(count):
        place = draw.randrange(1, len(text))
        before, after = text[:place], text[place:]
        yield Key(before, after, rest=draw.random() < 0.3)
        for _ in range(draw.randrange(4)):
            before = before[: -draw.randrange(1, 4)] if draw.random() < 0.5 else before + "self"
            yield Key(before, after)


def packaged_traces() -> Iterator[Trace]:
    for name, language in NAMED.items():
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        middle = len(text) // 2
        yield Trace(f"{name} typed", language, list(typed(text, middle, middle + 35)))
        yield Trace(f"{name} at its end", language, list(typed(text, 300, 330, after=False)))
        text = text[:SHORT]  # a caret that jumps reads all that is before it anew
        yield Trace(f"{name} with jumps", language, list(jumped(text, 1, 6)))
        yield Trace(f"{name} all shown", None, list(jumped(text, 2, 4)), threshold=0.0)
        yield Trace(f"{name} with others", language, list(branching(text, 4, 4)))
    text = OTHERS * 12
    yield Trace("other scripts", "python", list(typed(text, 380, 430)), threshold=0.0)
    secret = (
        'password = "hunter2ee"\nAWS = "AKIAIOSFODNN7EXAMPLE"\nlogin("bob", "s3cr3t!")\nx = 1\n'
    )
    yield Trace(
        "secrets", "python", list(typed(secret, 1, len(secret), after=False)), threshold=0.0
    )
    secret = (
        "local password=hunter2ee\nx=${API_TOKEN:-9f8a7b6c5d4e}\necho `key` | password `hunter2e`\n"
    )
    yield Trace(
        "secrets of a script", "shell", list(typed(secret, 1, len(secret), after=False)), 0.0
    )


def branching(text: str, seed: int, count: int) -> Iterator[Key]:
    """Carets anywhere, where further suggestions and the order of some names are asked for."""
    draw = random.Random(seed)
    names = sorted(set(re.findall(r"[A-Za-z_]{3,}", text)))
    for number in range(count):
        place = draw.randrange(20, len(text))
        before, after = text[:place], text[place:] if number % 3 else ""
        wanted = tuple(draw.sample(names, min(9, len(names))))
        yield Key(before, after, rest=not number % 4, others=3, candidates=(*wanted, *wanted[:2]))
        name = draw.choice(wanted)
        typed_ = tuple(one for one in names if one.startswith(name[:1]))
        yield Key(before + "\n" + name[:2], others=draw.randrange(1, 5), candidates=typed_)


def beside(others: dict[str, str]) -> tuple[Deed, ...]:
    """Files that are learned, changed, forgotten and learned again; the open file is one."""
    first, *more = others.items()
    return (
        *(Deed(name, text) for name, text in others.items()),
        Deed("open", first[1][: len(first[1]) // 2]),
        Deed(first[0], first[1] * 2, newest=True),
        Deed("unknown"),
        *(Deed(name) for name, _ in more[1:]),
        Deed("again", more[0][1].replace("self", "this"), newest=True),
    )


def project_traces() -> Iterator[Trace]:
    """A file in a project: halves of it, and files of other languages, stand beside it."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.iterdir()}
    for name, language in NAMED.items():
        text = texts.pop(name)
        cut = len(text) // 3
        files = beside({f"old {name}": text[cut:], **texts, "short": text[:200]})
        keys = [*typed(text, cut, cut + 15), *branching(text, 5, 4)]
        yield Trace(f"{name} in a project", language, keys, beside=files)
        yield Trace(f"{name} in little room", language, keys[:10], beside=files, most_tokens=700)
        texts[name] = text


def specialist_traces() -> Iterator[Trace]:
    """Texts that specialists are for, and texts in languages that the model has no tag for."""
    for language, lines in json.loads(SAMPLES.read_text(encoding="utf-8")).items():
        text = "\n".join(lines)
        every_second = list(typed(text, 12, len(text), after=False, every=40))[::2]
        keys = [*every_second, *branching(text, 7, 2)]
        yield Trace(f"{language} by its specialist", language, keys)


def lettered_traces() -> Iterator[Trace]:
    """Every language in single characters; where there are weights for it, by those."""
    texts = {
        lang: "\n".join(lines) for lang, lines in json.loads(SAMPLES.read_text("utf-8")).items()
    }
    texts |= {lang: (EXAMPLES / name).read_text("utf-8")[:700] for name, lang in NAMED.items()}
    for language, text in texts.items():
        last = len(text)
        keys = [*typed(text, last - 30, last, after=False, every=10), *branching(text, 9, 2)]
        yield Trace(f"{language} by the letter", language, keys)


def tiny_traces(language: str | None) -> Iterator[Trace]:
    """Short windows, which roll again and again."""
    text = tiny.SOURCE * 3
    yield Trace("typed", language, list(typed(text, 10, 160, after=False)), 0.0, 6)
    yield Trace("with jumps", language, list(jumped(text, 3, 12)), 0.0, 6)
    yield Trace("other scripts", language, list(typed(OTHERS * 4, 1, 90, after=False)), 0.0, 6)
    long = text * 4
    deleted = [Key(long[:-n]) for n in range(0, 200, 3)]
    yield Trace("deleted", language, [*deleted, Key(long), Key("x"), Key("")], 0.0, 4)
    yield Trace("with others", language, list(branching(text, 6, 8)), 0.0, 6)


def models(folder: Path) -> dict[str, tuple[Path, Iterable[Trace]]]:
    """The model directories, and what is typed with each."""
    vocabulary, letters = folder / "pairs.json", folder / "characters.json"
    tiny.train_tokenizer().save(str(vocabulary))
    characters().save(str(letters))
    packaged = folder / "packaged"
    shutil.copytree(PACKAGED / DEFAULT, packaged, dirs_exist_ok=True)
    found: dict[str, tuple[Path, Iterable[Trace]]] = {
        "packaged": (packaged, [*packaged_traces(), *project_traces(), *specialist_traces()])
    }
    lettered = folder / LETTERED
    shutil.copytree(PACKAGED / LETTERED, lettered, dirs_exist_ok=True)
    found[LETTERED] = (lettered, lettered_traces())
    for kind in ("sliding", "block"):
        tiny.build(kind, vocabulary, folder / kind)
        found[kind] = (folder / kind, tiny_traces("python"))
    shape, name = tiny.CONFIGS["sliding"], "memorised"
    learned = tiny.memorised_model(shape, Tokenizer.load(vocabulary), steps=75)
    exact = Quantisation(32, block=32, table_block=32)
    export(shape, learned.state_dict(), vocabulary, folder / name, name, exact)
    found[name] = (folder / name, tiny_traces("python"))
    oracle = tiny.random_model(CHARACTERS)
    rounding = Quantisation(8, block=32, table_block=32)
    trained = {"languages": ["shell"]}  # for which there is no tag
    export(
        CHARACTERS, oracle.state_dict(), letters, folder / "letters", "letters", rounding,
        training=trained,
    )  # fmt: skip
    found["letters"] = (folder / "letters", tiny_traces("shell"))
    return found


def write(folder: Path) -> Path:
    """Model directories and ``vectors.json`` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, (directory, traces) in models(folder).items():
        model = engine.load(directory)
        for trace in traces:
            session = model.session(trace.language, project_of(model, trace), trace.file)
            expected = [seen(session, key, trace) for key in trace.keys]
            rows.append({"model": name, **asdict(trace), "expected": expected})
    path = folder / "vectors.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(write(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
