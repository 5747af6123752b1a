//! The conversation: its beginning and end, settings, and messages that make no sense.

use serde_json::{Value, json};

use super::client::{Client, URI};

const COSINE: &str = "warmup(5%) >> cosine(1e-3 -> 0)";

#[test]
fn the_conversation_begins_and_ends() {
    let mut client = Client::start();
    let early = client.request("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(early["code"], -32002);
    let result = client.initialize(json!({}), Value::Null);
    assert_eq!(result["serverInfo"]["name"], "etude");
    let able = &result["capabilities"];
    assert_eq!(able["positionEncoding"], "utf-16");
    for provider in ["hover", "definition", "references", "documentFormatting", "inlayHint", "documentHighlight"] {
        assert_eq!(able[format!("{provider}Provider")], true, "{provider}");
    }
    assert_eq!(client.request("initialize", json!({ "capabilities": {} })).unwrap_err()["code"], -32600);
    assert_eq!(client.ask("shutdown", Value::Null), Value::Null);
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32600);
    client.note("exit", Value::Null);
    assert!(client.end().success());
}

#[test]
fn an_end_without_shutdown_is_a_failure() {
    let mut client = Client::open("1");
    client.note("exit", Value::Null);
    assert_eq!(client.end().code(), Some(1));
    assert_eq!(Client::open("1").end().code(), Some(1));
}

#[test]
fn what_makes_no_sense_is_refused_and_the_server_goes_on() {
    let mut client = Client::start();
    client.raw(b"GET / HTTP/1.1\r\n\r\nContent-Length: -1\r\n\r\n\xff\xfe\n");
    client.raw(b"Content-Length: 3\r\n\r\n{{{");
    let refused = client.wait("garbage", |m| m["error"]["code"] == -32700);
    assert_eq!(refused["id"], Value::Null);
    client.raw(b"Content-Length: 4\r\n\r\n\xff\xff\xff\xff");
    client.send(&json!([1, 2]));
    client.send(&json!({ "jsonrpc": "2.0" }));
    client.send(&json!({ "jsonrpc": "2.0", "id": 7, "result": { "no": "request" } }));
    let deep = "[".repeat(100_000);
    client.raw(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    assert_eq!(client.request("initialize", json!({ "capabilities": 3 })).unwrap_err()["code"], -32602);
    client.initialize(json!({}), json!({ "clock": { "steps": -1, "seps": 3 } }));
    client.wait("a bad setting", |m| m["method"] == "window/logMessage");
    client.show(COSINE);

    assert_eq!(client.request("textDocument/nonsense", json!({})).unwrap_err()["code"], -32601);
    for method in ["hover", "completion", "rename", "formatting", "codeAction", "inlayHint", "semanticTokens/full"] {
        for params in [
            json!(null),
            json!([]),
            json!({ "textDocument": { "uri": 5 } }),
            json!({ "textDocument": { "uri": "::" } }),
        ] {
            let error = client.request(&format!("textDocument/{method}"), params).unwrap_err();
            assert_eq!(error["code"], -32602, "{method}: {error}");
        }
    }
    let closed = json!({ "textDocument": { "uri": "file:///other" }, "position": { "line": 0, "character": 0 } });
    assert!(
        client.request("textDocument/hover", closed).unwrap_err()["message"].as_str().unwrap().contains("not open")
    );
    client.note(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "file:///other", "version": 1 }, "contentChanges": [] }),
    );
    client.note("textDocument/didOpen", json!({ "textDocument": 1 }));
    client.note("$/cancelRequest", json!({ "id": 99 }));
    client.note("$/setTrace", json!({ "value": "off" }));
    client.note("no/such/thing", json!({ "deep": [[[[]]]] }));
    for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX), (0, 31), (1, 0)] {
        for method in ["hover", "completion", "definition", "prepareRename", "documentHighlight"] {
            client.at(&format!("textDocument/{method}"), line.into(), character.into());
        }
    }
    let range = json!({ "start": { "line": 9, "character": 9 }, "end": { "line": 0, "character": 0 } });
    client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": range }));
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": { "diagnostics": [] } });
    client.ask("textDocument/codeAction", params);
    assert!(
        client
            .request(
                "textDocument/hover",
                json!({ "textDocument": { "uri": URI }, "position": { "line": -1, "character": 0 } })
            )
            .is_err()
    );
}

