//! The requests that are answered, each by the module of its name.

use lsp_server::ErrorCode;
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, Formatting, GotoDefinition, HoverRequest,
    InlayHintRequest, PrepareRenameRequest, References, Rename, Request, SemanticTokensFullRequest,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CompletionOptions, CompletionResponse, GotoDefinitionResponse, Position,
    RenameOptions, SemanticTokensFullOptions, SemanticTokensOptions, SemanticTokensResult, ServerCapabilities,
    TextDocumentIdentifier, TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind,
};
use serde::Serialize;
use serde_json::Value;

use super::document::Document;
use super::server::Server;
use super::text::Encoding;
use super::{completion, diagnostics, edit, hints, hover, rename, tokens};

type Answer = Result<Value, (ErrorCode, String)>;

/// What the server can do.
pub(super) fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let actions = CodeActionOptions { code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]), ..Default::default() };
    let triggers = ["(", "|"].map(String::from).to_vec();
    let colours = SemanticTokensOptions {
        legend: tokens::legend(),
        full: Some(SemanticTokensFullOptions::Bool(true)),
        ..Default::default()
    };
    let names = RenameOptions { prepare_provider: Some(true), work_done_progress_options: Default::default() };
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => lsp_types::PositionEncodingKind::UTF8,
            Encoding::Utf16 => lsp_types::PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(true.into()),
        completion_provider: Some(CompletionOptions { trigger_characters: Some(triggers), ..Default::default() }),
        definition_provider: Some(lsp_types::OneOf::Left(true)),
        references_provider: Some(lsp_types::OneOf::Left(true)),
        document_highlight_provider: Some(lsp_types::OneOf::Left(true)),
        code_action_provider: Some(actions.into()),
        document_formatting_provider: Some(lsp_types::OneOf::Left(true)),
        rename_provider: Some(lsp_types::OneOf::Right(names)),
        inlay_hint_provider: Some(lsp_types::OneOf::Left(true)),
        semantic_tokens_provider: Some(colours.into()),
        ..Default::default()
    }
}

/// The answer to a request.
pub(super) fn answer(server: &Server, request: lsp_server::Request) -> Answer {
    let params = request.params;
    let snippets = server.snippets;
    match &*request.method {
        HoverRequest::METHOD => place::<HoverRequest>(
            server,
            params,
            |p| &p.text_document_position_params,
            |d, at, _| Ok(hover::hover(d, at)),
        ),
        Completion::METHOD => place::<Completion>(
            server,
            params,
            |p| &p.text_document_position,
            |d, at, _| Ok(Some(CompletionResponse::Array(completion::complete(d, at, snippets)))),
        ),
        GotoDefinition::METHOD => place::<GotoDefinition>(
            server,
            params,
            |p| &p.text_document_position_params,
            |d, at, _| Ok(rename::definition(d, at).map(GotoDefinitionResponse::Scalar)),
        ),
        References::METHOD => place::<References>(
            server,
            params,
            |p| &p.text_document_position,
            |d, at, p| Ok(rename::references(d, at, p.context.include_declaration)),
        ),
        DocumentHighlightRequest::METHOD => place::<DocumentHighlightRequest>(
            server,
            params,
            |p| &p.text_document_position_params,
            |d, at, _| Ok(rename::highlights(d, at)),
        ),
        PrepareRenameRequest::METHOD => {
            place::<PrepareRenameRequest>(server, params, |p| p, |d, at, _| Ok(rename::prepare(d, at)))
        }
        Rename::METHOD => place::<Rename>(
            server,
            params,
            |p| &p.text_document_position,
            |d, at, p| rename::rename(d, at, &p.new_name),
        ),
        CodeActionRequest::METHOD => {
            whole::<CodeActionRequest>(server, params, |p| &p.text_document, |d, p| Some(diagnostics::actions(d, p)))
        }
        InlayHintRequest::METHOD => {
            whole::<InlayHintRequest>(server, params, |p| &p.text_document, |d, p| Some(hints::hints(d, p.range)))
        }
        Formatting::METHOD => whole::<Formatting>(server, params, |p| &p.text_document, |d, _| Some(edit::format(d))),
        SemanticTokensFullRequest::METHOD => whole::<SemanticTokensFullRequest>(
            server,
            params,
            |p| &p.text_document,
            |d, _| Some(SemanticTokensResult::Tokens(tokens::tokens(d))),
        ),
        other => Err((ErrorCode::MethodNotFound, format!("`{other}` is not supported"))),
    }
}

/// Answers a request about a document.
fn whole<R: Request>(
    server: &Server,
    params: Value,
    document: fn(&R::Params) -> &TextDocumentIdentifier,
    answer: impl FnOnce(&Document, &R::Params) -> R::Result,
) -> Answer
where
    R::Result: Serialize,
{
    let params: R::Params = read(params)?;
    let document = open(server, document(&params))?;
    Ok(serde_json::to_value(answer(document, &params)).unwrap_or_default())
}

/// Answers a request about a place in a document.
fn place<R: Request>(
    server: &Server,
    params: Value,
    position: fn(&R::Params) -> &TextDocumentPositionParams,
    answer: impl FnOnce(&Document, usize, &R::Params) -> Result<R::Result, String>,
) -> Answer
where
    R::Result: Serialize,
{
    let params: R::Params = read(params)?;
    let TextDocumentPositionParams { text_document, position } = position(&params);
    let document = open(server, text_document)?;
    let position: Position = *position;
    let answer = answer(document, document.text.offset(position), &params);
    let answer = answer.map_err(|why| (ErrorCode::RequestFailed, why))?;
    Ok(serde_json::to_value(answer).unwrap_or_default())
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))
}

fn open<'s>(server: &'s Server, document: &TextDocumentIdentifier) -> Result<&'s Document, (ErrorCode, String)> {
    let uri = document.uri.as_str();
    server.documents.get(uri).ok_or_else(|| (ErrorCode::InvalidParams, format!("`{uri}` is not open")))
}
