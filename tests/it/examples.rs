//! Every program in `examples` compiles without errors and warnings, on every backend, to the same bits.

use std::fs;
use std::path::Path;

use etude::Clock;
use etude::diag::Severity;

use crate::cases;

#[test]
fn every_program_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut programs = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "etude") {
            continue;
        }
        programs += 1;
        let text = fs::read_to_string(&path).unwrap();
        let clock = Clock::steps(10_000).steps_per_epoch(100).batch(64).tokens_per_sample(2048);
        let (compiled, found) = cases::compile(&text, clock);
        assert!(found.iter().all(|d| d.severity < Severity::Warning), "{}: {found:#?}", path.display());
        let wrong = cases::probe(&compiled, []);
        assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("\n"));
        #[cfg(feature = "train")]
        runs(&path, &text);
    }
    assert!(programs > 10, "{programs} programs");
}

/// A file that describes a run describes all of it.
#[cfg(feature = "train")]
fn runs(path: &Path, text: &str) {
    if text.contains("\nrun ") {
        etude::Input::config(text).training().unwrap_or_else(|found| panic!("{}: {found}", path.display()));
    }
}
