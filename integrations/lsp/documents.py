"""The documents that a client has open, and their texts. Knows no engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import params, where
from .positions import Encoding
from .rpc import InvalidParams
from .text import Text


@dataclass
class Document:
    """One open document."""

    uri: str
    identifier: str  # the client's identifier of the language
    version: int | None
    text: Text | None  # None: not kept, so nothing is suggested

    @property
    def path(self) -> str | None:
        return where.path_of(self.uri)

    @property
    def language(self) -> str | None:
        """The engine's name for the language."""
        return where.engine_language(self.identifier, self.uri)


class Documents:
    """The open documents, by URI."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF_16
        self.most_characters = 2_000_000  # of a text that is kept; a larger one is dropped
        self._open: dict[str, Document] = {}

    def get(self, uri: str) -> Document | None:
        """An open document, or None. It is never read from disk, where it may differ."""
        return self._open.get(uri)

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def open(self, given: Any) -> None:
        """Handle ``textDocument/didOpen``; ``given`` are its parameters."""
        uri, text = params.uri(given), params.text(given, "textDocument", "text")
        identifier = params.optional(given, "textDocument", "languageId")
        document = Document(
            uri,
            identifier if isinstance(identifier, str) else "",
            params.optional(given, "textDocument", "version"),
            self._kept(uri, text),
        )
        self._open[uri] = document

    def change(self, given: Any) -> None:
        """Handle ``textDocument/didChange``; ``given`` are its parameters.

        After an edit that is not valid, the text would differ from the client's: it is dropped
        until the client sends all of it. Raises InvalidParams.
        """
        uri = params.uri(given)
        document = self._open.get(uri)
        if document is None:
            raise InvalidParams("a change to a document that is not open")
        document.version = params.optional(given, "textDocument", "version")
        try:
            for change in params.items(given, "contentChanges"):
                self._apply(document, change)
        except InvalidParams:
            document.text = None
            raise
        if document.text is not None and document.text.size > self.most_characters:
            document.text = None

    def close(self, given: Any) -> str:
        """Handle ``textDocument/didClose``; ``given`` are its parameters. Returns the URI."""
        uri = params.uri(given)
        self._open.pop(uri, None)
        return uri

    def _apply(self, document: Document, change: Any) -> None:
        new = params.text(change, "text")
        span = params.optional(change, "range")
        if span is None:
            document.text = self._kept(document.uri, new)
            return
        start, end = params.range_of(span)
        if document.text is not None:
            document.text.replace(start, end, new)

    def _kept(self, uri: str, text: str) -> Text | None:
        if len(text) > self.most_characters or where.is_secret(uri):
            return None
        return Text(text, self.encoding)
