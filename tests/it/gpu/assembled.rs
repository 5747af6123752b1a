//! Every kernel compiles for real GPUs and keeps its values in registers. Needs NVIDIA's compiler and assembler (the Python
//! packages `nvidia-cuda-nvrtc` and `nvidia-cuda-nvcc` have them), and no GPU.

use std::process::Command;

use etude::Program;
use etude::cuda::compile;

use super::{compiler, texts};

/// Assembles PTX; what the assembler says of each kernel.
fn assemble(ptx: &str, architecture: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a.ptx");
    std::fs::write(&file, ptx).expect("the text is written");
    let target = format!("-arch={architecture}");
    let output =
        Command::new("ptxas").args([&target, "-v", "-o"]).arg(folder.path().join("a.cubin")).arg(&file).output();
    let output = output.expect("ptxas runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{architecture}: {text}");
    text
}

/// What is wrong with what the assembler says: bytes that were spilled.
fn spills(said: &str) -> Vec<String> {
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("spill stores")).collect();
    assert!(!lines.is_empty(), "the assembler says nothing of spills: {said}");
    let clean = |line: &&str| line.contains("0 bytes spill stores, 0 bytes spill loads");
    lines.into_iter().filter(|line| !clean(line)).map(str::to_owned).collect()
}

/// Instructions whose result the host would not have: rounding that the driver's compiler may choose (it contracts a
/// multiplication and an addition that name none), approximations, flushed subnormals, f32 contractions.
fn inexact(ptx: &str) -> Vec<&str> {
    let word = |line: &'_ str| line.split_whitespace().find(|w| !w.starts_with('@')).unwrap_or("").to_owned();
    let bad = |line: &&str| {
        let word = word(line);
        let float = word.ends_with(".f32") || word.ends_with(".f64");
        let open = ["add.f", "sub.f", "mul.f", "fma.f", "mad.f"].iter().any(|start| word.starts_with(start));
        open || float && (word.contains(".approx") || word.contains(".ftz")) || word == "fma.rn.f32"
    };
    ptx.lines().filter(bad).collect()
}

/// How many arrays an update reads and writes.
fn vectors(text: &str) -> (usize, usize) {
    let slots = (0..3).find(|n| text.contains(&format!("#define ETUDE_STATE {n}\n")));
    let average = usize::from(text.contains("#define ETUDE_EMA_WEIGHT"));
    slots.map_or((0, 0), |slots| (2 + slots + average, 1 + slots + average))
}

#[test]
fn every_kernel_is_assembled_without_spills() {
    if !compiler() {
        return;
    }
    if Command::new("ptxas").arg("--version").output().is_err() {
        return println!("skipped: there is no `ptxas` (pip install nvidia-cuda-nvcc, and its folder in PATH)");
    }
    let schedules = texts::schedules();
    let programs: Result<Vec<_>, _> =
        schedules.iter().map(|(_, text)| Program::compile(text, texts::clock(1000))).collect();
    let mut all = texts::runner();
    all.push(("schedules".to_owned(), texts::scans(&programs.expect("the examples compile"))));
    for (name, text) in &all {
        for (capability, architecture) in [((8, 0), "sm_80"), ((9, 0), "sm_90")] {
            let ptx = compile::ptx(text, capability).unwrap_or_else(|e| panic!("{name}: {e}"));
            let odd = inexact(&ptx);
            assert!(odd.is_empty(), "{name}: {odd:?}");
            let (loads, stores) = vectors(text);
            assert_eq!(ptx.matches("ld.global.v4.f32").count(), loads, "{name}: loads of four numbers");
            assert_eq!(ptx.matches("st.global.v4.f32").count(), stores, "{name}: stores of four numbers");
            let said = assemble(&ptx, architecture);
            let spilled = spills(&said);
            assert!(spilled.is_empty(), "{name} for {architecture}: {spilled:?}");
            if architecture == "sm_90" {
                for line in said.lines().filter(|l| l.contains("Used") && l.contains("registers")) {
                    println!("{name}: {line}");
                }
            }
        }
    }
    println!("{} texts", all.len());
}
