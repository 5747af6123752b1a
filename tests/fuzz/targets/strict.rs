//! What the grammar accepts prints back and reads as the same tree; what it rejects has a reason.
#![no_main]

use etude::syntax::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match parse(text) {
    Ok(tree) => assert_eq!(parse(text).expect("it was accepted").to_string(), tree.to_string()),
    Err(found) => assert!(!found.is_empty(), "rejected without a word"),
});
