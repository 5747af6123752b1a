//! What a program relies on that étude is a part of: its configs are read strictly, and nothing of it is changed.

use std::process::Command;

#[cfg(feature = "cli")]
#[test]
fn configs_with_unknown_keys_are_refused() {
    use etude::{Clock, Schedule};

    let read = |text: &str| serde_json::from_str::<Schedule>(text).map(|s| s.lr(50)).map_err(|e| e.to_string());
    assert_eq!(read(r#""1e-3""#), Ok(1e-3));
    assert_eq!(read(r#"{"schedule": "1 -> 0", "steps": 100}"#), Ok(0.5));
    assert_eq!(read(r#"{"steps_per_epoch": 10, "batch": null, "schedule": "1 until 5 epochs >> 2"}"#), Ok(2.0));
    for (text, why) in [
        (r#"{"schedule": "1e-3", "stpes": 100}"#, "unknown key `stpes`; did you mean `steps`?"),
        (r#"{"shedule": "1e-3"}"#, "unknown key `shedule`; did you mean `schedule`?"),
        (
            r#"{"schedule": "1e-3", "total": 1}"#,
            "unknown key `total`; known are schedule, steps, steps_per_epoch, batch, tokens_per_sample",
        ),
        (r#"{"schedule": "1e-3", "steps": 1, "steps": 1}"#, "`steps` is given twice"),
        (r#"{"steps": 100}"#, "missing field `schedule`"),
    ] {
        let found = read(text).unwrap_err();
        assert!(found.starts_with(why), "{text}: {found}");
    }
    let clock = serde_json::from_str::<Clock>(r#"{"steps": 1, "bacth": 2}"#).unwrap_err().to_string();
    assert!(clock.starts_with("unknown field `bacth`"), "{clock}");
}

/// Set in the process that limits its parsers.
const LIMITED: &str = "ETUDE_TEST_LIMITED";

/// pest's limit is one for the whole process: a process of its own sets it here.
#[test]
fn the_limit_of_other_parsers_is_left_alone() {
    if std::env::var_os(LIMITED).is_none() {
        let test = "host::the_limit_of_other_parsers_is_left_alone";
        let mut again = Command::new(std::env::current_exe().expect("a test"));
        let ran = again.args(["--exact", test]).env(LIMITED, "1").output().expect("it runs");
        return assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    }
    let reads = |length: usize| {
        let text = "a".repeat(length);
        pest::state::<(), _>(&text, |s| s.repeat(|s| s.rule((), |s| s.match_string("a")))).is_ok()
    };
    pest::set_call_limit(std::num::NonZero::new(100));
    assert!(reads(50) && !reads(200));
    let found = etude::compile("1 -> 0 for 10 steps >> 2 -> 1 for 10 steps >> 0", etude::Clock::unknown()).unwrap_err();
    assert_eq!(found.list[0].code.code, "S0008");
    assert!(found.list[0].help.as_ref().is_some_and(|help| help.contains("pest::set_call_limit")));
    assert!(!reads(200), "the limit is that of the process");
    pest::set_call_limit(None);
    assert!(etude::compile("1 -> 0 for 10 steps >> 2 -> 1 for 10 steps >> 0", etude::Clock::unknown()).is_ok());
}
