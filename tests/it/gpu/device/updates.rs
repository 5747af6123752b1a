//! Update rules on a GPU.

use etude::optim::cuda::{Optimizer, Settings};
use etude::optim::{Layout, RULES};

use super::super::numbers::{Host, noise};
use super::super::texts;
use super::device;

#[test]
#[ignore = "needs a GPU"]
fn memory_of_another_opening_is_refused() {
    // Nothing orders what the one's stream does before what the other's does.
    let (device, other) = (device(), device());
    let layout = Layout::new(&[("w".to_owned(), vec![64])], &[]).unwrap();
    let settings = Settings::new(RULES[0], &[], 1).unwrap();
    let gpu = Optimizer::new(&device, (settings, ""), layout, &[0.0; 64], (1, 0)).unwrap();
    let (mut near, mut far) = (device.copy(&[0.5]).unwrap(), other.copy(&[0.5]).unwrap());
    let refused = |result: Result<(), etude::cuda::Error>| result.unwrap_err().to_string();
    assert!(refused(gpu.step(far.all())).contains("another device"));
    assert!(refused(device.read(&far, &mut [0.0])).contains("cannot be read"));
    assert!(refused(device.write(&mut far, &[1.0])).contains("cannot be written to"));
    device.clone().write(&mut near, &[1.0]).unwrap();
    gpu.step(near.all()).unwrap();
    device.finish().unwrap();
}

#[test]
#[ignore = "needs a GPU"]
fn updates_have_the_cpus_bits() {
    let device = device();
    let tensors = [("a.weight", vec![2000, 5]), ("a.bias", vec![77]), ("b.weight", vec![3]), ("b.bias", vec![5])];
    let tensors = tensors.map(|(name, shape)| (name.to_owned(), shape)).to_vec();
    let layout = Layout::new(&tensors, &["bias".to_owned()]).unwrap();
    for rule in RULES {
        for settings in texts::settings(rule) {
            let mut host = Host::new(&settings, &layout);
            let gpu = Optimizer::new(&device, (settings.clone(), ""), layout.clone(), &host.arena.param, (1, 0));
            let mut gpu = gpu.unwrap_or_else(|e| panic!("{e}"));
            let losses = device.copy(&[0.25, 0.5, 0.125]).unwrap();
            let mut records = vec![];
            for step in 0..1000 {
                let (values, norm) = host.step(step);
                gpu.set_grad(&host.arena.grad).unwrap();
                gpu.begin(step, 0, &values).unwrap();
                gpu.step(losses.all()).unwrap();
                assert_eq!(gpu.records(1, &mut records).unwrap(), step + 1);
                let record = gpu.record(&records, 0);
                assert_eq!(
                    (record.loss, record.grad_norm.to_bits()),
                    (0.875, norm.to_bits()),
                    "{} {step}",
                    rule.words.name
                );
                assert_eq!(record.values, values);
            }
            let expected = host.arrays();
            let all: Vec<_> = [gpu.param()].into_iter().chain(gpu.state()).chain(gpu.average()).collect();
            assert_eq!((all.len(), gpu.average().is_some()), (expected.len(), settings.ema_decay.is_some()));
            for (k, (got, expected)) in all.into_iter().zip(expected).enumerate() {
                let mut all = vec![0.0; expected.len()];
                device.read(got, &mut all).unwrap();
                let differing = all.iter().zip(expected).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
                assert_eq!(differing, 0, "{} of array {k} of {}, {:?}", differing, rule.words.name, settings.clip_norm);
                assert!(expected.iter().any(|x| *x != 0.0), "array {k} of {} has moved", rule.words.name);
            }
            let host = host.optimizer.norm(&host.arena.param);
            assert_eq!(gpu.norm().unwrap().to_bits(), host.to_bits());
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn a_step_that_cannot_be_made_changes_nothing() {
    let device = device();
    let rule = RULES[0];
    let layout = Layout::new(&[("w".to_owned(), vec![5000])], &[]).unwrap();
    let settings = Settings { ema_decay: Some(0.9), ..Settings::new(rule, &[], 1).unwrap() };
    let param: Vec<f32> = (0..layout.padded_len()).map(|i| noise(1, i)).collect();
    let mut gpu = Optimizer::new(&device, (settings, ""), layout, &param, (4, 0)).unwrap();
    let good = [1e-3, 0.9, 0.999, 1e-8, 0.01];
    let bad = [[f64::NAN, 0.9, 0.999, 1e-8, 0.01], [1e-3, 1.0, 0.999, 1e-8, 0.01], [-1e-3, 0.9, 0.999, 1e-8, 0.01]];
    let read = |gpu: &Optimizer| {
        let mut all = vec![0.0; param.len()];
        device.read(gpu.param(), &mut all).unwrap();
        all
    };
    let mut records = vec![];
    for (grad, loss, values) in [
        (f32::NAN, 1.0, good),
        (f32::INFINITY, 1.0, good),
        (0.5, f64::NAN, good),
        (0.5, f64::INFINITY, good),
        (0.5, 1.0, bad[0]),
        (0.5, 1.0, bad[1]),
        (0.5, 1.0, bad[2]),
    ] {
        let mut grads = vec![0.0; param.len()];
        grads[4321] = grad;
        gpu.set_grad(&grads).unwrap();
        let losses = device.copy(&[loss]).unwrap();
        // The steps after it in the same window are not made, either.
        gpu.begin(17, 0, &[values, good, good, good].concat()).unwrap();
        for _ in 0..3 {
            gpu.step(losses.all()).unwrap();
        }
        assert_eq!(gpu.records(3, &mut records).unwrap(), 17, "{grad} {loss} {values:?}");
        assert_eq!(read(&gpu), param);
        let record = gpu.record(&records, 0);
        assert!(record.grad_norm == f64::from(grad) || record.grad_norm.is_nan() && grad.is_nan());
        assert_eq!(record.values[1..], values[1..]);
    }
    gpu.set_grad(&vec![0.5; param.len()]).unwrap();
    gpu.begin(17, 0, &[good, good, good].concat()).unwrap();
    for _ in 0..3 {
        gpu.step(device.copy(&[1.0]).unwrap().all()).unwrap();
    }
    assert_eq!(gpu.records(3, &mut records).unwrap(), 20);
    assert!(read(&gpu) != param);
}
