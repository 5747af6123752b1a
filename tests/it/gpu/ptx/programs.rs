//! Compiled programs: every catalogue entry over a long run, and every case of the language's own tests.

use std::fmt::Write;

use etude::backend::c;
use etude::{Backend, Input, Program};

use super::{Device, TARGETS, compiler};
use crate::cases::{self, format};
use crate::gpu::texts;

const STEPS: u64 = 1_000_000;

/// Where a program is looked at: first steps and how many follow.
fn windows(program: &Program, steps: u64) -> Vec<(u64, u64)> {
    let mut windows = vec![(0, 100), (steps - 5, 50), (1 << 40, 3), ((1 << 53) - 2, 4), (u64::MAX - 1, 2)];
    windows.extend((0..200).map(|k| (k * (steps / 200) + k * 13 % 101, 1)));
    for phase in program.phases() {
        for moment in std::iter::once(phase.start).chain(phase.end) {
            // The step before it, where there is one, and the step after.
            windows.push(((moment as u64).saturating_sub(1), 3));
        }
    }
    windows
}

#[test]
fn schedules_have_the_hosts_bits() {
    if !compiler() {
        return;
    }
    let schedules = texts::schedules();
    let compile = |(name, text): &(&str, String)| {
        Program::compile(text, texts::clock(STEPS)).unwrap_or_else(|e| panic!("{name}: {e:?}"))
    };
    let programs: Vec<Program> = schedules.iter().map(compile).collect();
    let text = texts::scans(&programs);
    for target in TARGETS {
        let mut device = Device::load(&text, target);
        let out = device.copy(&[0.0; 100]);
        let mut values = 0;
        for (k, ((name, _), program)) in schedules.iter().zip(&programs).enumerate() {
            let inputs = device.copy(program.start().inputs());
            for (first, count) in windows(program, STEPS) {
                let blocks = [count.div_ceil(32) as u32, 1];
                let threads = count.next_multiple_of(2).min(32) as u32;
                device.launch(
                    &format!("scan{k}"),
                    blocks,
                    threads,
                    &[first.into(), count.into(), inputs.into(), out.into()],
                );
                for (step, got) in (first..=u64::MAX).zip(device.read_back::<f64>(out, count as usize)) {
                    let mut value = [0.0];
                    program.at(step, &mut value);
                    assert_eq!(
                        got.to_bits(),
                        value[0].to_bits(),
                        "{name} at step {step} for {target:?}: {got:?} and {:?}",
                        value[0]
                    );
                    values += 1;
                }
            }
        }
        println!(
            "{target:?}: {} schedules, {values} values, {} instructions: 0 bits differ",
            programs.len(),
            device.done
        );
    }
}

#[test]
fn cases_have_the_hosts_bits() {
    if !compiler() {
        return;
    }
    let mut text = c::HEAD.to_owned();
    let mut programs = vec![];
    for path in cases::files() {
        let source = std::fs::read_to_string(&path).expect("a case file is readable");
        for case in format::read(&source).expect("a case file is well formed") {
            let program = Input::new(&case.source, case.clock).with(&cases::recording).on(Backend::Eval).program();
            let Ok(program) = program else { continue };
            let (k, outputs) = (programs.len(), program.names().count());
            if outputs == 0 {
                continue;
            }
            write!(
                text,
                "namespace n{k} {{\n{}\n}}\n\
                 extern \"C\" __global__ void case{k}(const etude_u64 *steps, const double *inputs, double *out)\n\
                 {{\n    n{k}::program(steps[threadIdx.x], inputs, out + {outputs} * threadIdx.x);\n}}\n",
                program.cuda("program")
            )
            .expect("text takes text");
            programs.push((case.source, program.with_base(case.base).expect("a base of the program"), outputs));
        }
    }
    assert!(programs.len() > 400, "the cases are not where they should be");
    // The first two have the same instructions, and this takes the compiler seconds.
    for target in TARGETS.into_iter().skip(1) {
        let mut device = Device::load(&text, target);
        let mut values = 0;
        for (k, (source, program, outputs)) in programs.iter().enumerate() {
            let steps = crate::cuda::steps(program);
            let (there, inputs) = (device.copy(&steps), device.copy(program.start().inputs()));
            let out = device.copy(&vec![0.0; steps.len() * outputs]);
            device.launch(&format!("case{k}"), [1, 1], steps.len() as u32, &[there.into(), inputs.into(), out.into()]);
            let got: Vec<f64> = device.read_back(out, steps.len() * outputs);
            for (step, got) in steps.iter().zip(got.chunks_exact(*outputs)) {
                let expected = cases::at(program, *step);
                let same = got.iter().map(|x| x.to_bits()).eq(expected.iter().map(|x| x.to_bits()));
                assert!(same, "{source} at {step} for {target:?}: {got:?} and {expected:?}");
            }
            values += got.len();
        }
        println!("{target:?}: {} cases, {values} values, {} instructions: 0 bits differ", programs.len(), device.done);
    }
}
