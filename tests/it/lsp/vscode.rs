//! The VS Code extension: its files are whole, and its grammar knows every word of the language.
//!
//! `BLESS=1` writes the names of functions, phases and modifiers into the grammar.

use std::path::{Path, PathBuf};

use etude::catalogue::ALL;
use etude::check::{NAMES, functions};
use etude::clock::Unit;
use etude::config::{Block, Facts};
use etude::prelude;
use regex_lite::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/editors/vscode")
}

fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name)).expect(name);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The rules in the order in which an editor tries them.
fn rules() -> Vec<Value> {
    let grammar = json("syntaxes/etude.tmLanguage.json");
    let mut rules = vec![];
    for include in grammar["patterns"].as_array().unwrap() {
        let name = include["include"].as_str().unwrap().strip_prefix('#').unwrap();
        rules.extend(grammar["repository"][name]["patterns"].as_array().expect(name).iter().cloned());
    }
    rules
}

fn regex(rule: &Value, key: &str) -> Option<Regex> {
    rule[key].as_str().map(|text| Regex::new(text).unwrap_or_else(|e| panic!("{text}: {e}")))
}

/// The scope of `word` where it begins a line of this text.
fn scope(rules: &[Value], line: &str, word: &str) -> String {
    for rule in rules {
        let Some(found) = regex(rule, "match").and_then(|regex| regex.captures_at(line, 0)) else { continue };
        if found.get(0).is_some_and(|whole| whole.start() > 0) {
            continue;
        }
        let own = rule["name"].as_str().filter(|_| &found[0] == word);
        let group = (1..found.len()).find(|k| found.get(*k).is_some_and(|group| group.as_str() == word));
        let inner = group.and_then(|k| rule["captures"][k.to_string()]["name"].as_str());
        return own.or(inner).unwrap_or("none").to_owned();
    }
    "none".into()
}

/// The rules of the grammar that are lists of names, each by its scope.
fn lists() -> [(&'static str, Vec<&'static str>); 4] {
    let entries = |modifiers: bool| {
        let wanted = ALL.iter().filter(|entry| entry.modifier().is_some() == modifiers);
        wanted.map(|entry| entry.name).collect()
    };
    let pointwise = functions().filter(|name| ALL.iter().all(|entry| entry.name != *name));
    [
        ("support.function.phase", entries(false)),
        ("support.function.modifier", entries(true)),
        ("support.function.prelude", prelude::forms().map(|form| form.name).collect()),
        ("support.function", pointwise.collect()),
    ]
}

/// Whether the lists are those names; `BLESS=1` makes it so.
fn list_the_names() {
    let path = folder().join("syntaxes/etude.tmLanguage.json");
    let mut text = std::fs::read_to_string(&path).unwrap();
    let mut odd = vec![];
    for (scope, names) in lists() {
        let head = format!(r#"{{"name": "{scope}.etude", "match": "\\b(?:"#);
        let start = text.find(&head).unwrap_or_else(|| panic!("no rule for {scope}")) + head.len();
        let end = start + text[start..].find(')').expect("the list ends");
        if text[start..end] != names.join("|") {
            odd.push(scope);
            text.replace_range(start..end, &names.join("|"));
        }
    }
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, text).unwrap();
    } else {
        assert!(odd.is_empty(), "{odd:?} list other names; BLESS=1 rewrites them");
    }
}

#[test]
fn the_grammar_knows_every_word() {
    list_the_names();
    let rules = rules();
    let is = |line: &str, word: &str, expected: &str| {
        let got = scope(&rules, line, word);
        assert_eq!(got, format!("{expected}.etude"), "`{word}` in `{line}`");
    };
    for (scope, names) in lists() {
        names.iter().for_each(|name| is(name, name, scope));
    }
    NAMES.iter().for_each(|name| is(name, name, "variable.language"));
    for (unit, _) in Unit::WORDS.iter().chain(&[("x", Unit::Step)]) {
        is(&format!("10{unit}"), unit, "keyword.other.unit");
    }
    for number in ["0", "1e-3", "10_000.5E+2", ".5", "5.", "2B"] {
        is(&format!("{number} + 1"), number, "constant.numeric");
        is(&format!("{number} steps"), number, "constant.numeric");
    }
    Block::ALL.iter().for_each(|kind| is(&format!("{} x", kind.name()), kind.name(), "entity.name.type"));
    for word in ["for", "until"] {
        is(&format!("{word} 5%"), word, "keyword.control");
    }
    is("use \"x\"", "use", "keyword.other");
    is("edition 1", "edition", "keyword.other");
    is("let f(x) = x", "let", "keyword.other");
    is("let f(x) = x", "f", "entity.name.function");
    is("let a = x", "a", "variable.other");
    is("weight_decay : 1", "weight_decay", "variable.parameter");
    is("cosiness", "cosiness", "variable.other");
    is("# let", "# let", "comment.line.number-sign");
    for operator in [">>", "->", "|", "+", "-", "*", "/", "**", "="] {
        is(operator, operator, "keyword.operator");
    }
}

#[test]
fn the_files_are_whole() {
    for rule in rules() {
        let keys: Vec<bool> = ["match", "begin", "end"].iter().map(|key| regex(&rule, key).is_some()).collect();
        assert!(keys == [true, false, false] || keys == [false, true, true], "{rule}");
    }
    let package = json("package.json");
    let contributed = &package["contributes"];
    let (language, grammar) = (&contributed["languages"][0], &contributed["grammars"][0]);
    for file in [&package["main"], &language["configuration"], &grammar["path"]] {
        assert!(folder().join(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert_eq!((&language["id"], &language["extensions"][0]), (&grammar["language"], &".etude".into()));
    assert_eq!(grammar["scopeName"], json("syntaxes/etude.tmLanguage.json")["scopeName"]);
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    let configuration = json("language-configuration.json");
    assert_eq!(configuration["comments"]["lineComment"], "#");
    assert!(Regex::new(configuration["wordPattern"].as_str().unwrap()).unwrap().is_match("run.step"));
}

/// What the editor can set is what the server understands.
#[test]
fn the_settings_are_those_of_the_server() {
    let package = json("package.json");
    let properties = package["contributes"]["configuration"]["properties"].as_object().unwrap();
    let clock: Map<String, Value> = properties
        .iter()
        .filter_map(|(key, about)| Some((key.strip_prefix("etude.clock.")?.to_owned(), about["default"].clone())))
        .collect();
    assert_eq!(clock.len(), 6);
    assert_eq!(Facts::deserialize(Value::Object(clock.clone())).unwrap(), Facts::default());
    for key in clock.keys() {
        let one = Facts::deserialize(serde_json::json!({ key: 7 })).unwrap();
        assert_ne!(one, Facts::default(), "{key}");
    }
}
