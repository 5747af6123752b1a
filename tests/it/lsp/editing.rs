//! What an editor does: completion, names, formatting.

use serde_json::{Value, json};

use super::client::{Client, URI};

/// The labels that are offered at the end of a text, which need not parse.
fn offered(client: &mut Client, version: i32, text: &str) -> Vec<String> {
    complete(client, version, text).iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn complete(client: &mut Client, version: i32, text: &str) -> Vec<Value> {
    client.change(version, text);
    let line = text.matches('\n').count() as u64;
    let character = text.rsplit('\n').next().unwrap().encode_utf16().count() as u64;
    client.at("textDocument/completion", line, character).as_array().unwrap().clone()
}

#[test]
fn completion_knows_the_place() {
    let mut client = Client::open("");
    // The text, what is offered among others, and what is not.
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &["cosine", "let", "run", "optimizer", "wsd", "min", "t", "warmup"], &["clamp(", "cycle", "steps"]),
        (
            "let peak = 1\nlet f(x) = x\nwarmup(5%) >> ",
            &["cosine", "peak", "f", "for", "until"],
            &["cycle", "run", "x"],
        ),
        ("let f(rate, up: 5%) = ra", &["rate", "up", "rex"], &[]),
        ("cosine(1 -> 0) | ", &["cycle", "clamp", "plateau", "reverse"], &["cosine", "t"]),
        ("cosine(1 -> 0) | cy", &["cycle"], &["cosine"]),
        ("warmup(5 ", &["steps", "epochs", "tokens", "for"], &["cosine", "step"]),
        ("warmup(5 st", &["steps"], &["cosine"]),
        ("warmup(5%, ", &["from", "to", "shape", "skip_zero", "cosine"], &["ends"]),
        ("warmup(5%, to: 1, ", &["from", "shape"], &["to"]),
        ("warmup(5%, shape: ", &["linear", "cosine", "exp"], &["t", "from"]),
        ("warmup(5%, skip_zero: ", &["true", "false"], &["t"]),
        ("1 | plateau(", &["val_loss", "factor", "patience"], &[]),
        ("wsd(", &["peak", "up", "down", "end"], &[]),
        ("let f(rate) = rate\nf(", &["rate"], &[]),
        ("run { ", &["epochs", "batch", "seed", "device"], &["lr", "cosine"]),
        ("run { device: ", &["cpu", "cuda", "\"cuda:1\""], &["cosine", "epochs"]),
        ("optimizer ", &["adamw", "sgd"], &["cosine"]),
        ("optimizer adamw {\n  lr: 1e-3\n  ", &["beta1", "weight_decay", "lr"], &["cosine", "momentum"]),
        ("optimizer adamw { lr: ", &["cosine", "warmup"], &["beta1"]),
        ("data ", &["\"digits\""], &["cosine"]),
        ("1e-3 # ", &[], &["cosine"]),
        ("data \"", &[], &["cosine"]),
        ("12", &[], &["steps"]),
    ];
    for (version, (text, among, not)) in (2..).zip(cases) {
        let labels = offered(&mut client, version, text);
        let missing: Vec<_> = among.iter().filter(|word| !labels.iter().any(|l| l == *word)).collect();
        assert!(missing.is_empty(), "{text:?} does not offer {missing:?}: {labels:?}");
        assert!(!labels.iter().any(|l| not.contains(&l.as_str())), "{text:?} offers one of {not:?}");
        assert!(!among.is_empty() || labels.is_empty(), "{text:?} offers {labels:?}");
    }
    for entry in etude::catalogue::ALL {
        let text = if matches!(entry.form, etude::catalogue::Form::Modifier(_)) { "1 | " } else { "" };
        assert!(offered(&mut client, 99, text).iter().any(|label| label == entry.name), "{}", entry.name);
    }
}

#[test]
fn completion_replaces_what_is_begun() {
    let item = |client: &mut Client, text: &str, label: &str| {
        complete(client, 2, text).into_iter().find(|item| item["label"] == label).unwrap()
    };
    let mut plain = Client::open("");
    let cosine = item(&mut plain, "1 >> cos", "cosine");
    assert_eq!(cosine["textEdit"]["newText"], "cosine");
    assert_eq!(cosine["textEdit"]["range"]["start"]["character"], 5);
    assert_eq!(cosine["detail"], "cosine(a -> b)");
    assert!(cosine["documentation"]["value"].as_str().unwrap().contains("half a cosine wave"));
    assert_eq!(item(&mut plain, "1 + run.s", "run.step")["textEdit"]["range"]["start"]["character"], 4);
    let mut snippets = Client::start();
    let completion = json!({ "completionItem": { "snippetSupport": true } });
    snippets.initialize(json!({ "textDocument": { "completion": completion } }), Value::Null);
    snippets.show("");
    let cosine = item(&mut snippets, "cos", "cosine");
    assert_eq!((&cosine["textEdit"]["newText"], &cosine["insertTextFormat"]), (&json!("cosine($0)"), &json!(2)));
}

const NAMED: &str = "let peak = 1e-3 # peak
let f(x, n: peak) = x * peak / n
lr: f(peak, n: 2) -> peak
run { seed: 1 }
beta1: 1 | plateau(val_loss, mode: min)
min_lr: min(peak, f(x: 1))";

