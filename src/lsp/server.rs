//! What the server knows between messages.

use std::collections::HashMap;
use std::io::{self, Write};
use std::mem;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeConfiguration, DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
    DidSaveTextDocument, Exit, Initialized, LogMessage, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{Initialize, Request as _, Shutdown, WorkspaceConfiguration};
use lsp_types::{
    ConfigurationItem, ConfigurationParams, InitializeParams, LogMessageParams, MessageType, PublishDiagnosticsParams,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::diagnostics;
use super::document::{Document, path};
use super::requests::{answer, capabilities};
use super::text::{Encoding, Text};
use super::texts::{Open, Texts};
use crate::config::Facts;

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    /// Before `initialize`.
    New,
    Running,
    /// After `shutdown`.
    Down,
    /// After `exit`.
    Ended,
}

/// A language server.
#[derive(Debug)]
pub(super) struct Server {
    pub stage: Stage,
    pub was_shut_down: bool,
    /// By URI.
    pub documents: HashMap<String, Document>,
    /// Whether the client understands snippets.
    pub snippets: bool,
    encoding: Encoding,
    /// Whether the client can be asked for its settings.
    asks: bool,
    run: Facts,
    out: Vec<Message>,
    unreadable: usize,
    texts: Texts,
}

impl Server {
    pub fn new(open: Open) -> Self {
        Self {
            stage: Stage::New,
            was_shut_down: false,
            documents: HashMap::new(),
            snippets: false,
            encoding: Encoding::Utf16,
            asks: false,
            run: Facts::default(),
            out: vec![],
            unreadable: 0,
            texts: Texts::new(open),
        }
    }

