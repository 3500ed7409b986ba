"""What a client is suggested, where, and where not."""

from __future__ import annotations

import pytest

from tests.integrations.lsp.fake_serve import OTHERS
from tests.integrations.lsp.raw import COMPLETION, INLINE, URI, Raw, at, fake
from tests.integrations.nvim.fake_models import digest
from tests.patience import FOREVER

REST = "r index in range(10):"
SLOW = str(FOREVER)
INVOKED = 1


@pytest.fixture(scope="module")
def shared():
    server = Raw(fake())
    server.initialize({"textDocument": {"inlineCompletion": {}}})
    yield server
    server.close()
    assert server.stderr == b""


@pytest.fixture
def quick(shared):
    """A server with an empty Python document."""
    shared.open("")
    yield shared
    shared.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    shared.notify("workspace/didChangeConfiguration", {"settings": {"codecomplete": {}}})
    assert not shared.received


def asked(server: Raw) -> int:
    """How often the model was asked."""
    line = next(x for x in server.request("codecomplete/status")["lines"] if x.startswith("asked"))
    return int(line.split(",")[0].split()[1])


def test_an_item_inserts_the_rest_at_the_caret(quick):
    quick.type("fo", 0, 0)
    place = {"line": 0, "character": 2}
    item = {"insertText": REST, "range": {"start": place, "end": place}}
    assert quick.inline(0, 2) == {"items": [item]}


def test_what_is_typed_of_a_suggestion_does_not_ask_the_model(quick):
    quick.type("fo", 0, 0)
    assert quick.texts(0, 2) == [REST]
    before = asked(quick)
    for count in range(1, 9):
        quick.type(REST[count - 1], 0, 1 + count)
        assert quick.texts(0, 2 + count) == [REST[count:]]
    assert asked(quick) == before
    quick.type("X", 0, 10)
    assert quick.texts(0, 11) == []
    assert asked(quick) == before + 1


def test_an_accepted_word_leaves_the_rest(quick):
    quick.type("fo", 0, 0)
    quick.texts(0, 2)
    before = asked(quick)
    quick.type("r index", 0, 2)
    assert quick.texts(0, 9) == [REST[7:]]
    assert asked(quick) == before


def test_another_document_or_caret_has_suggestions_of_its_own(quick):
    quick.type("fo\nfo\n", 0, 0)
    assert quick.texts(0, 2) == [REST]
    assert quick.texts(2, 0) == []
    quick.open("x\ntot", "file:///somewhere/else.py")
    assert quick.texts(1, 3, "file:///somewhere/else.py") == ["al = sum(values)"]
    assert quick.texts(1, 2) == [REST]


def test_a_caret_past_the_end_is_the_end(quick):
    quick.type("fo", 0, 0)
    assert quick.texts(0, 99) == quick.texts(7, 3) == [REST]


def test_the_text_is_the_clients_after_any_edit(start):
    server = start("digest", {"general": {"positionEncodings": ["utf-8", "utf-16"]}})
    server.open("a\x0cé😀\r\nb\u2028c\n")
    server.type("ñ", 0, 8)
    server.change(
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
         "text": "x"},
        {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}},
         "text": "y\nz"},
    )  # fmt: skip
    assert server.texts(1, 1) == [digest("x\x0cé😀ñ\ny", "\nz")]


@pytest.mark.parametrize(
    ("offered", "chosen", "units"),
    [(None, "utf-16", 2), (["utf-32", "utf-8"], "utf-32", 1), (["utf-8"], "utf-8", 4),
     (["utf-7", 5, "utf-16"], "utf-16", 2), ([], "utf-16", 2)],
)  # fmt: skip
def test_the_first_encoding_that_both_know_is_agreed_on(start, offered, chosen, units):
    server = start("digest", capabilities=None)
    general = {} if offered is None else {"positionEncodings": offered}
    result = server.initialize({"general": general})
    assert result["capabilities"]["positionEncoding"] == chosen
    server.open("😀x")
    assert server.texts(0, units) == [digest("😀", "x")]


