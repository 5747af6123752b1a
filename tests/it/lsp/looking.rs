//! What an editor shows: diagnostics, hover, hints, colours.

use serde_json::{Value, json};

use super::client::{Client, URI};

#[test]
fn mistakes_are_shown_with_their_fixes() {
    let mut client = Client::open("let peak = 1e-3\nwarmup(5 epocs) >> cosine(peak => 0)");
    let found = client.diagnostics(1);
    assert_eq!((found.len(), &found[0]["code"]), (2, &json!("S0201")), "{found:?}");
    assert_eq!(
        (&found[1]["code"], &found[1]["source"], &found[1]["severity"]),
        (&json!("S0105"), &json!("etude"), &json!(1))
    );
    assert_eq!(found[1]["range"], range(1, 31, 33));
    let edit = fix(&mut client, &found[1], true);
    assert_eq!(edit, json!([{ "range": range(1, 31, 33), "newText": "->" }]));

    // A part of the text is changed.
    let change = json!({ "range": range(1, 31, 33), "text": "->" });
    client.note(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [change] }),
    );
    let found = client.diagnostics(2);
    assert_eq!((found.len(), &found[0]["code"]), (1, &json!("S0201")), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("did you mean `epochs`?"));
    let edit = fix(&mut client, &found[0], false);
    assert_eq!(edit[0]["newText"], "epochs");

    client.change(3, "let unused = 1\nlet a = 2\nlet a = 3\na");
    let found = client.diagnostics(3);
    assert_eq!(
        found[0]["relatedInformation"][0]["location"],
        json!({ "uri": URI, "range": range(1, 4, 5) }),
        "{found:?}"
    );
    client.change(4, "let unused = 1\n2");
    assert_eq!(client.diagnostics(4)[0]["tags"], json!([1]));
    client.note("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    client.wait("didClose", |m| {
        m["method"] == "textDocument/publishDiagnostics" && m["params"]["diagnostics"] == json!([])
    });
}

/// The edits of the only fix of a diagnostic.
fn fix(client: &mut Client, diagnostic: &Value, preferred: bool) -> Value {
    let context = json!({ "diagnostics": [diagnostic], "only": ["quickfix"] });
    let params = json!({ "textDocument": { "uri": URI }, "range": diagnostic["range"], "context": context });
    let actions = client.ask("textDocument/codeAction", params);
    assert_eq!(actions.as_array().unwrap().len(), 1, "{actions}");
    assert_eq!((&actions[0]["kind"], &actions[0]["isPreferred"]), (&json!("quickfix"), &json!(preferred)));
    assert_eq!(actions[0]["diagnostics"][0]["code"], diagnostic["code"]);
    actions[0]["edit"]["changes"][URI].clone()
}

fn range(line: u64, start: u64, end: u64) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

#[test]
fn hover_explains_words_durations_and_phases() {
    let mut client = Client::open("# note\nlet peak = 1e-3\nwarmup(5%) >> cosine(peak -> 0) | clamp(min: 1e-6)");
    let mut hover = |line, character| client.at("textDocument/hover", line, character)["contents"]["value"].clone();
    assert_eq!(hover(0, 3), Value::Null);
    let warmup = hover(2, 1).as_str().unwrap().to_owned();
    for part in
        ["warmup(d, from: 0, to:,", "a ramp from", "* `skip_zero`", "steps 0 .. 500 (5.0%), value 0 -> 1e-3", "`▁"]
    {
        assert!(warmup.contains(part), "{part}: {warmup}");
    }
    assert!(hover(2, 8).as_str().unwrap().starts_with("`%`: of the enclosing span"));
    assert!(hover(2, 7).as_str().unwrap().starts_with("`5%` = 500 steps of 10 000"));
    assert!(hover(2, 11).as_str().unwrap().contains("phases in time"));
    assert!(hover(2, 22).as_str().unwrap().starts_with("```etude\nlet peak = 1e-3\n```"));
    let cosine = hover(2, 15).as_str().unwrap().to_owned();
    for entry in ["half a cosine wave", "SGDR", "steps 500 .. 10 000 (95.0%), value 1e-3 -> 0", "█"] {
        assert!(cosine.contains(entry), "{entry}: {cosine}");
    }
    client.change(3, "optimizer sgd {\n  lr: warmup(5%, skip_zero: true) >> 1\n  momentum: 0.9\n}");
    let mut hover = |line, character| client.at("textDocument/hover", line, character)["contents"]["value"].to_string();
    assert!(hover(1, 19).contains("`skip_zero` (true | false, default `false`): "), "{}", hover(1, 19));
    assert!(hover(2, 4).contains("`momentum`: "), "{}", hover(2, 4));
    client.change(4, "run { epochs: 2, device: cuda }");
    let device = client.at("textDocument/hover", 0, 18)["contents"]["value"].to_string();
    assert!(device.contains("`device`: where it trains"), "{device}");
    client.change(5, "wsd(1e-3, up: 100 steps) * sin(run.t) + t");
    let mut hover = |character| client.at("textDocument/hover", 0, character)["contents"]["value"].to_string();
    assert!(hover(1).contains("wsd(peak, up: 5%, ") && hover(1).contains("Hägele"));
    assert!(hover(29).contains("sin(x), computed pointwise"));
    assert!(hover(33).contains("the share of the run"));
}

