//! `etude check`: reports for people and programs, several files, fixes.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::{COSINE, Place, command, etude, fails, json, stdout};

#[test]
fn check_tells_people_and_programs() {
    let text = fails(1, &["check", "-e", "warmup(5) >> cosin(1 -> 0)", "--steps", "10"]);
    assert!(text.contains("S0204") && text.contains("<expr>:1:8"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colour without a terminal: {text}");
    assert!(fails(1, &["check", "-e", "cosine(1e−3 → 0)"]).contains("<expr>:1:13"), "columns are characters");

    let output = etude(&["check", "-e", "cosin(1e-3 -> 0)", "--steps", "10", "--format", "json"]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(1), 0));
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let place = serde_json::json!({ "start": 0, "end": 5, "line": 1, "column": 1, "end_line": 1, "end_column": 6 });
    let keys = ["file", "code", "severity", "message", "span", "label", "labels", "help", "fix"];
    assert!(keys.iter().all(|key| list[0].get(key).is_some()), "{list:?}");
    assert_eq!((&list[0]["code"], &list[0]["severity"], &list[0]["span"]), (&"S0202".into(), &"error".into(), &place));
    let edit = serde_json::json!({ "span": place, "replacement": "cosine" });
    let fix = serde_json::json!({ "edits": [edit], "applicability": "MaybeIncorrect" });
    assert_eq!(list[0]["fix"], fix);
    let mut found = etude::compile("cosin(1e-3 -> 0)", etude::Clock::steps(10)).unwrap_err();
    found.name = "<expr>".into();
    assert_eq!(serde_json::to_value(&found).unwrap(), Value::Array(list), "the library's structure is another");
    assert_eq!(json(&["check", "-e", "1e-3", "--format", "json"]), [Value::Null; 0]);
}

#[test]
fn warnings_count_when_asked() {
    let jump = "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)";
    assert!(etude(&["check", "-e", jump, "--steps", "100"]).status.success());
    assert!(fails(1, &["check", "-e", jump, "--steps", "100", "--deny-warnings"]).contains("W0302"));
    assert!(
        etude(&["check", "-e", COSINE, "--steps", "100", "--deny-warnings"]).status.success(),
        "a note is no warning"
    );
}

#[test]
fn at_most_twenty_findings_are_shown() {
    let place = Place::new("many");
    let file = place.file("many.etude", (0..30).map(|i| format!("a{i}: cosin({i})\n")).collect::<String>());
    let text = fails(1, &["check", &file, "--steps", "10"]);
    assert_eq!(text.matches("S0202").count(), 20, "{text}");
    assert!(text.contains("and 10 more") && text.contains("30 errors"), "{text}");
}

/// What `check` prints on stdout and whether all is well, however that may be.
fn report(args: &[&str]) -> (String, bool) {
    let output = etude(&[&["check"], args].concat());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[test]
fn several_programs_have_their_own_findings() {
    let place = Place::new("many-files");
    let (a, b) = (place.file("a.etude", "cosin(1 -> 0)\n"), place.file("b.etude", "1e-3\nnull +\n"));
    let text = fails(1, &["check", &a, &b, "-e", "1e-3", "--steps", "10"]);
    assert!(text.contains("a.etude: 1 error") && text.contains("<expr>: no mistakes"), "{text}");
    let (text, _) = report(&[&a, &b, "--steps", "10", "--format", "json"]);
    let list: Vec<Value> = serde_json::from_str(&text).unwrap();
    let files: Vec<&str> = list.iter().map(|d| d["file"].as_str().unwrap()).collect();
    assert_eq!((files[0], files.last()), (&*a, Some(&&*b)));
    // A file that cannot be read hides no other.
    let missing = place.0.join("none").to_str().unwrap().to_owned();
    let text = fails(1, &["check", &missing, &a, "--steps", "10"]);
    assert!(text.contains("no such file") && text.contains("a.etude: 1 error"), "{text}");
    assert!(fails(1, &["check", &missing, "-e", "1e-3", "--steps", "10"]).contains("<expr>: no mistakes"));
    fails(2, &["check", "--steps", "10"]);
}

#[test]
fn workflow_commands_name_the_place() {
    let place = Place::new("github");
    let file = place.file("a b.etude", "1e-3 +\n  cosin(1 -> 0)\n");
    let (text, fine) = report(&[&file, "--steps", "10", "--format", "github"]);
    let start = format!(
        "::error file={file},line=2,endLine=2,col=3,endColumn=8,title=S0202::unknown function `cosin`%0Ahelp: "
    );
    assert!(!fine && text.starts_with(&start) && text.lines().count() == 1, "{text}");
}

/// What the schema of SARIF 2.1.0 requires of the properties that are there.
#[test]
fn sarif_is_well_formed() {
    let place = Place::new("sarif");
    let file = place.file("a b.etude", "let x = 1\ncosin(1 => 0,001)\n");
    let other = place.file("b.etude", "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)\n");
    let (text, fine) = report(&[&file, &other, "--steps", "100", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&text).unwrap();
    assert!(!fine && log["version"] == "2.1.0" && log["$schema"].as_str().unwrap().contains("2.1.0"));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &run["columnKind"]), (&"etude".into(), &"unicodeCodePoints".into()));
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        let texts = ["shortDescription", "fullDescription", "help"].map(|key| rule[key]["text"].as_str().unwrap());
        assert!(texts.iter().all(|text| !text.is_empty()) && rule["help"]["markdown"].is_string(), "{rule}");
    }
    let region = |place: &Value| {
        let region = &place["region"];
        let [line, column, end_line, end_column] =
            ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap());
        assert!(line >= 1 && column >= 1 && (line, column) <= (end_line, end_column), "{region}");
        (line, column)
    };
    let located = |location: &Value| {
        let place = &location["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.contains(' ') && uri.ends_with(".etude"), "{uri}");
        region(place)
    };
    let results = run["results"].as_array().unwrap();
    let mut places = vec![];
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        places.push((result["ruleId"].as_str().unwrap(), located(&result["locations"][0])));
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            located(related);
            assert!(related["id"].is_u64() && related["message"]["text"].is_string(), "{related}");
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            let change = &fix["artifactChanges"][0];
            assert!(change["artifactLocation"]["uri"].is_string() && fix["description"]["text"].is_string());
            let replacement = &change["replacements"][0];
            assert!(replacement["insertedContent"]["text"].is_string());
            let deleted = &replacement["deletedRegion"];
            assert!(deleted["startLine"].is_u64() && deleted["endColumn"].is_u64(), "{deleted}");
        }
    }
    assert_eq!(places, [("S0105", (2, 9)), ("S0108", (2, 12)), ("W0308", (1, 1)), ("W0302", (1, 25))]);
    assert!(results[0]["fixes"].is_array() && results[3]["relatedLocations"].is_array(), "{text}");
}

