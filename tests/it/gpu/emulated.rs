//! What `device` asks of a GPU, on an emulated one: the same calls of the driver, and the kernels' own text compiled as C++
//! without contraction.

use std::process::Command;

use super::emulator;

/// This binary's `device` tests that `filter` finds, in a process that finds the emulated libraries.
fn device_tests(filter: &[&str], order: &str) -> Option<String> {
    let folder = emulator::folder()?;
    let cache = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--ignored", "--nocapture"])
        .args(filter)
        .env("LD_LIBRARY_PATH", folder)
        .env("ETUDE_CACHE", cache.path())
        .env("EMULATOR_ORDER", order)
        .output()
        .expect("this binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{text}");
    Some(text)
}

#[test]
fn what_a_gpu_must_do_an_emulated_one_does() {
    let Some(text) = device_tests(&["gpu::device"], "forward") else { return };
    // Nothing was filtered away.
    assert!(text.contains("emulated device") && text.contains(" 9 passed"), "{text}");
}

/// Nothing depends on which block or thread comes first.
#[test]
fn blocks_and_threads_may_run_backwards() {
    let Some(text) = device_tests(&["gpu::device::updates::updates", "gpu::device::runs::runs"], "backward") else {
        return;
    };
    assert!(text.contains(" 2 passed"), "{text}");
}
