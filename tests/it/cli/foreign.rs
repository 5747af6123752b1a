//! Files and words that are not ours: what is no file, has no end or commands a terminal.

use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::{Place, command, etude};

/// What a command says that ends; one that waits for ever fails.
fn ends(mut command: Command) -> Output {
    let mut child: Child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it does not end: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn refused(args: &[&str]) -> String {
    let mut command = command(args);
    command.stdin(Stdio::null());
    let output = ends(command);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let place = Place::new("special");
    let fifo = place.0.join("fifo.csv").to_str().unwrap().to_owned();
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let program = place.file("p.etude", "lr: 1e-3 | plateau(val_loss)\nx: table(\"fifo.csv\")");
    let clean = place.file("c.etude", "lr: 1e-3 | plateau(val_loss)");
    let odd = "it is not a regular file";
    for command in ["check", "eval", "explain", "plot", "train", "fmt"] {
        assert!(refused(&[command, &fifo]).contains(&format!("fifo.csv`: {odd}")), "{command}");
    }
    for command in [&["check", &program][..], &["eval", &program, "--steps", "10"]] {
        assert!(refused(command).contains(odd), "{command:?}");
    }
    assert!(refused(&["import", "torch", &fifo]).contains(odd));
    for file in [&fifo, "/dev/zero", "/dev/urandom", "/dev/tty"] {
        assert!(refused(&["check", file]).starts_with(&format!("error: cannot read `{file}`: ")), "{file}");
        let text = refused(&["eval", &clean, "--steps", "10", "--metrics", &format!("val_loss={file}")]);
        assert!(text.contains("cannot read it: "), "{text}");
    }
    assert!(refused(&["check", place.0.to_str().unwrap()]).contains("it is a directory"));
}

#[test]
fn what_is_too_long_is_not_read_to_its_end() {
    let place = Place::new("long");
    // A file with a hole takes no room.
    let long = place.0.join("long.etude");
    fs::File::create(&long).unwrap().set_len(1 << 33).unwrap();
    let long = long.to_str().unwrap();
    let curve = place.file("p.etude", "lr: table(\"long.etude\") | plateau(val_loss)");
    let clean = place.file("c.etude", "lr: 1e-3 | plateau(val_loss)");
    for args in [
        &["check", long][..],
        &["fmt", long],
        &["import", "torch", long],
        &["eval", &clean, "--steps", "10", "--metrics", &format!("val_loss={long}")],
        &["eval", &curve, "--steps", "10"],
    ] {
        assert!(refused(args).contains("it has more than 64 MiB"), "{args:?}");
    }
    // The sizes in messages are the file's own.
    let bytes = [b"1 # \xff\xff".repeat(1 << 18), b"\n".to_vec()].concat();
    assert!(refused(&["check", &place.file("latin1", &bytes)]).contains("byte 4 (0xFF) is not UTF-8"));
    assert!(refused(&["check", &place.file("ascii", "x".repeat(2 << 20))]).contains("2097152 bytes"));
}

#[cfg(unix)]
#[test]
fn what_a_shell_has_opened_is_read() {
    let place = Place::new("opened");
    let program = place.file("p.etude", "step * 2");
    let shell = |line: &str| {
        let mut shell = Command::new("bash");
        shell.args(["-c", line, env!("CARGO_BIN_EXE_etude"), &program]);
        let output = ends(shell);
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for line in [
        "\"$0\" eval /dev/stdin --at 3 --format csv < \"$1\"",
        "(sleep 0.1; cat \"$1\") | \"$0\" eval /dev/stdin --at 3 --format csv",
        "(sleep 0.1; cat \"$1\") | \"$0\" eval - --at 3 --format csv",
        "\"$0\" eval <(sleep 0.1; cat \"$1\") --at 3 --format csv",
    ] {
        assert_eq!(shell(line), "step,value\n3,6.0\n", "{line}");
    }
}

#[cfg(unix)]
#[test]
fn no_foreign_text_commands_the_terminal() {
    let place = Place::new("escapes");
    let evil = "a\u{1b}[31m\u{9b}2J\u{7}\u{202e}b";
    let right = place.file(evil, "lr: 1e-3 | plateau(val_loss)\n");
    let ugly = place.file(&format!("{evil}ugly"), "1e-3->0");
    let wrong = place.file(&format!("{evil}wrong"), "cosin(1 -> 0)\n");
    let fixable = place.file(&format!("{evil}fix"), "linear(1 -> 0) # x\n1");
    place.file("curve.csv", format!("step,{evil}\n0,{evil}\n"));
    let curve = place.file("curve.etude", "table(\"curve.csv\")");
    let none = place.0.join(format!("{evil}none")).to_str().unwrap().to_owned();
    let class = format!(r#"{{"class": "{evil}", "params": {{}}, "base_lr": 1, "total_steps": 9}}"#)
        .replace('\u{1b}', "\\u001b");
    let class = class.replace('\u{7}', "\\u0007");
    let odd = place.file("odd.json", class);
    let unit =
        r#"{"class": "StepLR", "params": {"step_size": 3}, "base_lr": 1, "total_steps": 9, "unit": "\u001b[31mx"}"#;
    let unit = place.file("unit.json", unit);
    let named = place.file(
        "named.json",
        r#"{"class": "StepLR", "params": {"step_size": 3, "\u001b]0;x\u0007": 1}, "base_lr": 1, "total_steps": 9}"#,
    );
    let run = place.0.join(format!("{evil}run"));
    for args in [
        &["check", &right][..],
        &["check", &wrong],
        &["check", "--fix", &fixable],
        &["check", &none],
        &["check", &curve, "--steps", "10"],
        &["eval", &wrong, "--steps", "10"],
        &["eval", &right, "--metrics", &format!("{evil}=x.json")],
        &["eval", &right, "--metrics", evil],
        &["eval", &right, "--metrics", &format!("val_loss={none}")],
        &["fmt", "--check", &ugly],
        &["fmt", &none],
        &["plot", &ugly, &right, "--steps", "10"],
        &["plot", &ugly, "--steps", "10", "-o", &none],
        &["diff", &ugly, &right, "--steps", "10"],
        &["explain", evil],
        &["import", "torch", &odd],
        &["import", "torch", &unit],
        &["import", "torch", &named],
        &["import", evil, &odd],
        &["train", &wrong],
        &["train", super::DIGITS, "--set", &format!("{evil}=1")],
        &["train", super::DIGITS, "--device", evil],
        &["train", super::DIGITS, "--set", "epochs=1", "--out", run.to_str().unwrap()],
        &["frob", evil],
        &[evil],
    ] {
        let output = etude(args);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let bad = |c: &char| c.is_control() && !matches!(c, '\n' | '\t') || *c == '\u{202e}';
        assert_eq!(said.chars().find(bad), None, "{args:?}: {said:?}");
        assert!(!said.is_empty(), "{args:?}");
    }
    assert!(refused(&["explain", evil]).contains(r"\u{1b}[31m"));
}
