"""Sixty secrets in every place where such things stand: the model never sees one, and nobody is
shown one, whole or in part, whatever the text comes from and through whichever host it comes."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from codecomplete import engine
from codecomplete.integrations.edit.text.surroundings import around
from codecomplete.integrations.nvim.host import Host
from codecomplete.integrations.prompt.conversation import Conversation, ReplOptions
from codecomplete.integrations.prompt.history import matches
from codecomplete.integrations.prompt.said import Said
from codecomplete.integrations.shared.options import Options
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester
from tests.patience import PATIENCE
from tests.privacy.material import PLACES, SECRETS
from tests.privacy.table import (
    ABOVE,
    BELOW,
    CASES,
    Case,
    one_place_each,
    seen_by_the_model,
    try_case,
)

FILLER = "".join(f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(200))


@pytest.fixture(scope="module")
def model():
    return engine.load()


def test_there_are_as_many_as_promised():
    assert len(SECRETS) == 60 and len({secret.value for secret in SECRETS}) == 60
    assert len(PLACES) >= 12
    assert {case.secret for case in one_place_each()} == set(SECRETS)
    assert {case.place for case in one_place_each()} == set(PLACES)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_no_part_is_seen_by_the_model_or_suggested(model, place):
    cases = [case for case in CASES if case.place == place]
    found = {case.line: try_case(model, case) for case in cases}
    assert not {line: one for line, one in found.items() if one.seen or one.shown}


@pytest.mark.parametrize("case", one_place_each(), ids=lambda case: case.secret.kind)
def test_while_it_is_typed_no_part_of_it_enters_the_models_state(model, case):
    """After every key; and the state is that of the same text all at once."""
    session = model.session(case.language)
    line = case.line
    for length in range(len(line) + 1):
        session.sync(ABOVE + line[:length])
        assert not case.secret.is_in(seen_by_the_model(session)[len(ABOVE) - 20 :]), line[:length]
    fresh = model.session(case.language)
    fresh.sync(ABOVE + line)
    assert seen_by_the_model(session) == seen_by_the_model(fresh)


def asked(suggester: Suggester, snapshot: Snapshot) -> list[str]:
    """What the host would show: the suggestion, then the alternatives."""
    texts: list[str] = []
    for ask in (suggester.request, suggester.alternatives):
        done = threading.Event()

        def deliver(_, found, done=done) -> None:
            many = found if isinstance(found, list) else [found]
            texts.extend(one.text for one in many if one is not None)
            done.set()

        assert ask(snapshot, deliver) and done.wait(PATIENCE)
    return texts


@pytest.fixture
def suggester(model):
    made = Suggester(Options(threshold=0.0, deadline_ms=10_000), load=lambda options: model)
    yield made
    made.close(2)


def lines_begun(case: Case) -> list[str]:
    return list(itertools.islice(case.begun_again(), 2))


def nothing_shown(cases: list[Case], texts: list[str]) -> None:
    shown = [
        (case.secret.kind, text) for case in cases for text in texts if case.secret.is_in(text)
    ]
    assert not shown


def in_language(language: str | None) -> list[Case]:
    return [case for case in one_place_each() if case.language == language]


LANGUAGES = sorted({case.language for case in one_place_each()}, key=str)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_editor_shows_none_of_a_files_secrets(suggester, language):
    """cc-edit's way: the lines around the caret; the secrets far above it, and below."""
    cases = in_language(language)
    secrets = [case.line for case in cases]
    for case in cases:
        for begun in lines_begun(case):
            lines = [*secrets, *FILLER.split("\n"), begun, "", *secrets]
            row = len(secrets) + FILLER.count("\n") + 1
            before, after = around(lines, row, len(begun))
            nothing_shown(cases, asked(suggester, Snapshot(before, after, language, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_neovim_is_sent_none(suggester, language):
    """Its way: messages to the Python half, answers as it is told to draw them."""
    answers: list[tuple[str, dict]] = []
    arrived = threading.Event()

    def send(verb: str, message: dict) -> None:
        answers.append((verb, message))
        arrived.set()

    host = Host(send, suggester)
    cases = in_language(language)
    for number, case in enumerate(cases):
        begun = lines_begun(case)[0]
        lines = [*(one.line for one in cases), "", begun]
        message = {
            "id": number, "buffer": 1, "row": len(lines) - 1, "column": len(begun.encode()),
            "edit": {"whole": True, "first": 0, "last": 0, "lines": lines}, "count": len(lines),
            "offset": -1, "filetype": language or "yaml", "path": None, "expandtab": True,
            "shiftwidth": 4, "tabstop": 4, "explicit": True,
        }  # fmt: skip
        for verb in ("suggest", "alternatives"):
            arrived.clear()
            host.handle(verb, message)
            assert arrived.wait(PATIENCE)
    texts = [str(message.get("text") or message.get("texts") or "") for _, message in answers]
    assert {verb for verb, _ in answers} == {"suggestion", "alternatives"}
    nothing_shown(cases, texts)


def test_a_prompt_shows_none_of_what_was_said_before(suggester):
    """The REPL's way: earlier inputs, then the open cell."""
    cases = in_language("python")
    said = [Said(case.line.strip()) for case in cases]
    conversation = Conversation(ReplOptions(project=False), lambda: said, dict)
    for case in cases:
        for begun in lines_begun(case):
            snapshot = conversation.snapshot(begun.strip(" "), "")
            nothing_shown(cases, asked(suggester, snapshot))


def test_a_prompts_history_shows_none(suggester):
    """Every earlier line, from every one of its letters on."""
    for case in CASES:
        line = case.line.strip()
        before = len(case.parts[0].strip())
        for length in (4, before // 2, before, before + 2, before + len(case.parts[1]) // 2):
            for rest in matches(line[:length], [line]):
                assert not case.secret.is_in(suggester.may_show(line[:length], rest)), line


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one])
def test_the_files_beside_the_open_one_give_none_away(suggester, tmp_path, language):
    cases = in_language(language)
    ending = PLACES[cases[0].place][0]
    (tmp_path / ".git").mkdir()
    text = "".join(f"{case.line}\n" for case in cases)
    (tmp_path / f"beside{ending}").write_text(text * 3)
    path = str(tmp_path / f"open{ending}")
    asked(suggester, Snapshot("\n", "", language, 1, path=path))
    until = time.monotonic() + PATIENCE
    while suggester._sessions.has_more_to_read:
        assert time.monotonic() < until
        suggester._thread.join(0.01)
    project = next(iter(suggester._sessions._projects._scans.values())).project
    assert project.tokens > 0
    for case in cases:
        for begun in lines_begun(case):
            nothing_shown(
                cases, asked(suggester, Snapshot(f"\n{begun}", "", language, 1, path=path))
            )


PEM = "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n".format(
    "\n".join(
        "MIIEpAIBAAKCAQEAy8Dbv8prpJ4vL1xk0ZcG0WcQ7n0V0c1z4Vtq1mGmR0oJbJc"[n:] + "k7"
        for n in range(9)
    )
)


@pytest.mark.parametrize("caret", range(0, len(PEM) + 1, 40))
def test_a_private_key_in_a_block_is_hidden_wherever_the_caret_is(model, caret):
    """Every line of it, also while it is typed, and from both sides of the caret."""
    session = model.session("python")
    text = f'KEY = """\n{PEM}"""\nprint(KEY)\n'
    session.sync(text[: 10 + caret], text[10 + caret :])
    session.learn()
    state = seen_by_the_model(session)
    lines = [line for line in PEM.split("\n") if line and not line.startswith("---")]
    assert not [line for line in lines if line[:12] in state or line[-12:] in state]
    found = session.suggest(threshold=0, deadline_ms=None)
    assert found is None or not [line for line in lines if line[:8] in found.text]


def test_what_the_model_itself_would_say_is_cut_where_a_secret_begins():
    from codecomplete.engine.suggestions.clean import clean

    for case in CASES:
        before, value, after = case.parts
        for length in (len(value), len(value) * 2 // 3):
            if length < len(case.secret.public) + 8:
                continue
            text = clean(value[:length] + (after if length == len(value) else ""), "", before)
            assert not case.secret.is_in(text), case.line


def test_ordinary_code_is_hardly_touched():
    """The document has the figure for packages that nothing was tuned on; here our own source."""
    from codecomplete.engine.privacy.secrets import find
    from tests.integrations.terminal import ROOT

    files = [
        path
        for part in ("integrations", "trainer", "corpus")
        for path in (ROOT / part).rglob("*.py")
    ]
    lines = touched = 0
    for path in files:
        text = path.read_text(encoding="utf-8")
        lines += text.count("\n")
        touched += len({text.count("\n", 0, begin) for begin, _ in find(text)})
    assert lines > 10_000 and touched <= lines / 2_000


def test_below_a_secret_everything_is_as_it_was(model):
    """A placeholder has the length of what it stands for: what is shown fits the real text."""
    session = model.session("python")
    session.sync(f'{ABOVE}password = "hunter2!"{BELOW}for index in ra')
    found = session.suggest(threshold=0, deadline_ms=None)
    assert found is not None and found.text.startswith("nge(")
