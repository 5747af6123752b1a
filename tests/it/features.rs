//! examples/FEATURES.md cannot rot: each of its rows leads to a case or an example that is there, and together they
//! show every phase, modifier and derived form.
//!
//! `BLESS=1` adds a row for each that is not shown, with the first of its cases; what other libraries have is for people
//! to fill in.

use std::fs;
use std::path::{Path, PathBuf};

use etude::{catalogue, prelude};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// The cells of a row. A bar within a program is written `\|`.
fn cells(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\0");
    line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// The programs of a file of cases for which values are given.
fn valued(text: &str) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = text.lines().collect();
    (0..lines.len()).filter_map(move |k| {
        let (program, _) = lines[k].split_once("   @ ")?;
        let values = lines[k + 1..].iter().find(|line| !line.starts_with('#'))?;
        (values.contains(") == ") || values.contains(") ~ ")).then_some(program)
    })
}

fn calls(program: &str, name: &str) -> bool {
    program.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// The programs that the page shows; each has a case.
fn shown(page: &str) -> Vec<String> {
    let (mut columns, mut shown) = (None, vec![]);
    for (k, line) in page.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let at = format!("FEATURES.md:{}", k + 1);
        let cells = cells(line);
        assert_eq!(*columns.get_or_insert(cells.len()), cells.len(), "{at}: another number of cells");
        if cells[0].is_empty() || cells[0].starts_with("---") {
            continue;
        }
        assert!(cells[2..cells.len() - 1].iter().all(|cell| matches!(&**cell, "" | "•")), "{at}: a dot or nothing");
        let link = cells[1].strip_prefix("[`").and_then(|c| c.strip_suffix(')')).and_then(|c| c.split_once("`]("));
        let (name, file) = link.unwrap_or_else(|| panic!("{at}: `{}` is no [`program`](file)", cells[1]));
        let text = fs::read_to_string(folder().join(file)).unwrap_or_else(|e| panic!("{at}: {file}: {e}"));
        assert!(
            name == file || valued(&text).any(|case| case == name),
            "{at}: {file} has no case `{name}` with values"
        );
        shown.push(name.to_owned());
    }
    shown
}

/// Everything that has to be shown: the section that it belongs to, the file of its cases, and its name.
fn names() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let entries = catalogue::ALL.iter().map(|entry| {
        let section = if entry.modifier().is_some() { "## Composition" } else { "## Shapes" };
        (section, entry.name, entry.name)
    });
    entries.chain(prelude::forms().map(|form| ("## Whole recipes", "prelude", form.name)))
}

/// The page with a row for `name` at the end of its section.
fn with_row(page: &str, (section, file, name): (&str, &str, &str)) -> String {
    let file = format!("../tests/cases/{file}.etude");
    let text = fs::read_to_string(folder().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    let case = valued(&text).find(|case| calls(case, name));
    let case = case.unwrap_or_else(|| panic!("{file} has no case of `{name}` with values")).replace('|', "\\|");
    let start = page.find(section).unwrap_or_else(|| panic!("FEATURES.md has no `{section}`"));
    let table = start + page[start..].find("\n|").expect("a table in each section") + 1;
    let end = page[table..].find("\n\n").map_or(page.trim_end().len(), |len| table + len);
    let columns = cells(page[table..].lines().next().unwrap_or("")).len();
    let (before, after) = page.split_at(end);
    format!("{before}\n| {name} | [`{case}`]({file}) |{}{after}", " |".repeat(columns - 2))
}

#[test]
fn the_features_lead_to_cases() {
    let path = folder().join("FEATURES.md");
    let page = fs::read_to_string(&path).expect("the page is readable");
    let shown = shown(&page);
    let missing = names().filter(|(.., name)| !shown.iter().any(|program| calls(program, name)));
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        let blessed = missing.fold(page, |page, row| with_row(&page, row));
        fs::write(&path, blessed).expect("the page is writable");
    } else {
        let missing: Vec<&str> = missing.map(|(.., name)| name).collect();
        assert!(missing.is_empty(), "FEATURES.md does not show {missing:?}; BLESS=1 adds them");
    }
}
