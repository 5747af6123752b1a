//! Compiled programs on a GPU.

use etude::Program;
use etude::cuda::Buffer;
use etude::optim::cuda::{Code, Optimizer, Settings, Values};
use etude::optim::{Layout, RULES};

use super::super::texts;
use super::device;

const STEPS: u64 = 1_000_000;

#[test]
#[ignore = "needs a GPU"]
#[allow(unsafe_code)]
fn schedules_have_the_hosts_bits() {
    let device = device();
    let schedules = texts::schedules();
    let compile = |(name, text): &(&str, String)| {
        Program::compile(text, texts::clock(STEPS)).unwrap_or_else(|e| panic!("{name}: {e:?}"))
    };
    let programs: Vec<Program> = schedules.iter().map(compile).collect();
    let module = device.load(&texts::scans(&programs)).unwrap_or_else(|e| panic!("{e}"));
    let out: Buffer<f64> = device.zeros(STEPS as usize + 100).unwrap();
    let mut got = vec![0.0; out.len()];
    for (k, ((name, _), program)) in schedules.iter().zip(&programs).enumerate() {
        let kernel = module.kernel(&format!("scan{k}")).unwrap();
        let inputs = device.copy(program.start().inputs()).unwrap();
        let args = [0u64.into(), (out.len() as u64).into(), inputs.all().into(), out.all().into()];
        // SAFETY: the kernel's own parameters; there is room for every step's value.
        unsafe { kernel.launch([out.len().div_ceil(256) as u32, 1], 256, &args).unwrap() };
        device.read(&out, &mut got).unwrap();
        let mut value = [0.0];
        for (step, got) in (0..).zip(&got) {
            program.at(step, &mut value);
            assert_eq!(got.to_bits(), value[0].to_bits(), "{name} at step {step}: {got:?} and {:?}", value[0]);
        }
    }
    println!("{} schedules at {} steps: 0 bits differ", programs.len(), out.len());
}

#[test]
#[ignore = "needs a GPU"]
#[allow(unsafe_code)]
fn values_of_code_are_recorded() {
    let device = device();
    let layout = Layout::new(&[("w".to_owned(), vec![64])], &[]).unwrap();
    let code = "static __device__ void etude_values(etude_u64 step, etude_u64 row, const double *inputs, double *values)\n\
                { for (int i = 0; i < ETUDE_HYPERS; i++) values[i] = i ? 0.0 : inputs[0] * (double)step + (double)row; }\n";
    // SAFETY: one input is read, and as many values are written as there are.
    let code = unsafe { Code::new(code.to_owned(), 1) };
    let settings = Settings { values: Values::Code(code), ..Settings::new(RULES[1], &[], 1).unwrap() };
    let mut gpu = Optimizer::new(&device, (settings, ""), layout, &[0.0; 64], (8, 1)).unwrap();
    let losses = device.copy(&[0.0]).unwrap();
    // SAFETY: the optimizer and the losses outlive the graph.
    let graph = unsafe { device.capture(|| gpu.step(losses.all())).unwrap() };
    gpu.begin(40, 0, &[2.0]).unwrap();
    // What goes beyond the window is not done.
    for _ in 0..11 {
        graph.launch().unwrap();
    }
    let mut records = vec![];
    assert_eq!(gpu.records(8, &mut records).unwrap(), 48);
    for row in 0..8 {
        assert_eq!(gpu.record(&records, row).values, [2.0 * (40 + row) as f64 + row as f64, 0.0, 0.0]);
    }
}
