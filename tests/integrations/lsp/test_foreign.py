"""A client that others wrote and generated from the protocol's own description: pytest-lsp, which
checks every answer against the types of LSP 3.18."""

from __future__ import annotations

import sys

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from tests.integrations.lsp.raw import URI, fake

REST = "r index in range(10):"
FAKE = ClientServerConfig(server_command=[*fake()])
REAL = ClientServerConfig(
    server_command=[sys.executable, "-m", "codecomplete", "lsp", "--stdio"]
)  # fmt: skip


PATIENT = {"deadline_ms": 60_000}  # what is suggested must not depend on how busy the machine is


async def begin(client: LanguageClient, *, inline: bool = True) -> types.InitializeResult:
    text = types.TextDocumentClientCapabilities(
        inline_completion=types.InlineCompletionClientCapabilities() if inline else None
    )
    encodings = [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16]
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    capabilities = types.ClientCapabilities(text_document=text, general=general)
    return await client.initialize_session(
        types.InitializeParams(capabilities=capabilities, initialization_options=PATIENT)
    )


@pytest_lsp.fixture(config=FAKE)
async def client(lsp_client: LanguageClient):
    await begin(lsp_client)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=FAKE)
async def plain(lsp_client: LanguageClient):
    """A client without inline completion."""
    lsp_client.initialized = await begin(lsp_client, inline=False)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=REAL)
async def packaged(lsp_client: LanguageClient):
    """The command as users have it, with the packaged model."""
    lsp_client.initialized = await begin(lsp_client)
    yield
    await lsp_client.shutdown_session()


def opened(client: LanguageClient, text: str) -> None:
    document = types.TextDocumentItem(uri=URI, language_id="python", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))


def typed(client: LanguageClient, version: int, line: int, character: int, text: str) -> None:
    place = types.Position(line, character)
    change = types.TextDocumentContentChangePartial(text=text, range=types.Range(place, place))
    document = types.VersionedTextDocumentIdentifier(version=version, uri=URI)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
    )


def inline_at(line: int, character: int, invoked: bool = False) -> types.InlineCompletionParams:
    kinds = types.InlineCompletionTriggerKind
    kind = kinds.Invoked if invoked else kinds.Automatic
    return types.InlineCompletionParams(
        context=types.InlineCompletionContext(trigger_kind=kind),
        text_document=types.TextDocumentIdentifier(uri=URI),
        position=types.Position(line, character),
    )


@pytest.mark.asyncio
async def test_it_types_and_is_suggested_the_rest(client: LanguageClient):
    opened(client, "é = '😀'\nfo")
    found = await client.text_document_inline_completion_async(inline_at(1, 2))
    assert [item.insert_text for item in found.items] == [REST]
    assert found.items[0].range == types.Range(types.Position(1, 2), types.Position(1, 2))
    typed(client, 2, 0, 11, "  # nothing")
    typed(client, 3, 1, 2, "r in")
    found = await client.text_document_inline_completion_async(inline_at(1, 6))
    assert [item.insert_text for item in found.items] == [REST[4:]]
    found = await client.text_document_inline_completion_async(inline_at(0, 3))
    assert not found.items


@pytest.mark.asyncio
async def test_plain_completion_is_there_for_those_who_have_no_other(plain: LanguageClient):
    offered = plain.initialized.capabilities.completion_provider
    assert offered is not None and offered.resolve_provider is False
    opened(plain, "fo")
    found = await plain.text_document_completion_async(
        types.CompletionParams(types.TextDocumentIdentifier(uri=URI), types.Position(0, 2))
    )
    assert found.is_incomplete
    (item,) = found.items
    assert item.text_edit == types.TextEdit(
        types.Range(types.Position(0, 0), types.Position(0, 2)), "fo" + REST
    )


@pytest.mark.asyncio
async def test_the_packaged_model_suggests(packaged: LanguageClient):
    assert packaged.initialized.server_info.name == "cc-lsp"
    assert packaged.initialized.capabilities.position_encoding == types.PositionEncodingKind.Utf8
    opened(packaged, "import os\n\nfor name in os.li")
    found = await packaged.text_document_inline_completion_async(inline_at(2, 17, invoked=True))
    assert found.items[0].insert_text.startswith("st")
