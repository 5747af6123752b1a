//! `etude compile`.

use std::fs;

use super::{COSINE, Place, fails, stdout};

#[test]
fn programs_become_texts() {
    let program = etude::Input::new(COSINE, etude::Clock::steps(1000)).on(etude::Backend::Eval).program().unwrap();
    let args = ["compile", "-e", COSINE, "--steps", "1000", "--emit"];
    assert_eq!(stdout(&[&args[..], &["python"]].concat()), program.python().unwrap());
    assert_eq!(stdout(&[&args[..], &["jax", "-o", "-"]].concat()), program.jax().unwrap());
    assert!(fails(2, &[&args[..], &["cobol"]].concat()).contains("python, jax"));
    assert!(fails(2, &["compile", "-e", COSINE, "--steps", "1000"]).contains("--emit <LANGUAGE>"));
}

#[test]
fn texts_go_to_files() {
    let place = Place::new("compile");
    let target = place.0.join("lr.py").to_str().unwrap().to_owned();
    let args = ["compile", "-e", "1x -> 0", "--steps", "10", "--emit", "python", "-o"];
    assert_eq!(stdout(&[&args[..], &[&target]].concat()), "");
    assert!(fs::read_to_string(&target).unwrap().contains("def lr(step: int, base: float = 1.0) -> float:\n"));
    stdout(&[&args[..], &[&target, "--base", "0.5"]].concat());
    assert!(fs::read_to_string(&target).unwrap().contains("base: float = 0.5"));
    let folder = place.0.to_str().unwrap();
    assert!(fails(1, &[&args[..], &[folder]].concat()).contains("it is not a regular file"));
    assert!(fails(1, &[&args[..], &["/dev/null"]].concat()).contains("it is not a regular file"));
    assert!(fails(1, &[&args[..], &[&format!("{folder}/none/lr.py")]].concat()).contains("no such file"));
}

#[test]
fn several_values_are_several_functions() {
    let place = Place::new("several-texts");
    let file = place.file("p.etude", "lr: 1x -> 0\nbeta1: 0.85 -> 0.95\n");
    let text = stdout(&["compile", &file, "--steps", "10", "--emit", "python"]);
    for line in
        ["def lr(step: int, base: float = 1.0) -> float:", "def beta1(step: int) -> float:", "    \"beta1\": beta1,"]
    {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn what_has_no_text_is_refused() {
    let args = ["compile", "-e", "1e-3 | plateau(val_loss)", "--emit", "python"];
    let said = fails(1, &args);
    assert!(said.starts_with("error: <expr>: the program watches `val_loss`"), "{said}");
    assert!(fails(1, &["compile", "-e", "cosine(1 -> 0)", "--emit", "jax"]).contains("--steps"));
    let said = fails(1, &["compile", "-e", "1x", "--base", "-1", "--emit", "jax"]);
    assert!(said.contains("the base -1 is not a finite number"), "{said}");
}
