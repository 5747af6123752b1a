//! `etude fmt` on files, stdin and expressions.

use std::fs;

use super::{Place, command, etude, fails, stdout};

const LOOSE: &str = "warmup(5%)>>cosine(1e-3->0)";
const TIDY: &str = "warmup(5%) >> cosine(1e-3 -> 0)\n";

#[test]
fn files_are_rewritten_in_place() {
    let place = Place::new("fmt");
    let (loose, tidy) = (place.file("loose.etude", LOOSE), place.file("tidy.etude", TIDY));
    let before = fs::metadata(&tidy).unwrap().modified().unwrap();
    assert_eq!(stdout(&["fmt", &loose, &tidy]), "");
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
    assert_eq!(fs::metadata(&tidy).unwrap().modified().unwrap(), before, "what is tidy is not written");
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn check_names_what_would_change() {
    let place = Place::new("fmt-check");
    let (loose, tidy) = (place.file("loose.etude", LOOSE), place.file("tidy.etude", TIDY));
    let output = etude(&["fmt", "--check", &tidy, &loose]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{loose}\n"));
    assert_eq!(fs::read_to_string(&loose).unwrap(), LOOSE);
    assert_eq!(stdout(&["fmt", "--check", &tidy]), "");
    assert_eq!(stdout(&["fmt", "--check", "-e", TIDY.trim()]), "");
    assert_eq!(etude(&["fmt", "--check", "-e", LOOSE]).status.code(), Some(1));
}

#[test]
fn stdin_and_expressions_are_printed() {
    use std::io::Write;
    use std::process::Stdio;
    assert_eq!(stdout(&["fmt", "-e", LOOSE]), TIDY);
    let mut child = command(&["fmt", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(LOOSE.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, TIDY.as_bytes());
    fails(2, &["fmt"]);
    fails(2, &["fmt", "x.etude", "-e", "1"]);
}

#[test]
fn what_cannot_be_read_is_left_and_the_rest_is_done() {
    let place = Place::new("fmt-wrong");
    let (wrong, loose) = (place.file("wrong.etude", "warmup(5%"), place.file("loose.etude", LOOSE));
    let missing = place.0.join("missing.etude");
    let text = fails(1, &["fmt", &wrong, missing.to_str().unwrap(), &loose]);
    assert!(text.contains("S0101") && text.contains("wrong.etude:1") && text.contains("missing.etude"), "{text}");
    assert_eq!(fs::read_to_string(&wrong).unwrap(), "warmup(5%");
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new("fmt-links");
    let loose = place.file("loose.etude", LOOSE);
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o640)).unwrap();
    let link = place.0.join("link.etude");
    symlink("loose.etude", &link).unwrap();
    stdout(&["fmt", link.to_str().unwrap()]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&loose).unwrap(), TIDY);
    assert_eq!(fs::metadata(&loose).unwrap().permissions().mode() & 0o777, 0o640);
    let read_only = place.file("read_only.etude", LOOSE);
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o440)).unwrap();
    assert!(fails(1, &["fmt", &read_only]).contains("read-only"));
    assert_eq!(fs::read_to_string(&read_only).unwrap(), LOOSE);
}
