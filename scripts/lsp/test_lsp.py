# What an editor sees of `safesh lsp`, through the client of pytest-lsp: run by scripts/check-lsp.
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

HERE = pathlib.Path(__file__).parent
SCRIPT = (HERE / "script.safe").as_uri()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ["SAFESH"], "lsp"]))
async def client(lsp_client: LanguageClient):
    answer = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=client_capabilities("visual-studio-code"), root_uri=HERE.as_uri())
    )
    assert answer.server_info.name == "safesh"
    assert answer.capabilities.position_encoding == "utf-16"
    yield
    await lsp_client.shutdown_session()


async def opened(client, text, uri=SCRIPT):
    client.text_document_did_open(
        t.DidOpenTextDocumentParams(t.TextDocumentItem(uri=uri, language_id="safe", version=1, text=text))
    )
    await client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return client.diagnostics[uri]


def at(line, character):
    return {"text_document": t.TextDocumentIdentifier(uri=SCRIPT), "position": t.Position(line, character)}


@pytest.mark.asyncio
async def test_diagnostics_follow_changes(client):
    found = await opened(client, "members | where .stauts == confirmed\n")
    assert [(d.code, d.severity, d.range.start.character, d.range.end.character) for d in found] == [("E102", t.DiagnosticSeverity.Error, 16, 23)]
    assert "did you mean '.status'" in found[0].message
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            text_document=t.VersionedTextDocumentIdentifier(uri=SCRIPT, version=2),
            content_changes=[t.TextDocumentContentChangePartial(range=t.Range(t.Position(0, 17), t.Position(0, 23)), text="status")],
        )
    )
    await client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert list(client.diagnostics[SCRIPT]) == []


@pytest.mark.asyncio
async def test_examples_have_no_errors(client):
    for file in sorted((HERE / "examples").glob("*.safe")):
        assert list(await opened(client, file.read_text(), file.as_uri())) == []


@pytest.mark.asyncio
async def test_completion(client):
    await opened(client, "members | where .status == c\n")
    found = await client.text_document_completion_async(t.CompletionParams(**at(0, 28)))
    labels = [item.label for item in found.items]
    assert labels[:1] == ["confirmed"], labels
    assert found.items[0].text_edit.range.start.character == 27
    found = await client.text_document_completion_async(t.CompletionParams(**at(0, 19)))
    assert "status" in [item.label for item in found.items]


@pytest.mark.asyncio
async def test_hover_and_definition(client):
    await opened(client, "let old = members\nold | where .email ends \"x\" | count\n")
    hover = await client.text_document_hover_async(t.HoverParams(**at(1, 1)))
    assert "let old: [Member]" in hover.contents.value
    hover = await client.text_document_hover_async(t.HoverParams(**at(1, 14)))
    assert ".email" in hover.contents.value
    place = await client.text_document_definition_async(t.DefinitionParams(**at(1, 2)))
    assert place.uri == SCRIPT and place.range.start == t.Position(0, 4)


@pytest.mark.asyncio
async def test_definition_in_a_used_file(client):
    (HERE / "names.safe").write_text("def twice(n: Int) -> Int { n * 2 }\n")
    assert list(await opened(client, 'use "names.safe" as names\nnames.twice(3)\n')) == []
    place = await client.text_document_definition_async(t.DefinitionParams(**at(1, 8)))
    assert place.uri == (HERE / "names.safe").as_uri()
    assert place.range == t.Range(t.Position(0, 4), t.Position(0, 9))


@pytest.mark.asyncio
async def test_formatting(client):
    await opened(client, "members|where .status==confirmed\n")
    edits = await client.text_document_formatting_async(
        t.DocumentFormattingParams(text_document=t.TextDocumentIdentifier(uri=SCRIPT), options=t.FormattingOptions(tab_size=2, insert_spaces=True))
    )
    assert [edit.new_text for edit in edits] == ["members | where .status == confirmed\n"]


@pytest.mark.asyncio
async def test_quick_fixes(client):
    found = await opened(client, "members | where status == confirmed\n")
    actions = await client.text_document_code_action_async(
        t.CodeActionParams(
            text_document=t.TextDocumentIdentifier(uri=SCRIPT), range=found[0].range, context=t.CodeActionContext(diagnostics=list(found))
        )
    )
    assert actions[0].title == "write '.status'"
    assert actions[0].edit.changes[SCRIPT][0].new_text == ".status"


@pytest.mark.asyncio
async def test_outline_and_colours(client):
    await opened(client, 'def f(n: Int) -> Int { n }\ntest "t" { }\n')
    symbols = await client.text_document_document_symbol_async(t.DocumentSymbolParams(text_document=t.TextDocumentIdentifier(uri=SCRIPT)))
    assert [symbol.name for symbol in symbols] == ["f", "t"]
    tokens = await client.text_document_semantic_tokens_full_async(
        t.SemanticTokensParams(text_document=t.TextDocumentIdentifier(uri=SCRIPT))
    )
    assert list(tokens.data[:5]) == [0, 0, 3, 0, 0]


@pytest.mark.asyncio
async def test_unknown_methods_are_errors(client):
    with pytest.raises(Exception) as caught:
        await client.protocol.send_request_async("safesh/nothing", {})
    assert "-32601" in repr(caught.value) or getattr(caught.value, "code", None) == -32601
