//! Programs of several files.

use super::*;
use crate::Recording;
use crate::host::{FileError, NoFiles};

/// Files by their names.
struct Folder(&'static [(&'static str, &'static str)]);

impl Host for Folder {
    fn table(&self, name: &str) -> Result<Recording, FileError> {
        NoFiles.table(name)
    }

    fn program(&self, path: &str) -> Result<String, FileError> {
        let file = self.0.iter().find(|(name, _)| *name == path);
        file.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "there is no such file".into())
    }
}

fn input<'a>(source: &'a str, files: &'a Folder) -> Input<'a> {
    Input::new(source, Clock::steps(100)).named("runs/main.etude").with(files)
}

/// What a program computes at step 0.
fn values(source: &str, files: &Folder) -> Vec<(String, f64)> {
    let checked = input(source, files).check().unwrap_or_else(|found| panic!("{source}\n{found}"));
    let program = checked.program(Backend::Eval).unwrap();
    let mut out = vec![0.0; program.names().count()];
    program.at(0, &mut out);
    program.names().map(String::from).zip(out).collect()
}

/// The mistakes of a program: code, file, line and column.
fn wrong(source: &str, files: &Folder) -> Vec<String> {
    let found = input(source, files).check().expect_err(source);
    let place = |d: &Diagnostic| {
        let (line, column) = found.line_column(d.span.start);
        format!("{} {}:{line}:{column}", d.code.code, found.file(d.span.start).0)
    };
    found.list.iter().map(place).collect()
}

const BASE: Folder = Folder(&[
    ("base.etude", "let peak = 1\nlet half = peak / 2\nlet f(x) = x + half\nlr: f(peak)\nwarm: 7"),
    ("low.etude", "use \"base.etude\"\nlet peak = 0.5"),
    ("high.etude", "use \"base.etude\"\nlet peak = 3"),
    ("parts/deep.etude", "use \"../base.etude\"\nwarm: 8"),
    ("a.etude", "use \"b.etude\""),
    ("b.etude", "use \"a.etude\""),
    ("value.etude", "1 >> 2"),
    ("unread.etude", "# not a program\nlet x = (1"),
    ("strange.etude", "lr: 1\nbeta: nobody"),
]);

#[test]
fn the_file_that_uses_others_stands_before_them() {
    let lr = |source: &str| values(source, &BASE)[0].1;
    assert_eq!(lr("use \"base.etude\""), 1.5);
    // What a used file computes follows what the using one says, whatever it says it with.
    assert_eq!(lr("use \"base.etude\"\nlet peak = 4"), 6.0);
    assert_eq!(lr("let two = 2\nlet peak = two * 2\nuse \"base.etude\""), 6.0);
    assert_eq!(lr("use \"base.etude\"\nlet f(x) = 10 * x"), 10.0);
    assert_eq!(lr("use \"low.etude\""), 0.75);
    assert_eq!(lr("use \"low.etude\"\nuse \"high.etude\"\nlet peak = 4"), 6.0);
    let all = values("use \"parts/deep.etude\"\nlr: half", &BASE);
    assert_eq!(all, [("lr".to_owned(), 0.5), ("warm".to_owned(), 8.0)]);
}

#[test]
fn mistakes_are_told_where_they_are() {
    for (source, expected) in [
        ("use \"low.etude\"\nuse \"high.etude\"", vec!["S0215 runs/high.etude:2:1"]),
        ("use \"a.etude\"\nlr: 1", vec!["S0215 runs/b.etude:1:5"]),
        ("use \"../base.etude\"\nlr: 1", vec!["S0215 runs/main.etude:1:5"]),
        ("use \"none.etude\"\nlr: peak", vec!["S0215 runs/main.etude:1:5"]),
        ("use \"value.etude\"\nlr: 1", vec!["S0215 runs/value.etude:1:1"]),
        ("use \"unread.etude\"\nlr: 1", vec!["S0101 runs/unread.etude:2:9"]),
        ("use \"strange.etude\"\nlr: somebody", vec!["S0202 runs/main.etude:2:5", "S0202 runs/strange.etude:2:7"]),
        // Within one file a name is defined before it is used, with files beside it as without.
        ("use \"base.etude\"\nlet a = b\nlet b = 1\nc: a", vec!["S0210 runs/main.etude:2:9"]),
        ("use \"base.etude\"\nlr: 1\nlr: 2", vec!["S0210 runs/main.etude:3:5"]),
    ] {
        assert_eq!(wrong(source, &BASE), expected, "{source}");
    }
}

#[test]
fn blocks_are_joined_key_by_key() {
    let files = Folder(&[(
        "base.etude",
        "run { epochs: 2, batch: 64 }\ndata \"digits\"\nmodel mlp(hidden: [8], activation: tanh)\n\
         optimizer adamw { lr: 1, beta1: 0.8 }\ngroup \"bias\" { weight_decay: 0, lr: 2 }",
    )]);
    let source =
        "use \"base.etude\"\nrun { epochs: 3 }\nmodel mlp(hidden: [4])\noptimizer { lr: 5 }\ngroup \"bias\" { lr: 6 }";
    let checked = Input { run: Known::own(), ..input(source, &files) }.check().unwrap();
    let spec = checked.parsed.config.as_ref().unwrap().spec().unwrap();
    assert_eq!((spec.epochs, spec.batch, &*spec.hidden, spec.activation.name()), (3, 64, &[4][..], "tanh"));
    let all = values(source, &files);
    let all: Vec<(&str, f64)> = all.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(all, [("lr", 5.0), ("beta1", 0.8), ("bias.weight_decay", 0.0), ("bias.lr", 6.0)]);
}

#[test]
fn a_live_program_knows_its_files() {
    let program = input("use \"base.etude\"", &BASE).check().unwrap().program(Backend::Eval).unwrap();
    assert_eq!(program.source(), "use \"base.etude\"");
    assert_eq!(program.phases().len(), 2);
}

#[test]
fn a_command_reads_a_program_once() {
    let before = crate::syntax::parses();
    let checked = input("1 / (2 - base)", &BASE).check().unwrap();
    _ = (checked.lint(), checked.phases(), checked.program(Backend::Eval).unwrap());
    assert_eq!(crate::syntax::parses() - before, 1);
}