fn hints(client: &mut Client) -> Vec<(u64, u64, String)> {
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } });
    let list = client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": whole }));
    let hint = |h: &Value| {
        let at = &h["position"];
        (at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap(), h["label"].as_str().unwrap().to_owned())
    };
    list.as_array().unwrap().iter().map(hint).collect()
}

#[test]
fn hints_show_steps_and_what_is_inferred() {
    let mut client = Client::open("warmup(5%) >> 1e-3 until 3 epochs >> sqrt(-> 0) for 2k steps >> -> 1e-5");
    let hint = |line, at, text: &str| (line, at, text.to_owned());
    assert_eq!(
        hints(&mut client),
        [
            hint(0, 9, "= 500 steps"),
            hint(0, 10, "-> 1e-3"),
            hint(0, 33, "= 1 500 steps"),
            hint(0, 42, "1e-3"),
            hint(0, 64, "0"),
        ]
    );
    // `%` is of the cycle within a cycle; what means several things has no hint; nor has what is written.
    client.change(2, "let d = 10%\nwarmup(d, to: 1) for d >> ((1 for 10% >> 2) | cycle(4)) >> 3 for d");
    client.change(3, "warmup(d) >> ((1 for 10% >> 2) | cycle(4)) >> 3 for d\n");
    assert_eq!(hints(&mut client), []);
    client.change(4, "let d = 10%\nwarmup(d, to: 1) >> ((1 for 10% >> 2) | cycle(4)) >> 3 for d");
    assert_eq!(hints(&mut client), [hint(0, 11, "= 1 000 steps"), hint(1, 31, "= 200 steps")]);
    client.change(5, "let d = 10%\n((1 for d >> 2) | cycle(4)) >> 3 for d");
    assert_eq!(hints(&mut client), []);
}

#[test]
fn words_are_coloured_by_meaning() {
    let source = "# é😀\nlet f(x) = 2x * x # n\nf(x: 5%) >> cosine(1 -> 0) for 10 steps | clamp(min: t)";
    for (encoding, length) in [("utf-16", 5), ("utf-8", 8)] {
        let mut client = Client::start();
        let capabilities = json!({ "general": { "positionEncodings": ["utf-32", encoding] } });
        let legend = client.initialize(capabilities, json!({ "clock": { "steps": 1000 } }))["capabilities"].clone();
        assert_eq!(legend["positionEncoding"], encoding);
        let types = legend["semanticTokensProvider"]["legend"]["tokenTypes"].clone();
        client.show(source);
        let tokens = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": URI } }));
        let data: Vec<u64> = tokens["data"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        assert_eq!(data[2], length, "the comment's length in {encoding}");
        let (mut line, mut start, mut words) = (0, 0, vec![]);
        for token in data.chunks(5).skip(1) {
            line += token[0] as usize;
            start = if token[0] == 0 { start } else { 0 } + token[1] as usize;
            let text = &source.lines().nth(line).unwrap()[start..start + token[2] as usize];
            words.push(format!("{text}:{}", types[token[3] as usize].as_str().unwrap()));
        }
        assert_eq!(
            words.join(" "),
            "let:keyword f:function x:parameter =:operator 2:number x:keyword *:operator x:parameter # n:comment \
             f:function x:parameter 5:number %:keyword >>:operator cosine:function 1:number ->:operator 0:number \
             for:keyword 10:number steps:keyword |:operator clamp:function min:property t:variable"
        );
    }
}
