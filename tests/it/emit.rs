//! What `etude compile` writes: every case as Python gives the interpreter's bits, or its value within the stated units
//! in the last place; the same for JAX where it is installed.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use etude::{Backend, Input, Program};

use crate::cases;

/// The files of one test, removed at its end.
struct Folder {
    path: PathBuf,
    sources: Vec<String>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::env::var_os("ETUDE_KEEP").is_none() {
            _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// A value that differs.
struct Difference {
    /// What it is of.
    what: String,
    ulp: u64,
    /// Its difference as a share of the largest value.
    off: f64,
    exact: bool,
    /// Whether its text says that it may come a step early or late, or steeply.
    jumps: bool,
}

fn steps(program: &Program) -> Vec<u64> {
    let mut steps = vec![0, 1, 2, 3, 5, 7, 10, 99, 777, 1000, 12_345, 1 << 30, 1 << 40, 1 << 53];
    for phase in program.phases() {
        for moment in std::iter::once(phase.start).chain(phase.end) {
            let (step, half) = (moment as u64, (moment / 2.0) as u64);
            steps.extend([step.saturating_sub(1), step, step.saturating_add(1), half]);
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// Writes each case's text and values.
fn write(name: &str, text: impl Fn(&Program) -> String) -> Folder {
    let path = std::env::temp_dir().join(format!("etude-emit-{name}-{}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    let (mut list, mut sources) = (String::new(), vec![]);
    for case in cases::all() {
        let program = Input::new(&case.source, case.clock).with(&cases::recording).on(Backend::Eval).program();
        let Ok(program) = program.map(|p| p.with_base(case.base).unwrap_or(p)) else { continue };
        if program.names().next().is_none() || !program.metrics().is_empty() {
            continue;
        }
        let file = format!("case{}.py", sources.len());
        fs::write(path.join(&file), text(&program)).unwrap();
        list += &file;
        for step in steps(&program) {
            write!(list, " {step}").unwrap();
            cases::at(&program, step).iter().for_each(|v| write!(list, " {}", v.to_bits()).unwrap());
        }
        list += "\n";
        sources.push(case.source);
    }
    fs::write(path.join("cases.txt"), list).unwrap();
    fs::write(path.join("driver.py"), include_str!("emit/driver.py")).unwrap();
    Folder { path, sources }
}

/// What differs, and how many values were compared and refused.
fn run(folder: &Folder, kind: &str, x64: bool) -> (Vec<Difference>, u64, u64) {
    let mut driver = Command::new("python3");
    driver.arg(folder.path.join("driver.py")).arg(&folder.path).arg(kind);
    driver.env("JAX_ENABLE_X64", if x64 { "1" } else { "0" }).env("JAX_PLATFORMS", "cpu");
    let output = driver.output().expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut differences, mut counts) = (vec![], None);
    for line in String::from_utf8(output.stdout).expect("a text").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            ["COMPARED", compared, refused] => counts = Some((compared.parse().unwrap(), refused.parse().unwrap())),
            ["DIFFERS", file, k, step, got, want, ulp, off, says] => {
                let number: usize = file.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
                differences.push(Difference {
                    what: format!(
                        "{file}: {k} at {step}: {got}, not {want}, {ulp} ulp, {off}: {says}\n{}",
                        folder.sources[number]
                    ),
                    ulp: ulp.trim_start_matches('-').parse().unwrap(),
                    off: off.parse().unwrap(),
                    exact: !says.contains("but for"),
                    jumps: ["a step early or late", "slope of a bezier"].iter().any(|word| says.contains(word)),
                });
            }
            _ => panic!("{line}"),
        }
    }
    let (compared, refused) = counts.expect("it ran to its end");
    (differences, compared, refused)
}

fn has(module: &str) -> bool {
    let found = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: `python3 -c 'import {module}'` fails");
    }
    found
}

fn report(differences: &[Difference], compared: u64, refused: u64, key: impl Fn(&Difference) -> f64) {
    let worst = differences.iter().max_by(|a, b| key(a).total_cmp(&key(b)));
    println!("{compared} values, {} differ, {refused} functions refused", differences.len());
    if let Some(worst) = worst {
        println!("the worst: {}", worst.what);
    }
}

#[test]
fn python_gives_the_same_values() {
    /// See the guarantee of `backend::text::python`.
    const MOST: u64 = 4;
    if !has("math") {
        return;
    }
    let folder = write("python", |p| p.python().expect("it watches nothing"));
    let (differences, compared, refused) = run(&folder, "python", true);
    report(&differences, compared, refused, |d| d.ulp as f64);
    let bad: Vec<&str> = differences.iter().filter(|d| d.exact || d.ulp > MOST).map(|d| &*d.what).collect();
    assert!(bad.is_empty(), "{} differ too much:\n{}", bad.len(), bad.join("\n"));
    assert!(compared > 10_000 && refused == 0);
}

#[test]
fn jax_gives_the_same_values() {
    if !has("jax") {
        return;
    }
    let folder = write("jax", |p| p.jax().expect("it watches nothing"));
    for (x64, most) in [(true, 1e-14), (false, 2e-6)] {
        let (differences, compared, refused) = run(&folder, "jax", x64);
        report(&differences, compared, refused, |d| d.off);
        let bad: Vec<&Difference> = differences.iter().filter(|d| d.off > most || d.off.is_nan()).collect();
        let (early, bad): (Vec<&Difference>, Vec<&Difference>) = bad.into_iter().partition(|d| d.jumps);
        println!("{} came a step early or late", early.len());
        let list = |all: &[&Difference]| all.iter().map(|d| &*d.what).collect::<Vec<_>>().join("\n");
        assert!(bad.is_empty(), "{} differ too much:\n{}", bad.len(), list(&bad));
        assert!(early.len() < 40, "{}", list(&early));
        assert!(compared > 5_000 && (refused == 0 || !x64));
    }
}

#[test]
fn programs_that_watch_metrics_have_no_text() {
    let program = Input::new("1e-3 | plateau(val_loss)", etude::Clock::unknown()).on(Backend::Eval).program().unwrap();
    let why = program.python().unwrap_err().to_string();
    assert_eq!(
        why,
        "the program watches `val_loss`: what it does depends on the run, and a function of the step cannot know it"
    );
    assert_eq!(program.jax().unwrap_err().to_string(), why);
}

#[test]
fn the_texts_are_readable() {
    let source = "warmup(5%) >> cosine(1e-3 -> 0)";
    let program = Input::new(source, etude::Clock::steps(10_000)).on(Backend::Eval).program().unwrap();
    let plain = |text: String| text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_eq!(plain(program.python().unwrap()), include_str!("emit/warmup_cosine.py"));
    assert_eq!(plain(program.jax().unwrap()), include_str!("emit/warmup_cosine_jax.py"));
}

/// Other people's words end no comment and no string, and name no encoding.
#[test]
fn words_of_programs_stay_words() {
    if !has("math") {
        return;
    }
    let source = "# coding: utf-7\n# \"\"\"\\\nlr: 1\ngroup \"a\\\"b.*\" { lr: 2 }\n";
    let Ok(program) = Input::new(source, etude::Clock::steps(10)).on(Backend::Eval).program() else {
        panic!("{}", Input::new(source, etude::Clock::steps(10)).on(Backend::Eval).program().unwrap_err());
    };
    let names: Vec<String> = program.names().map(str::to_owned).collect();
    let check = "\nassert [f(3) for f in SCHEDULES.values()] == [1.0, 2.0], SCHEDULES\nprint('\\n'.join(SCHEDULES))\n";
    let output = Command::new("python3").args(["-c", &(program.python().unwrap() + check)]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().collect::<Vec<_>>(), names);
}