#[test]
fn certain_fixes_are_written() {
    let place = Place::new("fix");
    let wrong = "\u{feff}lr: cosine(1e-3 => 0, for=80%) >> 1 for 5 %\r\nbeta1: 0.9 ^ 2 # ü\r\n";
    let file = place.file("a.etude", wrong);
    let output = etude(&["check", "--fix", &file, "--steps", "100"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{text}");
    assert!(text.contains("a.etude:1:17: fixed S0105: `=>` to `->`\n") && text.ends_with(": no mistakes\n"), "{text}");
    let mended = "\u{feff}lr: cosine(1e-3 -> 0, for: 80%) >> 1 for 5%\r\nbeta1: 0.9 ** 2 # ü\r\n";
    assert_eq!(fs::read_to_string(&file).unwrap(), mended);
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 1, "something is left beside it");

    // What would still not read stays as it is, to the byte and the time of its last change.
    let file = place.file("b.etude", "cosine(1e-3 => 0) >> cosine(1 -> )\n");
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    let text = fails(1, &["check", "--fix", &file, "--steps", "100"]);
    assert!(text.contains("1 fix was not applied") && text.contains("2 errors"), "{text}");
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);

    // What is left is reported where it is, also in a file that is used, and that is left alone.
    place.file("base.etude", "let peak = 1\nlet low = nobody\n");
    let file = place.file("d.etude", "use \"base.etude\"\nlr: peak ^ 2 * low\n");
    let text = fails(1, &["check", "--fix", &file, "--steps", "100"]);
    assert!(text.contains("unknown name `nobody`") && text.contains("base.etude:2:11"), "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "use \"base.etude\"\nlr: peak ** 2 * low\n");

    // What is left is reported, in any format; what is no file is printed.
    let file = place.file("c.etude", "cosin(1e-3 => 0)\n");
    let (text, fine) = report(&["--fix", &file, "--steps", "100", "--format", "json"]);
    let left: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!fine && left.len() == 1 && left[0]["code"] == "S0202", "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "cosin(1e-3 -> 0)\n");
    assert_eq!(stdout(&["check", "--fix", "-e", "1e-3 ^ 2", "--steps", "9"]), "1e-3 ** 2\n");
    let mut child = command(&["check", "--fix", "-", "--steps", "9"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"1 ^ 2\n# end\n").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"1 ** 2\n# end\n");
    assert!(fails(1, &["check", "--fix", "-e", "1", "--format", "json"]).contains("fix a file"));
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new("readonly");
    let file = place.file("a.etude", "1 ^ 2\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    assert!(fails(1, &["check", "--fix", &file, "--steps", "9"]).contains("read-only"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "1 ^ 2\n");
}

#[test]
fn the_environment_says_how_to_draw() {
    let drawn = |set: &[(&str, &str)]| {
        let mut command = command(&["check", "-e", "0.1 * (step < 30)", "--steps", "100"]);
        let output = command.envs(set.iter().copied()).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max();
    assert!(drawn(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    for plain in [&[("CLICOLOR_FORCE", "0")][..], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]] {
        assert!(!drawn(plain).contains('\u{1b}'), "{plain:?}");
    }
    assert!(widest(&drawn(&[])) > Some(60) && widest(&drawn(&[("COLUMNS", "60")])) <= Some(60));
}

#[test]
fn settings_are_checked_behind_syntax() {
    let place = Place::new("behind");
    let file = place.file("c.etude", "model mlp(activation: rleu)\noptimizer adamw { lr: cosine(1e-3 => 0) }\n");
    let text = fails(1, &["check", &file]);
    assert!(text.contains("S0105") && text.contains("C0503") && text.contains("2 errors"), "{text}");
}
