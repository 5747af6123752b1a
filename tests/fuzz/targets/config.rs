//! Reading a config and changing its settings never panics, and what is changed is read back.
#![no_main]

use etude::syntax::parse;
use etude::config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (value, text) = input;
    let Ok(tree) = parse(text) else { return };
    if let Ok(config) = config::read(&tree) {
        _ = config.spec();
    }
    if let Ok(changed) = config::set(text, "epochs", value) {
        assert!(parse(&changed).is_ok(), "{changed}");
    }
});