fn rename(client: &mut Client, line: u64, character: u64, new: &str) -> Result<String, Value> {
    let position = json!({ "line": line, "character": character });
    let params = json!({ "textDocument": { "uri": URI }, "position": position, "newName": new });
    let edit = client.request("textDocument/rename", params)?;
    let mut lines: Vec<String> = NAMED.lines().map(String::from).collect();
    let mut edits = edit["changes"][URI].as_array().unwrap().clone();
    edits.sort_by_key(|e| std::cmp::Reverse(e["range"]["start"]["character"].as_u64()));
    for e in edits {
        let at = |end: &str, key: &str| e["range"][end][key].as_u64().unwrap() as usize;
        let new = e["newText"].as_str().unwrap();
        lines[at("start", "line")].replace_range(at("start", "character")..at("end", "character"), new);
    }
    Ok(lines.join("\n"))
}

#[test]
fn names_are_found_and_changed_everywhere() {
    let mut client = Client::open(NAMED);
    let renamed = rename(&mut client, 2, 22, "top").unwrap();
    assert_eq!(renamed, NAMED.replace("peak", "top").replacen("# top", "# peak", 1));
    assert!(etude::syntax::parse(&renamed).is_ok());
    // A parameter: also where a call names it.
    let renamed = rename(&mut client, 1, 9, "count").unwrap();
    assert_eq!(renamed, NAMED.replace("n: ", "count: ").replace("/ n", "/ count"));
    assert_eq!(
        rename(&mut client, 1, 4, "g").unwrap(),
        NAMED.replace("let f", "let g").replace("f(peak", "g(peak").replace("f(x: 1", "g(x: 1")
    );
    for (new, why) in [
        ("f", "bound already"),
        ("cosine", "meaning"),
        ("run.t", "not a name"),
        ("let", "not a name"),
        ("a b", "not a name"),
        ("", "not a name"),
        ("x", "bound"),
    ] {
        let error = rename(&mut client, 0, 4, new).unwrap_err();
        assert!(error["message"].as_str().unwrap().contains(why), "{new}: {error}");
    }
    assert!(rename(&mut client, 4, 20, "y").is_err(), "a metric is no name");
    assert_eq!(client.at("textDocument/prepareRename", 4, 20), Value::Null);
    let prepared = client.at("textDocument/prepareRename", 2, 7);
    assert_eq!((&prepared["placeholder"], &prepared["range"]["start"]["character"]), (&json!("peak"), &json!(6)));

    let defined = client.at("textDocument/definition", 2, 7);
    assert_eq!((&defined["uri"], &defined["range"]["start"]), (&json!(URI), &json!({ "line": 0, "character": 4 })));
    assert_eq!(client.at("textDocument/documentHighlight", 0, 5).as_array().unwrap().len(), 6);
    let position = json!({ "line": 0, "character": 5 });
    let params =
        json!({ "textDocument": { "uri": URI }, "position": position, "context": { "includeDeclaration": false } });
    assert_eq!(client.ask("textDocument/references", params).as_array().unwrap().len(), 5);
    client.change(2, "let peak = 1e-3\npeak >>");
    assert!(rename(&mut client, 0, 4, "top").unwrap_err()["message"].as_str().unwrap().contains("does not parse"));
}

#[test]
fn a_device_is_no_name() {
    let mut client = Client::open("let cuda = 2\nrun { epochs: cuda, device: cuda }");
    let uses = client.at("textDocument/documentHighlight", 0, 4);
    let places: Vec<_> = uses.as_array().unwrap().iter().map(|u| u["range"]["start"]["character"].clone()).collect();
    assert_eq!(places, [4, 14]);
    assert_eq!(client.at("textDocument/prepareRename", 1, 29), Value::Null);
}

#[test]
fn formatting_changes_only_lines_that_differ() {
    let mut client = Client::open("let a = 1\nlet b=2\na  +  b # é😀\n");
    let mut format = |version, text: &str| {
        client.change(version, text);
        let options = json!({ "tabSize": 8, "insertSpaces": false });
        client.ask("textDocument/formatting", json!({ "textDocument": { "uri": URI }, "options": options }))
    };
    let edits = format(2, "let a = 1\nlet b=2\na  +  b # é😀\n");
    let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 3, "character": 0 } });
    assert_eq!(edits, json!([{ "range": range, "newText": "let b = 2\na + b  # é😀\n" }]));
    let edits = format(3, "let a=1\na");
    assert_eq!(edits[0]["newText"], "let a = 1\na\n");
    assert_eq!(format(4, "let a = 1\n\na\n"), json!([]));
    assert_eq!(format(5, "let a = \n"), json!([]));
    assert_eq!(format(6, "1\n\n\n")[0]["newText"], "");
}

#[test]
fn names_cross_files() {
    let mut client = Client::open("use \"base.etude\"\nlr: peak / 2");
    let base = URI.replace("%C3%A9tude", "base");
    let document = json!({ "uri": base, "languageId": "etude", "version": 7, "text": "# the peak\nlet peak = 1e-3" });
    client.note("textDocument/didOpen", json!({ "textDocument": document }));
    let place = client.at("textDocument/definition", 1, 5);
    assert_eq!((&place["uri"], &place["range"]["start"]["line"]), (&json!(base), &json!(1)));
    let position = json!({ "line": 1, "character": 5 });
    let params = json!({ "textDocument": { "uri": URI }, "position": position, "newName": "top" });
    let edit = client.ask("textDocument/rename", params);
    for uri in [URI, base.as_str()] {
        let edits = edit["changes"][uri].as_array().unwrap();
        assert_eq!((edits.len(), &edits[0]["range"]["start"]["line"]), (1, &json!(1)), "{uri}");
    }
}
