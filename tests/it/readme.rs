//! README.md is true: every fenced block is executed.
//!
//! * ` ```rust ` blocks are doctests of the crate.
//! * ` ```etude ` blocks check without errors and warnings, as one program or, with `each-line`, as one program a line.
//! * ` ```console ` blocks are commands with their output, ` ```sh ` blocks are commands alone.
//! * What stands between `<!-- catalogue -->` and `<!-- /catalogue -->` is the registry.
//!
//! `BLESS=1` rewrites outputs, the catalogue and pictures.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etude::catalogue::{ALL, Entry, Form};

/// What ` ```etude ` blocks are checked with.
const CLOCK: [&str; 8] =
    ["--steps", "10000", "--steps-per-epoch", "500", "--batch", "64", "--tokens-per-sample", "2048"];
const BUILT: &str = "cargo run --release -- ";

#[test]
fn the_readme_is_true() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (blocks, wrong) = blocks(&text);
    let mut wrong: Vec<String> = wrong.into_iter().collect();
    let mut blessed = text.clone();
    let mut trained = false;
    for Block { line, info, body } in &blocks {
        let mut fail = |what: String| wrong.push(format!("README.md:{line}: {what}"));
        match info.as_str() {
            "etude" => checks(body).unwrap_or_else(fail),
            "etude each-line" => body.lines().for_each(|line| checks(line).unwrap_or_else(&mut fail)),
            "console" => {
                let (prompt, shown) = body.split_once('\n').unwrap_or((body, ""));
                let Some(command) = prompt.strip_prefix("$ etude ") else {
                    fail("a console block starts with `$ etude`".into());
                    continue;
                };
                let printed = console(command);
                if masked(command, shown) != masked(command, &printed) {
                    fail(format!("`etude {command}` prints\n{printed}"));
                    blessed =
                        blessed.replace(&fence("console", body), &fence("console", &format!("{prompt}\n{printed}")));
                }
            }
            "sh" => {
                for command in body.lines().filter_map(|line| line.strip_prefix(BUILT)) {
                    trained |= command.starts_with("train ");
                    let printed = console(&format!("{command} --set run.epochs=1"));
                    if !printed.contains("accuracy") {
                        fail(printed);
                    }
                }
            }
            "rust" | "toml" => {}
            other => fail(format!("nothing executes `{other}` blocks")),
        }
    }
    assert!(trained, "README.md does not say how to train");
    let marked = |table: &str| format!("<!-- catalogue -->{table}<!-- /catalogue -->");
    let now = between(&text, "<!-- catalogue -->", "<!-- /catalogue -->").expect("the markers of the catalogue");
    if now.trim() != catalogue().trim() {
        wrong.push("README.md: the catalogue has changed".into());
        blessed = blessed.replace(&marked(now), &marked(&format!("\n{}\n", catalogue().trim())));
    }
    if bless() {
        fs::write(&path, blessed).unwrap();
    } else {
        assert!(wrong.is_empty(), "\n{}\nBLESS=1 rewrites outputs, the catalogue and pictures.", wrong.join("\n"));
    }
}

struct Block {
    /// Of its fence, from 1.
    line: usize,
    info: String,
    body: String,
}

/// The fenced blocks, and what is wrong with the last one.
fn blocks(text: &str) -> (Vec<Block>, Option<String>) {
    let (mut all, mut open) = (vec![], None::<Block>);
    for (k, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Block { line: k + 1, info: info.into(), body: String::new() }),
            (Some(_), Some(_)) => all.extend(open.take()),
            (None, Some(block)) => writeln!(block.body, "{line}").unwrap(),
            (None, None) => {}
        }
    }
    (all, open.map(|block| format!("README.md:{}: the block does not end", block.line)))
}

fn fence(info: &str, body: &str) -> String {
    format!("```{info}\n{body}```")
}

/// What stands between the two markers.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// Whether a program is without errors and warnings.
fn checks(program: &str) -> Result<(), String> {
    let place = Place::new();
    let file = place.0.join("program.etude");
    fs::write(&file, program).unwrap();
    let args = [&["check", "--deny-warnings", file.to_str().unwrap()], &CLOCK[..]].concat();
    let (ended_well, printed) = run(&args);
    if ended_well { Ok(()) } else { Err(printed) }
}

/// What a command prints. What it would write goes elsewhere; pictures are compared with those that are there.
fn console(command: &str) -> String {
    let place = Place::new();
    let words = words(command);
    let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
    if args[0] == "train" {
        let directory = place.0.to_str().unwrap();
        args.extend(["--out", directory]);
        let stem = Path::new(args[1]).file_stem().unwrap().to_str().unwrap();
        return run(&args).1.replace(directory, &format!("runs/{stem}"));
    }
    let Some(at) = args.iter().position(|arg| *arg == "-o") else { return run(&args).1 };
    let (shown, made) = (root().join(args[at + 1]), place.0.join("picture.svg"));
    args[at + 1] = made.to_str().unwrap();
    let printed = run(&args).1;
    let made = fs::read(made).unwrap_or_default();
    if bless() && !made.is_empty() {
        fs::create_dir_all(shown.parent().unwrap()).unwrap();
        fs::write(&shown, &made).unwrap();
    }
    assert!(
        fs::read(&shown).is_ok_and(|there| there == made),
        "{} is another picture; BLESS=1 rewrites it",
        shown.display()
    );
    printed
}

/// A command line's words; single quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut word) = (vec![], false, None::<String>);
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Whether `etude` ended well, and what it printed.
fn run(args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etude"));
    command.args(args).current_dir(root()).env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    // The end of a line is not seen.
    let lines = String::from_utf8(text).unwrap().lines().fold(String::new(), |all, line| all + line.trim_end() + "\n");
    let text = if lines.trim().is_empty() { String::new() } else { lines.trim_end().to_owned() + "\n" };
    (output.status.success(), text)
}

/// A run's times and the last digits of its results differ from machine to machine.
fn masked(command: &str, output: &str) -> String {
    if !command.starts_with("train ") {
        return output.into();
    }
    let words =
        output.split_whitespace().map(|word| if word.starts_with(|c: char| c.is_ascii_digit()) { "0" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The registry as two tables.
fn catalogue() -> String {
    let mut text = String::new();
    let is_modifier = |entry: &&&Entry| matches!(entry.form, Form::Modifier(_));
    for (kind, wanted) in [("phase", false), ("modifier", true)] {
        writeln!(text, "| {kind} | what it does | for example |\n| --- | --- | --- |").unwrap();
        for entry in ALL.iter().filter(|entry| is_modifier(entry) == wanted) {
            writeln!(text, "| {} | {} | {} |", code(&entry.signature()), entry.summary, code(entry.example)).unwrap();
        }
        text += "\n";
    }
    text
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|v| v == "1")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A directory of its own, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("etude-readme-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
