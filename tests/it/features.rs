//! examples/FEATURES.md cannot rot: each of its rows leads to a case or an example that is there, and together they
//! show every phase, modifier and derived form.

use std::fs;
use std::path::Path;

#[test]
fn the_features_lead_to_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let page = fs::read_to_string(folder.join("FEATURES.md")).expect("the page is readable");
    let (mut columns, mut shown) = (None, vec![]);
    for (k, line) in page.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let at = format!("FEATURES.md:{}", k + 1);
        // A bar within a program is written `\|`.
        let line = line.replace("\\|", "\0");
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|c| c.trim().replace('\0', "|")).collect();
        assert_eq!(*columns.get_or_insert(cells.len()), cells.len(), "{at}: another number of cells");
        if cells[0].is_empty() || cells[0].starts_with("---") {
            continue;
        }
        assert!(cells[2..cells.len() - 1].iter().all(|cell| matches!(&**cell, "" | "•")), "{at}: a dot or nothing");
        let link = cells[1].strip_prefix("[`").and_then(|c| c.strip_suffix(')')).and_then(|c| c.split_once("`]("));
        let (name, file) = link.unwrap_or_else(|| panic!("{at}: `{}` is no [`program`](file)", cells[1]));
        let text = fs::read_to_string(folder.join(file)).unwrap_or_else(|e| panic!("{at}: {file}: {e}"));
        let lines: Vec<&str> = text.lines().collect();
        let valued = |k: usize| {
            let after = lines[k + 1..].iter().find(|line| !line.starts_with('#'));
            after.is_some_and(|values| values.contains(") == ") || values.contains(") ~ "))
        };
        let program = format!("{name}   @ ");
        let case = (0..lines.len()).any(|k| lines[k].starts_with(&program) && valued(k));
        assert!(case || name == file, "{at}: {file} has no case `{name}` with values");
        shown.push(name.to_owned());
    }
    let names = etude::catalogue::ALL.iter().map(|e| e.name).chain(etude::prelude::forms().map(|form| form.name));
    for name in names {
        let calls = |program: &String| {
            let words = |c: char| !c.is_alphanumeric() && c != '_';
            program.split(words).any(|word| word == name)
        };
        assert!(shown.iter().any(calls), "FEATURES.md does not show `{name}`");
    }
}