/// Broken, huge and strange documents get answers like any other.
#[test]
fn any_document_is_answered() {
    let mut client = Client::open("");
    let long = format!("table([{}])", vec!["1e-3"; 150_000].join(", "));
    let wide = format!("# {}\n1", "😀é".repeat(100_000));
    let one_line = vec!["cosine(1e-3 -> 0) for 0.01%"; 5_000].join(" >> ");
    let documents = [
        "(((((",
        "let",
        "\"",
        "let x = x\nx",
        "\u{feff}1",
        "1\r2",
        "\0",
        "1 |",
        "f(",
        "{",
        "run {",
        "let f(",
        "5 ",
        "é",
        "# é",
        "optimizer adamw { lr: 1e-3",
        "😀 >> 😀",
        "run { epochs: 1e300 }",
        "lr: 1\nlr: 2",
        "\r\n\r\n",
        &"(".repeat(50_000),
        &"x".repeat(2_000_000),
        &long,
        &wide,
        &one_line,
    ];
    for (version, text) in (2..).zip(documents) {
        client.change(version, text);
        let head: String = text.chars().take(20).collect();
        let line = text.lines().count().saturating_sub(1) as u64;
        let end = text.lines().last().map_or(0, |l| l.encode_utf16().count() as u64);
        for (line, character) in [(0, 0), (line, end), (line, end / 2)] {
            for method in ["hover", "completion", "definition", "prepareRename"] {
                client.at(&format!("textDocument/{method}"), line, character);
            }
        }
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": u32::MAX, "character": 0 } });
        let document = json!({ "uri": URI });
        for (method, more) in [
            ("formatting", json!({ "options": { "tabSize": 2, "insertSpaces": true } })),
            ("inlayHint", json!({ "range": whole })),
            ("codeAction", json!({ "range": whole, "context": { "diagnostics": [] } })),
            ("semanticTokens/full", json!({})),
        ] {
            let mut params = more;
            params["textDocument"] = document.clone();
            client.ask(&format!("textDocument/{method}"), params);
        }
        println!("{head:?}: {} diagnostics", client.diagnostics(version).len());
    }
}

#[test]
fn the_run_is_known_from_the_file_or_the_settings() {
    let mut client = Client::start();
    client.initialize(json!({ "workspace": { "configuration": true } }), Value::Null);
    let asked = client.wait("initialized", |m| m["method"] == "workspace/configuration");
    assert_eq!(asked["params"]["items"][0]["section"], "etude");
    client.show(COSINE);
    // What the editor does not know is no mistake.
    let found = client.diagnostics(1);
    assert_eq!((found.len(), &found[0]["code"], &found[0]["severity"]), (1, &json!("E0401"), &json!(3)), "{found:?}");
    client.send(
        &json!({ "jsonrpc": "2.0", "id": asked["id"], "result": [{ "clock": { "steps": 1000, "batch": null } }] }),
    );
    assert!(client.diagnostics(1).iter().all(|d| d["severity"] == 3 && d["code"] == "W0308"));
    assert!(hover(&mut client).contains("`5%` = 50 steps of 1 000"));
    let settings = json!({ "settings": { "etude": { "clock": { "steps": 20_000 } } } });
    client.note("workspace/didChangeConfiguration", settings);
    assert!(hover(&mut client).contains("`5%` = 1 000 steps of 20 000"));
    // A file that says it needs no setting.
    client.change(2, &format!("lr: {COSINE}\nrun {{ epochs: 20, batch: 64 }}\ndata \"digits\""));
    let text = client.at("textDocument/hover", 0, 11).to_string();
    assert!(text.contains("`5%` = 23 steps of 460"), "{text}");
}

/// Recorded curves are read from the folder of the document, and from nowhere else.
#[test]
fn recordings_lie_beside_the_document() {
    let folder = std::env::temp_dir().join(format!("etude-lsp é-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("curve.csv"), "step,value\n0,1e-3\n10,0\n").unwrap();
    let path = folder.to_str().unwrap().replace('\\', "/").replace(' ', "%20").replace('é', "%C3%A9");
    let slash = if path.starts_with('/') { "" } else { "/" };
    let uri = format!("file://{slash}{path}/p.etude");
    let mut client = Client::start();
    client.initialize(json!({}), json!({ "clock": { "steps": 100 } }));
    for (name, mistakes) in [("curve.csv", 0), ("other.csv", 1), ("../curve.csv", 1)] {
        let document = json!({ "uri": uri, "languageId": "etude", "version": 1, "text": format!("table(\"{name}\")") });
        client.note("textDocument/didOpen", json!({ "textDocument": document }));
        let found = client.wait("didOpen", |m| m["params"]["uri"] == uri);
        let found = found["params"]["diagnostics"].as_array().unwrap().clone();
        assert_eq!(found.iter().filter(|d| d["severity"] == 1).count(), mistakes, "{name}: {found:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn hover(client: &mut Client) -> String {
    client.at("textDocument/hover", 0, 7).to_string()
}
