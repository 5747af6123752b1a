//! What the grammar accepts is formatted to the same tree, and once is enough; what it rejects has a reason.
#![no_main]

use etude::syntax::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match parse(text) {
    Ok(tree) => {
        let formatted = etude::fmt(text).expect("it was accepted");
        assert_eq!(parse(&formatted).expect("it was formatted").to_string(), tree.to_string());
        assert_eq!(etude::fmt(&formatted).as_ref(), Ok(&formatted));
    }
    Err(found) => assert!(!found.is_empty(), "rejected without a word"),
});
