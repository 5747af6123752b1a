//! An editor: starts the server, sends messages and waits for answers, but never for ever.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Far more than any answer takes, on a busy machine, too.
const PATIENCE: Duration = Duration::from_secs(60);

pub const URI: &str = "file:///a%20folder/%C3%A9tude.etude";

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that nothing has waited for yet.
    waiting: Vec<Value>,
    next: u64,
}

impl Client {
    /// Starts a server and says nothing yet.
    pub fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_etude"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self { child, input, messages, waiting: vec![], next: 0 }
    }

    /// A server that knows the client and the run, with one open document.
    pub fn open(text: &str) -> Self {
        let mut client = Self::start();
        client.initialize(json!({}), json!({ "clock": { "steps": 10_000, "steps_per_epoch": 500 } }));
        client.show(text);
        client
    }

    pub fn initialize(&mut self, capabilities: Value, options: Value) -> Value {
        let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options });
        let result = self.ask("initialize", params);
        self.note("initialized", json!({}));
        result
    }

    pub fn show(&mut self, text: &str) {
        let document = json!({ "uri": URI, "languageId": "etude", "version": 1, "text": text });
        self.note("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Puts `text` in place of everything.
    pub fn change(&mut self, version: i32, text: &str) {
        let document = json!({ "uri": URI, "version": version });
        self.note("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn note(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The answer to a request: its `result` or its `error`.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let answer = self.wait(method, |message| message["id"] == id);
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// The result of a request that succeeds.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.request(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The result of a request about a place in the document.
    pub fn at(&mut self, method: &str, line: u64, character: u64) -> Value {
        self.ask(
            method,
            json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } }),
        )
    }

    /// The first message that is wanted; others can still be waited for.
    pub fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(k) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(k);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) if wanted(&message) => return message,
                Ok(message) => self.waiting.push(message),
                Err(why) => panic!("no answer to {what}: {why}"),
            }
        }
    }

    /// The diagnostics of the document's version.
    pub fn diagnostics(&mut self, version: i32) -> Vec<Value> {
        let wanted = |m: &Value| m["method"] == "textDocument/publishDiagnostics" && m["params"]["version"] == version;
        let message = self.wait("didOpen or didChange", wanted);
        assert_eq!(message["params"]["uri"], URI);
        message["params"]["diagnostics"].as_array().expect("a list").clone()
    }

    /// Ends the input, and waits for the server's end.
    pub fn end(mut self) -> ExitStatus {
        drop(self.input.take());
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("the child can be waited for") {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(number) => length = number.parse().expect("a length"),
            None if line.trim_end().is_empty() => break,
            None => panic!("the server writes {line:?}"),
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("the server writes JSON"))
}
