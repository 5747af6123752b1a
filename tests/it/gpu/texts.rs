//! What is compiled for a GPU: every update rule, activation and schedule.

use std::fmt::Write;

use etude::backend::c;
use etude::config::Activation;
use etude::optim::cuda::{Code, Settings, Values};
use etude::optim::{RULES, RuleRow};
use etude::{Clock, Program, catalogue, prelude};

/// An example of every catalogue entry and derived form: its name and text.
pub fn schedules() -> Vec<(&'static str, String)> {
    let entries = catalogue::ALL.iter().map(|e| (e.name, e.example.to_owned()));
    entries.chain(prelude::forms().map(|f| (f.name, f.example()))).collect()
}

/// A run that every example fits in.
pub fn clock(steps: u64) -> Clock {
    Clock::steps(steps).steps_per_epoch(steps / 20)
}

/// One text with a kernel `scan0(first, count, inputs, out)`, … for each program: its values at the steps from `first` on.
pub fn scans(programs: &[Program]) -> String {
    let mut text = c::HEAD.to_owned();
    for (k, program) in programs.iter().enumerate() {
        // Each program has tables and functions of the same names.
        _ = write!(
            text,
            "namespace n{k} {{\n{}\n}}\n\
             extern \"C\" __global__ void scan{k}(etude_u64 first, etude_u64 count, const double *inputs, double *out)\n\
             {{\n    const etude_u64 i = (etude_u64)blockIdx.x * blockDim.x + threadIdx.x;\n    \
             if (i < count)\n        n{k}::program(first + i, inputs, out + i);\n}}\n",
            program.cuda("program")
        );
    }
    text
}

/// A rule with everything that it can have: each switch, clipping, the moving average; two groups.
pub fn settings(rule: &'static RuleRow) -> Vec<Settings> {
    let plain = Settings::new(rule, &[], 2).expect("no switches");
    let flags: Vec<String> = rule.words.flags.iter().map(|f| f.name.to_owned()).collect();
    let switched = Settings::new(rule, &flags, 2).expect("its own switches");
    let full = Settings { clip_norm: Some(0.75), ema_decay: Some(0.99), ..switched };
    vec![plain, full]
}

/// A schedule for the kernel that ticks.
pub fn beside() -> Program {
    Program::compile("warmup(5%) >> cosine(1e-3 -> 0) | cycle(4) | jitter(0.1)", clock(1000)).expect("it compiles")
}

/// Every text of the runner, with a name.
pub fn runner() -> Vec<(String, String)> {
    let mut list = vec![];
    for rule in RULES {
        for settings in settings(rule) {
            for activation in Activation::ALL {
                let name = format!("{} {}", rule.words.name, activation.name());
                list.push((name, settings.text() + "\n" + &etude::train::cuda::text(activation)));
            }
        }
        // A schedule in the kernel that ticks, as the runner puts it there.
        let code = beside().cuda("etude_program")
            + "static __device__ void etude_values(etude_u64 step, etude_u64, const double *inputs, double *values)\n\
               { double out[1]; etude_program(step, inputs, out); for (int i = 0; i < ETUDE_GROUPS * ETUDE_HYPERS; i++) \
               values[i] = out[0]; }\n";
        // SAFETY: it is only looked at, and does as it says.
        #[allow(unsafe_code)]
        let code = unsafe { Code::new(code, 0) };
        let settings = Settings { values: Values::Code(code), ..settings(rule).remove(1) };
        list.push((format!("{} with a schedule", rule.words.name), settings.text()));
    }
    list
}