def test_an_edit_answers_what_was_asked_before_it_with_nothing(start):
    server = start(SLOW)
    server.open("fo")
    waiting = server.ask(INLINE, at(0, 2))
    server.type("r", 0, 2)
    assert server.answer(waiting)["result"] is None


def test_an_edit_of_another_document_disturbs_nothing(start, tmp_path):
    server = start(f"until:{tmp_path}/told")
    server.open("fo")
    server.open("", "file:///other.py")
    waiting = server.ask(INLINE, at(0, 2))
    server.type("r", 0, 0, "file:///other.py")
    server.request("codecomplete/status")  # by now it has read the edit
    (tmp_path / "told").touch()
    assert server.answer(waiting)["result"]["items"]


def test_the_same_question_asked_twice_gets_the_same_answer_twice(start, tmp_path):
    server = start(f"until:{tmp_path}/told")
    server.open("fo")
    numbers = [server.ask(INLINE, at(0, 2)), server.ask(COMPLETION, at(0, 2)),
               server.ask(INLINE, at(0, 2))]  # fmt: skip
    server.notify("$/cancelRequest", {"id": numbers[0]})
    assert server.answer(numbers[0])["error"]["code"] == -32800
    (tmp_path / "told").touch()
    answers = server.answers(numbers[1:])
    assert answers[numbers[1]]["result"]["items"]
    assert answers[numbers[2]]["result"]["items"][0]["insertText"] == REST
    assert asked(server) == 1


def test_asking_by_hand_brings_alternatives(start):
    server = start("offering")
    server.open("fo")
    assert server.texts(0, 2, kind=INVOKED) == [REST, *OTHERS]
    assert server.texts(0, 2) == [REST]
    server.type("r", 0, 2)
    server.texts(0, 3)
    assert server.texts(0, 3, kind=INVOKED) == [REST[1:], *OTHERS], "the shown one stays first"


def test_the_entry_that_is_selected_in_a_menu_is_continued(quick):
    quick.type("x = \n  fo.bar", 0, 0)
    start, end = {"line": 1, "character": 2}, {"line": 1, "character": 4}
    span = {"start": start, "end": end}
    found = quick.inline(1, 4, selectedCompletionInfo={"range": span, "text": "for ind"})
    assert found == {"items": [{"insertText": "for index in range(10):", "range": span}]}
    nothing = {"range": span, "text": "forty"}
    assert quick.inline(1, 4, selectedCompletionInfo=nothing) == {"items": []}


def test_what_is_never_to_be_suggested_again_is_not(tmp_path):
    server = Raw(fake(), XDG_STATE_HOME=str(tmp_path))
    server.initialize()
    server.open("fo\nfo")
    assert server.texts(0, 2) == [REST]
    server.notify("codecomplete/never", at(0, 2) | {"text": REST})
    assert server.nothing(0, 2) and server.nothing(1, 2)
    server.close()
    assert server.stderr == b"" and list(tmp_path.rglob("never"))


# Where nothing is suggested


@pytest.mark.parametrize(
    "uri",
    ["file:///p/.env", "file:///p/.env.local", "file:///home/u/.ssh/config.py", "file:///p/key.PEM",
     "file:///p/secrets.yaml", "file:///p/id_rsa", "file:///dev/shm/x.py", "git:/p/a.py",
     "output:x", "debug:/a.py", "untitled:.env", "nonsense"],
)  # fmt: skip
def test_nothing_is_suggested_in(quick, uri):
    quick.open("fo", uri)
    assert quick.nothing(0, 2, uri)
    quick.type("r", 0, 2, uri)
    assert quick.nothing(0, 3, uri)


@pytest.mark.parametrize(
    "uri",
    ["file:///p/environment.py", "untitled:Untitled-1", "file:///p/with%20space/%C3%A9.py",
     "vscode-notebook-cell:/a#1"],
)  # fmt: skip
def test_something_is_suggested_in(quick, uri):
    quick.open("fo", uri)
    assert quick.texts(0, 2, uri) == [REST]


