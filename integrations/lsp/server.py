"""The server for one client: which method does what. Knows no pipe and no socket.

``Server.receive`` runs on the thread that reads and returns at once; answers go through ``send``,
also from the suggester's thread. What each message means to a user is in ``docs/lsp.md``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from codecomplete import __version__

from ..shared.naming.client import Jedi
from ..shared.options import Options
from ..shared.snapshot import Snapshot
from ..shared.status import report
from ..shared.suggester import State, Suggester, load_engine
from . import answers, params, where
from .asking import Asking, Question
from .client import Client, client, paths
from .documents import Document, Documents
from .folders import Folders
from .positions import Position
from .rpc import Code, Peer, Reply, RpcError
from .settings import SECTION, Settings, settings

if TYPE_CHECKING:
    from codecomplete.engine import Model

log = logging.getLogger("codecomplete")

INCREMENTAL = 2  # TextDocumentSyncKind
INVOKED = 1  # InlineCompletionTriggerKind, of a suggestion that the user asked for by hand
WARNING = 2  # MessageType
CHANGED_SETTINGS = "workspace/didChangeConfiguration"
STATES = {
    State.OFF: "off", State.UNLOADED: "loading", State.LOADING: "loading", State.IDLE: "ready",
    State.BUSY: "ready", State.FAILED: "failed",
}  # fmt: skip
"""What a client's status line shows."""

Load = Callable[[Options], "Model"]


