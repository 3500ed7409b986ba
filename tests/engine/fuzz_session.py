"""A long fuzz of one session: random edits of random Unicode, with replay of what failed.

    python -m tests.engine.fuzz_session --edits 1000000 --seed 1
    python -m tests.engine.fuzz_session --redo failed-edits.json

Run it by hand after changes to the session, the context or the stream; a short run is part of the
suite. What must hold after every edit: nothing is raised, the window's text is the text before the
caret, the buffer is bounded, a suggestion is safe to insert, and memory does not grow.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from codecomplete import engine
from codecomplete.engine.command.memory import resident_mb
from codecomplete.engine.privacy.masks import Mask
from codecomplete.engine.session import Session
from codecomplete.engine.suggestions.clean import visible
from tests import tiny

FAILED = Path("failed-edits.json")
ODD = [
    "é", "e\u0301", "日本語", "\U0001f600", "\u202e", "\x00", "\x1b[31m", "\t", "\r\n", "\ud800",
    "<bos>", "\u2028", "   ", "\n\n\n", "}" * 40, "a" * 300,
]  # fmt: skip
SECRET = [
    'password = "', '"', 'token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"\n',
    "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEAy8Dbv8pr\n", "-----END PRIVATE KEY-----\n",
]  # fmt: skip
LONGEST_TEXT = 20_000


def random_edit(text: str, rng: random.Random) -> str:
    """One edit: typing, deleting, pasting, changing something above, or going elsewhere."""
    start = rng.randrange(len(tiny.SOURCE))
    kind = rng.randrange(10)
    if kind < 4:
        return text + tiny.SOURCE[start : start + rng.randint(1, 4)]
    if kind == 4:
        return text[: max(0, len(text) - rng.choice([1, 1, 1, 3, 40, 400]))]
    if kind == 5:
        return (text + tiny.SOURCE[start:] * rng.choice([1, 1, 20]))[-LONGEST_TEXT:]
    if kind == 6 and text:
        place = rng.randrange(len(text))
        return text[:place] + rng.choice([*ODD, *SECRET, ""]) + text[place + rng.randint(0, 3) :]
    if kind == 7:
        return text + rng.choice(ODD + SECRET)
    if kind == 8:
        return text + "".join(chr(rng.randrange(0x20, 0x2FFF)) for _ in range(rng.randint(1, 9)))
    return tiny.SOURCE[:start] if rng.random() < 0.2 else text[: rng.randrange(len(text) + 1)]


def check(session: Session, model: engine.Model, text: str, ask: bool) -> None:
    """Sync to a text, perhaps ask for a suggestion, and hold what must hold."""
    after = text[:20] if len(text) % 3 == 0 else ""
    report = session.sync(text, after)
    context = session._buffer.context
    assert len(context.entries) <= model.config.capacity
    known = context.start + context.entries[-1].end
    seen = Mask().apply(text, len(text) + 1).text  # what a mask without a past makes of it
    assert seen[known:] == report.held and seen.endswith(context.known)
    assert [e.id for e in context.entries] == session._buffer.stream.ids[: len(context.entries)]
    if ask:
        suggestion = session.suggest(8, deadline_ms=None, threshold=0)
        assert suggestion is None or (
            suggestion.text.strip()
            and suggestion.text == visible(suggestion.text)
            and 0 <= suggestion.confidence <= 1
        )
        session.learn()


def fuzz(model: engine.Model, edits: int, seed: int) -> dict[str, float]:
    """Run random edits; the failing script is saved and the error raised."""
    rng, text, script = random.Random(seed), "", [""]
    session = model.session("python")
    begin, memory = time.monotonic(), resident_mb()
    for number in range(edits):
        text = random_edit(text, rng)
        ask = rng.random() < 0.2
        script = [*script[-200:], text]
        try:
            check(session, model, text, ask)
        except Exception:
            FAILED.write_text(json.dumps({"seed": seed, "edit": number, "texts": script}))
            raise
    return {
        "edits": edits,
        "seed": seed,
        "seconds": round(time.monotonic() - begin, 1),
        "steps": session.steps,
        "memory_grown_mb": round(resident_mb() - memory, 1),
    }


def redo(model: engine.Model, path: Path) -> None:
    """Walk through a saved script, asking after every text."""
    session = model.session("python")
    for text in json.loads(path.read_text())["texts"]:
        check(session, model, text, ask=True)


def tiny_model(kind: str, folder: Path) -> engine.Model:
    vocabulary = folder / "tokenizer.json"
    tiny.train_tokenizer().save(str(vocabulary))
    return tiny.build(kind, vocabulary, folder / kind).model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(tiny.CONFIGS), default="sliding")
    parser.add_argument("--redo", type=Path, metavar="FILE", help="walk through a saved script")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = tiny_model(options.kind, Path(folder))
        if options.redo:
            redo(model, options.redo)
        else:
            print(json.dumps(fuzz(model, options.edits, options.seed)))


if __name__ == "__main__":
    main()