@pytest.mark.parametrize("language", ["markdown", "plaintext", "git-commit", "scminput"])
def test_prose_is_off_until_it_is_switched_on(quick, language):
    quick.open("fo", "file:///p/note", language)
    assert quick.nothing(0, 2, "file:///p/note")
    configure(quick, languages={language: True})
    assert quick.texts(0, 2, "file:///p/note") == [REST]


def test_a_document_that_was_closed_or_never_opened_is_not_read(quick, tmp_path):
    path = tmp_path / "on_disk.py"
    path.write_text("fo")
    assert quick.nothing(0, 2, path.as_uri())
    quick.open("fo", path.as_uri())
    quick.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    assert quick.nothing(0, 2, path.as_uri())


def test_after_an_edit_that_makes_no_sense_the_text_is_asked_for_no_more(start):
    server = start()
    server.open("fo")
    server.change({"range": {"start": {"line": 0}}, "text": "x"})
    assert server.nothing(0, 2)
    server.change({"text": "fo"})
    assert server.texts(0, 2) == [REST], "all of it makes it whole again"


def test_long_lines_and_large_documents_are_left_alone(quick):
    configure(quick, max_line=20, maxFileKb=1)
    quick.change({"text": "fo"})
    assert quick.texts(0, 2) == [REST]
    quick.change({"text": 20 * " " + "fo"})
    assert quick.nothing(0, 22)
    quick.change({"text": 120 * "# 234567\n" + "fo"})
    assert quick.nothing(120, 2)


# Settings


def configure(server: Raw, **settings) -> None:
    server.notify("workspace/didChangeConfiguration", {"settings": {"codecomplete": settings}})


def test_it_can_be_switched_off_as_a_whole_and_by_language(quick):
    quick.type("fo", 0, 0)
    configure(quick, enabled=False)
    assert quick.nothing(0, 2)
    assert quick.request("codecomplete/status")["state"] == "off"
    configure(quick, languages={"python": False})
    assert quick.nothing(0, 2)
    configure(quick, languages={"*": False})
    assert quick.nothing(0, 2)
    configure(quick, languages={"*": False, "python": True})
    assert quick.texts(0, 2) == [REST]


def test_settings_that_make_no_sense_are_named_in_one_message_and_keep_their_defaults(quick):
    configure(quick, max_tokens=0, threshold="high", deadlineMs=True, sugestions=1, project=False)
    said = quick.notification("window/showMessage")["message"]
    for name in ("max_tokens", "threshold", "deadlineMs", "sugestions"):
        assert name in said
    assert "project" not in said
    quick.type("fo", 0, 0)
    assert quick.texts(0, 2) == [REST]


def test_a_client_that_keeps_settings_is_asked_for_them(start):
    server = start(
        capabilities={"workspace": {"configuration": True,
                                    "didChangeConfiguration": {"dynamicRegistration": True}}},
        initializationOptions={"max_line": 1},
    )  # fmt: skip
    registered = server.wait(lambda m: m.get("method") == "client/registerCapability")
    server.send({"jsonrpc": "2.0", "id": registered["id"], "result": None})
    wanted = {"items": [{"section": "codecomplete"}]}
    asked = server.wait(lambda m: m.get("method") == "workspace/configuration")
    assert asked["params"] == wanted
    server.open("fo")
    assert server.nothing(0, 2), "as it said when it began"
    server.send({"jsonrpc": "2.0", "id": asked["id"], "result": [{"maxLine": 90}]})
    assert server.texts(0, 2) == [REST]
    server.notify("workspace/didChangeConfiguration", {"settings": None})
    asked = server.wait(lambda m: m.get("method") == "workspace/configuration")
    server.send({"jsonrpc": "2.0", "id": asked["id"], "result": [None]})
    assert server.nothing(0, 2)


def test_a_change_of_settings_leaves_no_request_open(start):
    server = start(SLOW)
    server.open("fo")
    waiting = server.ask(INLINE, at(0, 2))
    configure(server, model="/nowhere")
    assert server.answer(waiting)["result"] is None


