//! The terminal and the editor find the same in a file.

use std::path::Path;

use serde_json::Value;

use super::client::Client;
use crate::cli::{Place, etude};

/// The smallest wrong program of every code, what is right instead, and the examples.
fn programs() -> Vec<String> {
    let codes = ::etude::diag::all().flat_map(|code| [code.wrong, code.right]).filter(|text| !text.is_empty());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).expect("examples").map(|entry| entry.expect("an entry").path());
    let examples = files.filter(|path| path.extension().is_some_and(|e| e == "etude"));
    codes.map(String::from).chain(examples.map(|path| std::fs::read_to_string(path).expect("a text"))).collect()
}

/// Code, sentence and place of a finding: lines and characters from 0. Programs here have characters of one unit only.
type Found = (String, String, [u64; 4]);

fn terminal(found: &Value) -> Found {
    let text = |key: &str| found[key].as_str().expect("a text").to_owned();
    let at = |key: &str| found["span"][key].as_u64().expect("a number") - 1;
    (text("code"), text("message"), ["line", "column", "end_line", "end_column"].map(at))
}

fn editor(found: &Value) -> Found {
    let text = |key: &str| found[key].as_str().expect("a text");
    let at = |end: &str, part: &str| found["range"][end][part].as_u64().expect("a number");
    let place =
        [("start", "line"), ("start", "character"), ("end", "line"), ("end", "character")].map(|(e, p)| at(e, p));
    let sentence = text("message").lines().next().unwrap_or_default();
    (text("code").to_owned(), sentence.to_owned(), place)
}

#[test]
fn terminal_and_editor_find_the_same() {
    let programs = programs();
    let place = Place::new("same");
    let files: Vec<String> =
        programs.iter().enumerate().map(|(k, text)| place.file(&format!("{k}.etude"), text.as_str())).collect();
    // Flags stand before what a file says of its run, an editor's settings behind it.
    let check = |runs: bool, flags: &[&str]| -> Vec<Value> {
        let these = files.iter().zip(&programs).filter(|(_, text)| text.contains("run {") == runs);
        let these: Vec<&str> = these.map(|(file, _)| file.as_str()).collect();
        let output = etude(&[&["check", "--format", "json"], flags, &these].concat());
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let all = [check(true, &[]), check(false, &["--steps", "10000", "--steps-per-epoch", "500"])].concat();
    let mut client = Client::open("1");
    let mut compared = 0;
    for (k, (file, text)) in files.iter().zip(&programs).enumerate() {
        let home = file.rsplit_once('/').expect("a folder").0;
        let anywhere = |(code, message, place): Found| {
            // The editor's document has a folder of its own.
            (code, message.replace(home, "").replace("/a folder", ""), place)
        };
        let mine = all.iter().filter(|found| found["file"] == **file);
        let mut said: Vec<Found> = mine.map(terminal).map(anywhere).collect();
        // An editor shows what a clock lacks as a hint, once, and only where nothing else is wrong.
        if !text.is_ascii() || said.iter().any(|(code, ..)| code.starts_with("E04")) {
            continue;
        }
        let version = i32::try_from(k + 2).expect("few programs");
        client.change(version, text);
        let mut shown: Vec<Found> = client.diagnostics(version).iter().map(editor).map(anywhere).collect();
        said.sort();
        shown.sort();
        assert_eq!(said, shown, "{text}");
        compared += said.len();
    }
    assert!(compared > 100, "{compared}");
}