    /// Takes a message in.
    pub fn hear(&mut self, message: Message) {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                let response = match self.answer(request) {
                    Ok(value) => Response::new_ok(id, value),
                    Err((code, message)) => Response::new_err(id, code as i32, message),
                };
                self.out.push(response.into());
            }
            Message::Notification(notification) => self.note(notification),
            // The only thing that is ever asked for is the settings.
            Message::Response(response) => {
                if let Ok(Value::Array(values)) = response.response_result {
                    self.set_run(values.first().unwrap_or(&Value::Null));
                }
            }
        }
    }

    /// Says that what came was no message.
    pub fn refuse(&mut self, why: &str) {
        self.unreadable += 1;
        self.log(format!("this is no message: {why}"));
    }

    /// Writes what is to be said.
    pub fn send(&mut self, output: &mut dyn Write) -> io::Result<()> {
        for _ in 0..mem::take(&mut self.unreadable) {
            // The protocol's answer to what has no readable id; `Response` cannot say it.
            let error = json!({ "code": ErrorCode::ParseError as i32, "message": "this is no message" });
            let text = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
            write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        }
        let mut output = output;
        mem::take(&mut self.out).into_iter().try_for_each(|message| message.write(&mut output))?;
        output.flush()
    }

    /// Shows the diagnostics of the documents that have changed.
    pub fn publish(&mut self) {
        let mut changed: Vec<&mut Document> = self.documents.values_mut().filter(|d| !d.shown).collect();
        changed.sort_by(|a, b| a.uri.as_str().cmp(b.uri.as_str()));
        let found: Vec<PublishDiagnosticsParams> = changed
            .into_iter()
            .map(|document| {
                document.shown = true;
                diagnostics::published(document)
            })
            .collect();
        for params in found {
            self.notify::<PublishDiagnostics>(params);
        }
    }

    fn answer(&mut self, request: Request) -> Result<Value, (ErrorCode, String)> {
        match (self.stage, &*request.method) {
            (Stage::New, Initialize::METHOD) => {
                let params: InitializeParams =
                    serde_json::from_value(request.params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))?;
                Ok(self.initialize(params))
            }
            (Stage::New, _) => Err((ErrorCode::ServerNotInitialized, "`initialize` comes first".into())),
            (Stage::Running, Initialize::METHOD) => Err((ErrorCode::InvalidRequest, "`initialize` came before".into())),
            (Stage::Running, Shutdown::METHOD) => {
                (self.stage, self.was_shut_down) = (Stage::Down, true);
                Ok(Value::Null)
            }
            (Stage::Running, _) => answer(self, request),
            (Stage::Down | Stage::Ended, _) => Err((ErrorCode::InvalidRequest, "the server is shut down".into())),
        }
    }

    fn initialize(&mut self, params: InitializeParams) -> Value {
        self.stage = Stage::Running;
        let client = params.capabilities;
        let encodings = client.general.and_then(|g| g.position_encodings).unwrap_or_default();
        if encodings.iter().any(|e| e.as_str() == "utf-8") {
            self.encoding = Encoding::Utf8;
        }
        let completion = client.text_document.and_then(|t| t.completion).and_then(|c| c.completion_item);
        self.snippets = completion.and_then(|item| item.snippet_support).unwrap_or(false);
        self.asks = client.workspace.and_then(|w| w.configuration).unwrap_or(false);
        self.set_run(&params.initialization_options.unwrap_or_default());
        json!({
            "capabilities": capabilities(self.encoding),
            "serverInfo": { "name": "etude", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn note(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match &*method {
            Exit::METHOD => self.stage = Stage::Ended,
            _ if self.stage != Stage::Running => {}
            Initialized::METHOD => self.ask(),
            DidChangeConfiguration::METHOD => match params.pointer("/settings/etude") {
                Some(settings) => self.set_run(settings),
                None => self.ask(),
            },
            DidOpenTextDocument::METHOD => self.read::<DidOpenTextDocument>(params, |server, params| {
                let opened = params.text_document;
                let text = Text::new(opened.text, server.encoding);
                let key = opened.uri.as_str().to_owned();
                let document = Document::new(opened.uri, opened.version, text, server.run, server.texts.clone());
                server.documents.insert(key.clone(), document);
                server.reads(&key);
            }),
            DidChangeTextDocument::METHOD => self.read::<DidChangeTextDocument>(params, |server, params| {
                let Some(document) = server.documents.get_mut(params.text_document.uri.as_str()) else { return };
                for change in params.content_changes {
                    let text = document.text.changed(change.range, &change.text);
                    document.change(params.text_document.version, text);
                }
                server.reads(params.text_document.uri.as_str());
            }),
            DidCloseTextDocument::METHOD => self.read::<DidCloseTextDocument>(params, |server, params| {
                let uri = params.text_document.uri;
                if server.documents.remove(uri.as_str()).is_some() {
                    if let Some(path) = path(&uri) {
                        server.texts.set(path, None);
                    }
                    server.changed(uri.as_str());
                    server.notify::<PublishDiagnostics>(PublishDiagnosticsParams::new(uri, vec![], None));
                }
            }),
            DidSaveTextDocument::METHOD | DidChangeWatchedFiles::METHOD => self.changed(""),
            _ => {}
        }
    }

    /// Lets the programs that use the document `key` read it as it is in the editor.
    fn reads(&mut self, key: &str) {
        if let Some(document) = self.documents.get(key)
            && let Some(path) = path(&document.uri)
        {
            self.texts.set(path, Some(document.source().to_owned()));
            self.changed(key);
        }
    }

    /// Looks again at the programs that read files, but not at `key`, which has just been read.
    fn changed(&mut self, key: &str) {
        let others = self.documents.iter_mut().filter(|(other, document)| *other != key && document.reads_files());
        others.for_each(|(_, document)| document.forget());
    }

    /// Passes a notification's parameters on, if they are what the protocol says.
    fn read<N: lsp_types::notification::Notification>(&mut self, params: Value, hear: fn(&mut Self, N::Params)) {
        match serde_json::from_value(params) {
            Ok(params) => hear(self, params),
            Err(e) => self.log(format!("`{}`: {e}", N::METHOD)),
        }
    }

    /// Asks the client for its settings, where it can be asked.
    fn ask(&mut self) {
        if self.asks {
            let item = ConfigurationItem { scope_uri: None, section: Some("etude".into()) };
            let params = ConfigurationParams { items: vec![item] };
            let id = String::from("settings").into();
            self.out.push(Request::new(id, WorkspaceConfiguration::METHOD.into(), params).into());
        }
    }

    /// Takes the facts of the run from the key `clock` of the settings.
    fn set_run(&mut self, settings: &Value) {
        let Some(clock) = settings.get("clock").filter(|clock| !clock.is_null()) else { return };
        match Facts::deserialize(clock) {
            Ok(run) if run == self.run => {}
            Ok(run) => {
                self.run = run;
                self.documents.values_mut().for_each(|document| document.set_run(run));
            }
            Err(e) => self.log(format!("the setting `etude.clock`: {e}")),
        }
    }

    fn log(&mut self, message: String) {
        self.notify::<LogMessage>(LogMessageParams { typ: MessageType::WARNING, message });
    }

    fn notify<N: lsp_types::notification::Notification>(&mut self, params: N::Params)
    where
        N::Params: Serialize,
    {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.out.push(Notification { method: N::METHOD.into(), params }.into());
    }
}