def test_a_model_that_cannot_be_loaded_is_said_once(start):
    server = start("unloadable", initializationOptions={"state": True})
    server.open("fo")
    for _ in range(5):
        assert server.nothing(0, 2)
    said = server.notification("window/showMessage")["message"]
    assert "no model here, on purpose" in said
    states = [m["params"]["state"] for m in server.received if m["method"] == "codecomplete/state"]
    assert states == ["loading", "failed"]
    assert not [m for m in server.received if m["method"] == "window/showMessage"]
    server.close()
    server.stderr = b""  # which has the traceback, for the client's log


def test_an_engine_that_fails_is_said_once_and_answers_go_on(start):
    server = start("broken")
    for number in range(6):
        server.open("fo", f"file:///{number}.py")
        assert server.nothing(0, 2, f"file:///{number}.py")
    assert "broken on purpose" in server.notification("window/showMessage")["message"]
    configure(server, enabled=False)
    configure(server, enabled=True)
    assert server.nothing(0, 2, "file:///0.py")
    server.close()
    server.stderr = b""


def test_a_client_that_shows_the_state_is_told(start):
    server = start(initializationOptions={"state": True})
    assert server.notification("codecomplete/state")["state"] == "loading"
    assert server.notification("codecomplete/state")["state"] == "ready"
    configure(server, enabled=False)
    assert server.notification("codecomplete/state")["state"] == "off"


def test_a_client_that_begins_switched_off_is_told_and_can_switch_on(start):
    server = start(initializationOptions={"state": True, "enabled": False})
    assert server.notification("codecomplete/state")["state"] == "off"
    configure(server, enabled=True)
    assert server.notification("codecomplete/state")["state"] == "loading"
    assert server.notification("codecomplete/state")["state"] == "ready", "before it is asked"


def test_another_model_in_the_settings_is_tried_after_one_that_failed(start):
    server = start("only:/good", initializationOptions={"state": True, "model": "/bad"})
    server.open("fo")
    assert server.nothing(0, 2)
    assert "/bad" in server.notification("window/showMessage")["message"]
    configure(server, model="/good")
    assert server.texts(0, 2) == [REST]
    server.close()
    server.stderr = b""


# Plain completion


def completion(server: Raw, line: int, character: int, uri: str = URI):
    return server.request(COMPLETION, at(line, character, uri))


@pytest.mark.parametrize(
    ("inline", "option", "offered"),
    [(False, "auto", True), (True, "auto", False), (True, "always", True), (False, "never", False)],
)
def test_plain_completion_is_offered_to_those_who_have_nothing_better(
    start, inline, option, offered
):
    server = start(capabilities=None)
    capabilities = {"textDocument": {"inlineCompletion": {}} if inline else {}}
    result = server.initialize(capabilities, initializationOptions={"completion": option})
    assert ("completionProvider" in result["capabilities"]) is offered
    assert result["capabilities"]["inlineCompletionProvider"]


def test_a_completion_says_exactly_what_it_replaces(quick):
    quick.type("ñ = 1\n  fo", 0, 0)
    (item,) = completion(quick, 1, 4)["items"]
    assert item["textEdit"] == {
        "newText": "for index in range(10):",
        "range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 4}},
    }
    assert item["filterText"] == "fo" and item["label"] == "for index in range(10):"
    assert item["insertTextFormat"] == item["insertTextMode"] == 1


def test_a_completion_of_nothing_is_incomplete_so_that_the_next_key_asks_again(quick):
    quick.type("zz", 0, 0)
    assert completion(quick, 0, 2) == {"isIncomplete": True, "items": []}


def test_a_completion_of_several_lines_has_the_documents_line_ends(quick):
    quick.change({"text": "x = 1\r\nif re"})
    (item,) = completion(quick, 1, 5)["items"]
    assert item["label"] == "ready:"
    assert item["textEdit"]["newText"] == "ready:\r\n    print('first')\r\n    print('second')"
    assert item["documentation"].startswith("ready:\n")


def test_a_word_of_astral_letters_is_counted_in_the_clients_units(quick):
    quick.type("𝐱fo", 0, 0)
    (item,) = completion(quick, 0, 4)["items"]
    assert item["textEdit"]["range"]["start"]["character"] == 0
    assert item["textEdit"]["newText"] == "𝐱for index in range(10):"