class Server:
    """Pass what is read to ``receive``; once ``exit_code`` is set, the server is done."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        load: Load = load_engine,
        introduced: Callable[[Client], object] = lambda client: None,
    ) -> None:
        """``introduced`` is called with the client before ``initialize`` is answered."""
        self.exit_code: int | None = None
        self.client: Client | None = None
        self.settings = Settings()
        self.suggester = Suggester(
            self.settings, load=self._loading(load), namer=Jedi(), answers_once=True
        )
        self._documents = Documents()
        self._folders = Folders()
        self._asking = Asking(self.suggester, self._tell_state)
        self._introduced = introduced
        self._shut_down = False
        self._told: tuple[str, str | None] | None = None  # the state that the client was told
        self._initial: dict[str, Any] = {}
        self._peer = Peer(send, self._requests(), self._notifications(), self._admit)
        self.receive = self._peer.receive

    def close(self) -> None:
        """Stop: nothing will be asked any more."""
        self._asking.abandon()
        self.suggester.close()

    def _requests(self) -> dict[str, Callable[[Any, Reply], None]]:
        return {
            "initialize": self._initialize,
            "shutdown": self._shutdown,
            "textDocument/inlineCompletion": self._inline,
            "textDocument/completion": self._completion,
            "codecomplete/status": self._status,
        }

    def _notifications(self) -> dict[str, Callable[[Any], None]]:
        return {
            "initialized": self._initialized,
            "exit": self._exit,
            "textDocument/didOpen": self._documents.open,
            "textDocument/didChange": self._changed,
            "textDocument/didClose": self._closed,
            CHANGED_SETTINGS: self._settings_changed,
            "workspace/didChangeWorkspaceFolders": self._folders_changed,
            "codecomplete/accepted": self._accepted,
            "codecomplete/never": self._never,
        }

    # Life

    def _admit(self, method: str, is_request: bool) -> RpcError | None:
        if method == "exit":
            return None
        if self._shut_down:
            return RpcError(Code.INVALID_REQUEST, "the server was shut down")
        if method == "initialize":
            again = self.client is not None
            return RpcError(Code.INVALID_REQUEST, "initialized already") if again else None
        if self.client is None:
            return RpcError(Code.NOT_INITIALIZED, "expected initialize first")
        return None

    def _initialize(self, given: Any, reply: Reply) -> None:
        found = client(given)
        self._documents.encoding = found.encoding
        self._folders = Folders(found.folders)
        self._initial = found.options
        self._set()
        self.client = found
        self._introduced(found)
        info = {"name": "cc-lsp", "version": __version__}
        reply.result({"capabilities": self._capabilities(found), "serverInfo": info})

    def _capabilities(self, client: Client) -> dict[str, Any]:
        found: dict[str, Any] = {
            "positionEncoding": client.encoding.value,
            "textDocumentSync": {"openClose": True, "change": INCREMENTAL},
            # Not an empty object, which some clients take for false.
            "inlineCompletionProvider": True,
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
        }
        wanted = {"auto": not client.inline, "always": True, "never": False}
        if wanted[self.settings.completion]:
            found["completionProvider"] = {"triggerCharacters": [], "resolveProvider": False}
        return found

    def _initialized(self, given: Any) -> None:
        if self.client is not None and self.client.registers_settings:
            registration = {"id": SECTION, "method": CHANGED_SETTINGS}
            asked = {"registrations": [registration]}
            self._peer.ask("client/registerCapability", asked, lambda answer: None)
        self._ask_for_settings()
        self.suggester.prepare()
        self._tell_state()

    def _shutdown(self, given: Any, reply: Reply) -> None:
        self._shut_down = True
        self.close()
        reply.result(None)

    def _exit(self, given: Any) -> None:
        self.exit_code = 0 if self._shut_down else 1

    # Settings and folders

    def _ask_for_settings(self) -> None:
        if self.client is not None and self.client.asks_for_settings:
            asked = {"items": [{"section": SECTION}]}
            self._peer.ask("workspace/configuration", asked, lambda found: self._set(*found))

    def _settings_changed(self, given: Any) -> None:
        sent = params.optional(given, "settings", SECTION)
        if isinstance(sent, dict):
            self._set(sent)
        else:
            self._ask_for_settings()

    def _set(self, *given: Any) -> None:
        """Apply a client's settings, on top of its ``initializationOptions``."""
        new, problems = settings(self._initial, *given)
        if problems:
            self._show(f"codecomplete: {'; '.join(dict.fromkeys(problems))}")
        old, self.settings = self.settings, new
        self.suggester.options = new
        self._documents.most_characters = 1000 * new.max_file_kb
        if new == old:
            return
        self._asking.abandon()
        other_model = new.model != old.model
        if other_model and self.suggester.model is not None:
            self.suggester.reload()
        if new.enabled != old.enabled or (other_model and self.suggester.state is State.FAILED):
            self.suggester.enable(new.enabled)
        if self.client is not None:
            self.suggester.prepare()
        self._tell_state()

    def _folders_changed(self, given: Any) -> None:
        was = {one.uri: self._folders.of(one.path) for one in self._documents}
        event = params.member(given, "event")
        added, removed = (params.optional(event, name) for name in ("added", "removed"))
        self._folders.change(paths(added), paths(removed))
        for one in self._documents:
            if self._folders.of(one.path) != was[one.uri]:
                self.suggester.forget(one.uri)  # its session has learned from the other folder

    # Documents

    def _changed(self, given: Any) -> None:
        self._asking.changed(params.uri(given))
        self._documents.change(given)

    def _closed(self, given: Any) -> None:
        uri = self._documents.close(given)
        self._asking.changed(uri)
        self.suggester.forget(uri)

    # Suggestions

    def _inline(self, given: Any, reply: Reply) -> None:
        uri, position = params.uri(given), params.position(params.member(given, "position"))
        kind = params.optional(given, "context", "triggerKind")
        selected = _selected(params.optional(given, "context", "selectedCompletionInfo"))
        shape = partial(answers.inline, position=position, selected=selected)
        snapshot = self._snapshot(uri, position, selected)
        if snapshot is None:
            reply.result(shape([]))
        else:
            self._asking.ask(Question(snapshot, kind == INVOKED), reply, shape)

    def _completion(self, given: Any, reply: Reply) -> None:
        uri, position = params.uri(given), params.position(params.member(given, "position"))
        snapshot, document = self._snapshot(uri, position, None), self._documents.get(uri)
        if snapshot is None or document is None or document.text is None:
            reply.result(None)
            return
        shape = partial(
            answers.completion,
            position=position,
            line=snapshot.before.rpartition("\n")[2],
            line_end=document.text.line_end,
            encoding=self._documents.encoding,
        )
        self._asking.ask(Question(snapshot), reply, shape)

    def _snapshot(
        self, uri: str, position: Position, selected: answers.Selected | None
    ) -> Snapshot | None:
        """The text around a caret; None where nothing is suggested."""
        document = self._documents.get(uri)
        if document is None or document.text is None or not self._wanted(document, position):
            return None
        before, after = document.text.before(position), position
        if selected is not None:
            before = document.text.before(selected.start) + selected.text
            after = max(position, selected.end)
        return Snapshot(
            before,
            document.text.after(after),
            document.language,
            uri,
            path=document.path,
            root=self._folders.of(document.path),
        )

    def _wanted(self, document: Document, position: Position) -> bool:
        return (
            self.settings.enabled
            and where.scheme_of(document.uri) in where.SCHEMES
            and where.is_on(document.identifier, self.settings.languages)
            and document.text is not None
            and document.text.line_length(position.line) <= self.settings.max_line
        )

    def _accepted(self, given: Any) -> None:
        self.suggester.accepted(params.text(given, "text"))

    def _never(self, given: Any) -> None:
        """Never suggest a text again that was suggested at a place."""
        text, position = (
            params.text(given, "text"),
            params.position(params.member(given, "position")),
        )
        document = self._documents.get(params.uri(given))
        if document is None or document.text is None:
            return
        self._asking.abandon()
        line = document.text.before(position).rpartition("\n")[2]
        if not self.suggester.forbid(line, text):
            self._show(
                "codecomplete will suggest this again once the editor has been closed: "
                "its list could not be written"
            )

    # State

    def _status(self, given: Any, reply: Reply) -> None:
        state, error = self._state()
        reply.result({"lines": report(self.suggester), "state": state, "error": error})

    def _state(self) -> tuple[str, str | None]:
        return STATES[self.suggester.state], self.suggester.error

    def _tell_state(self) -> None:
        self._tell(*self._state())

    def _tell(self, state: str, error: str | None = None) -> None:
        """Report a new state to a client that shows it, and a failure to any client, once."""
        if (state, error) == self._told or self.client is None:
            return
        self._told = state, error
        if self.client.options.get("state") is True:
            self._peer.notify("codecomplete/state", {"state": state, "error": error})
        if state == STATES[State.FAILED]:
            self._show(f"codecomplete cannot suggest anything: {error}")

    def _loading(self, load: Load) -> Load:
        """``load``, which tells the client when it begins, when it is done, or why it failed."""

        def loaded(options: Options) -> Model:
            self._tell(STATES[State.LOADING])
            try:
                model = load(options)
            except Exception as error:
                self._tell(STATES[State.FAILED], f"{type(error).__name__}: {error}")
                raise
            self._tell(STATES[State.IDLE])
            return model

        return loaded

    def _show(self, message: str) -> None:
        self._peer.notify("window/showMessage", {"type": WARNING, "message": message})


def _selected(info: Any) -> answers.Selected | None:
    if not isinstance(info, dict):
        return None
    start, end = params.range_of(params.member(info, "range"))
    return answers.Selected(start, end, params.text(info, "text"))
