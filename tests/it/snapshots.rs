//! What people read: each code's smallest wrong program as miette draws it, in `tests/snapshots`, a file for each band.
//!
//! `BLESS=1` rewrites the files to what came out. Read them as somebody who made the mistake would.

use std::collections::BTreeMap;
use std::path::Path;

use etude::cli::{Failure, Style};
use etude::diag::{self, Code, limits, names};
use etude::{Clock, Diagnostics, syntax};

use crate::codes;

const STYLE: Style = Style { color: false, ascii: false, width: 100, height: 30 };

/// The programs of codes that no short program gives, or none with a run of 1000 steps.
fn long(code: &Code) -> Option<Diagnostics> {
    let steps = Clock::steps(1000);
    let (source, clock) = match code.code {
        "S0001" => ("1".repeat(syntax::MAX_SOURCE + 1), steps),
        "S0006" => ((0..300).fold("1".into(), |inner: String, _| format!("{inner} + 1")), steps),
        "S0007" => (format!("1{}", " >> 1".repeat(syntax::MAX_PHASES)), steps),
        "W0315" => ("1e-3 * 0.99 ** epoch".into(), steps.steps_per_epoch(100)),
        "E0401" => ("warmup(5%) >> 1e-3".into(), Clock::unknown()),
        "E0402" => ("warmup(5%) >> 1e-3".into(), Clock::steps(0)),
        "S0004" => {
            let bytes = b"# caf\xe9\n1e-3";
            let found = syntax::decode(bytes).expect_err("it is Latin-1");
            return Some(Diagnostics::new("S0004.etude", String::from_utf8_lossy(bytes), found));
        }
        _ => return None,
    };
    let found = codes::found_at(&source, clock);
    Some(Diagnostics::new(format!("{}.etude", code.code), source, found))
}

#[test]
fn each_code_is_drawn() {
    let mut bands: BTreeMap<&str, String> = BTreeMap::new();
    for code in etude::diag::all() {
        let short = || Diagnostics::new(format!("{}.etude", code.code), code.wrong, codes::found(code.wrong));
        let Some(found) = long(code).or_else(|| (!code.wrong.is_empty()).then(short)) else {
            assert_eq!(code, &limits::TOO_MUCH_WORK, "{} has no program", code.code);
            continue;
        };
        assert!(found.list.iter().any(|d| d.code == code), "{}: {found}", code.code);
        // A config need not be a schedule.
        let mut found = found;
        found.list.retain(|d| d.code == code || d.code != &names::ONE_VALUE);
        let drawn = Failure::Found(found).render(STYLE);
        *bands.entry(&code.code[..3]).or_default() += &format!("{}: {}\n\n{drawn}\n", code.code, code.title);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    let mut odd = vec![];
    for (band, text) in bands {
        let path = folder.join(format!("{band}.txt"));
        let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n";
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        if bless {
            std::fs::write(&path, text).expect("a snapshot is writable");
        } else if let Some(k) =
            (0..text.lines().count().max(old.lines().count())).find(|&k| text.lines().nth(k) != old.lines().nth(k))
        {
            odd.push(format!("{band}.txt:{}:\n-{:?}\n+{:?}", k + 1, old.lines().nth(k), text.lines().nth(k)));
        }
    }
    assert!(odd.is_empty(), "\n{}\nBLESS=1 rewrites the snapshots.", odd.join("\n"));
    assert!(diag::all().count() > 60);
}
