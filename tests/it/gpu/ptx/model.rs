//! The model's kernels: activations, losses, products and what is around them.

use etude::config::Activation;
use etude::optim::RULES;
use etude::optim::cuda::Settings;
use etude::train::{cuda, loss};

use super::{Device, TARGETS, Target, compiler};
use crate::gpu::numbers::{bits, noise, numbers};

fn load(activation: Activation, target: Target) -> Device {
    let settings = Settings::new(RULES[0], &[], 1).unwrap();
    Device::load(&(settings.text() + "\n" + &cuda::text(activation)), target)
}

#[test]
fn activations_have_the_cpus_bits() {
    if !compiler() {
        return;
    }
    let (rows, columns) = (100u32, 41u32);
    let x = numbers((rows * columns) as usize);
    let bias: Vec<f32> = (0..columns as usize).map(|i| noise(4, i) * (i % 2) as f32).collect();
    let blocks = [x.len().div_ceil(256) as u32, 1];
    for target in TARGETS {
        let mut done = 0;
        for activation in Activation::ALL {
            let mut device = load(activation, target);
            let (pre, shift, post) = (device.copy(&x), device.copy(&bias), device.copy(&vec![0f32; x.len()]));
            let args = [pre.into(), shift.into(), post.into(), rows.into(), columns.into()];
            device.launch("etude_activate", blocks, 256, &args);
            let shifted: Vec<f32> = x.iter().enumerate().map(|(i, x)| bias[i % columns as usize] + x).collect();
            let mut expected = vec![0.0; x.len()];
            activation.forward(&shifted, &mut expected);
            assert!(bits(&device.read_back(pre, x.len())) == bits(&shifted), "{activation:?} {target:?}");
            assert!(bits(&device.read_back(post, x.len())) == bits(&expected), "{activation:?} {target:?}");

            let factors: Vec<f32> = (0..x.len()).map(|i| noise(5, i)).collect();
            let delta = device.copy(&factors);
            device.launch("etude_deactivate", blocks, 256, &[pre.into(), delta.into(), rows.into(), columns.into()]);
            expected.copy_from_slice(&factors);
            activation.backward(&shifted, &mut expected);
            let got = device.read_back(delta, x.len());
            assert!(bits(&got) == bits(&expected), "the slope of {activation:?} {target:?}");
            done += device.done;
        }
        println!("{target:?}: activations, {done} instructions: 0 bits differ");
    }
}

#[test]
fn losses_have_the_cpus_bits() {
    if !compiler() {
        return;
    }
    for target in TARGETS {
        let mut device = load(Activation::Relu, target);
        for (rows, classes) in [(130usize, 10usize), (3, 256), (64, 1)] {
            // Odd numbers in the first rows only, so that there are rows without.
            let mut logits = numbers(rows * classes);
            logits.rotate_right(classes);
            let bias: Vec<f32> = (0..classes).map(|i| noise(6, i)).collect();
            let labels: Vec<u8> = (0..rows).map(|i| (i * 7 % classes) as u8).collect();
            let shifted: Vec<f32> = logits.iter().enumerate().map(|(i, z)| z + bias[i % classes]).collect();
            for gradient in [false, true] {
                let (out, bias) = (device.copy(&logits), device.copy(&bias));
                let (there, losses) = (device.copy(&labels), device.copy(&vec![0f64; rows]));
                let correct = device.copy(&vec![9u32; rows]);
                let args = [
                    out.into(),
                    bias.into(),
                    there.into(),
                    (rows as u32).into(),
                    (classes as u32).into(),
                    u32::from(gradient).into(),
                    losses.into(),
                    correct.into(),
                ];
                device.launch("etude_loss", [rows.div_ceil(64) as u32, 1], 64, &args);
                let (losses, correct): (Vec<f64>, Vec<u32>) =
                    (device.read_back(losses, rows), device.read_back(correct, rows));
                for (i, row) in shifted.chunks(classes).enumerate() {
                    let score = loss::score(row, &labels[i..=i], classes);
                    let same = losses[i].to_bits() == score.loss.to_bits() || losses[i].is_nan() && score.loss.is_nan();
                    assert!(same && correct[i] as usize == score.correct, "{row:?}: {} {score:?}", losses[i]);
                }
                let mut expected = shifted.clone();
                if gradient {
                    loss::score_and_grad(&mut expected, &labels, classes);
                }
                assert!(bits(&device.read_back(out, logits.len())) == bits(&expected), "{rows} {classes} {target:?}");
            }
        }
        println!("{target:?}: losses, {} instructions: 0 bits differ", device.done);
    }
}

/// The transpose of a row-major matrix.
fn transposed(x: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..x.len()).map(|i| x[i % rows * columns + i / rows]).collect()
}

/// Every product and every sum rounded, in the order of the inner index.
fn product(a: &[f32], b: &[f32], inner: usize, columns: usize) -> Vec<f32> {
    let element = |i: usize, j: usize| (0..inner).fold(0f32, |sum, k| sum + a[i * inner + k] * b[k * columns + j]);
    let rows = a.len() / inner;
    (0..rows * columns).map(|i| element(i / columns, i % columns)).collect()
}

#[test]
fn products_are_added_in_order() {
    if !compiler() {
        return;
    }
    for target in TARGETS {
        let mut device = load(Activation::Relu, target);
        for (rows, columns, inner) in [(70usize, 33usize, 17usize), (1, 65, 3), (64, 1, 40)] {
            let a: Vec<f32> = (0..rows * inner).map(|i| noise(11, i)).collect();
            let mut b: Vec<f32> = (0..inner * columns).map(|i| noise(12, i)).collect();
            // Its column is infinite or NaN, and no other.
            b[columns - 1] = f32::INFINITY;
            let expected = product(&a, &b, inner, columns);
            for (a_turned, b_turned) in [(false, false), (false, true), (true, false), (true, true)] {
                let left = device.copy(&if a_turned { transposed(&a, rows, inner) } else { a.clone() });
                let right = device.copy(&if b_turned { transposed(&b, inner, columns) } else { b.clone() });
                let [ar, ac] = if a_turned { [1, rows] } else { [inner, 1] };
                let [br, bc] = if b_turned { [1, inner] } else { [columns, 1] };
                let out = device.copy(&vec![0f32; rows * columns]);
                let numbers = [rows, columns, inner, ar, ac, br, bc].map(|n| (n as u32).into());
                let args = [&[out.into(), left.into(), right.into()], &numbers[..]].concat();
                let blocks = [columns.div_ceil(64) as u32, rows.div_ceil(64) as u32];
                device.launch("etude_matmul", blocks, 256, &args);
                let got = device.read_back(out, rows * columns);
                let what = format!("{rows}x{columns}x{inner} {a_turned} {b_turned} {target:?}");
                assert!(bits(&got) == bits(&expected), "{what}");
            }
        }
        println!("{target:?}: products, {} instructions: 0 bits differ", device.done);
    }
}

#[test]
fn columns_are_added_from_the_top() {
    if !compiler() {
        return;
    }
    let (rows, columns) = (37usize, 300usize);
    let matrix = numbers(rows * columns);
    let sums: Vec<f32> = (0..columns).map(|j| (0..rows).fold(0.0, |sum, i| sum + matrix[i * columns + j])).collect();
    for target in TARGETS {
        let mut device = load(Activation::Relu, target);
        let (there, out) = (device.copy(&matrix), device.copy(&vec![0f32; columns]));
        let args = [there.into(), out.into(), (rows as u32).into(), (columns as u32).into()];
        device.launch("etude_columns", [2, 1], 256, &args);
        assert!(bits(&device.read_back(out, columns)) == bits(&sums), "{target:?}");
    }
}

#[test]
fn the_examples_of_a_step_are_gathered() {
    if !compiler() {
        return;
    }
    let (examples, inputs, batch, rows) = (50usize, 13usize, 8usize, 5usize);
    let all = numbers(examples * inputs);
    let labels: Vec<u8> = (0..examples as u8).map(|i| i.wrapping_mul(37)).collect();
    let order: Vec<u32> = (0..examples as u32).map(|i| i * 7 % 50).collect();
    for target in TARGETS {
        let mut device = load(Activation::Relu, target);
        let (order_there, all_there, labels_there) = (device.copy(&order), device.copy(&all), device.copy(&labels));
        // The epoch's last batch, of which five are there, a long way into the run.
        let clock = device.copy(&[(1u64 << 40) + 5, 0, 1 << 40, 0]);
        let (x, y) = (device.copy(&vec![0f32; rows * inputs]), device.copy(&vec![0u8; rows]));
        let args = [
            clock.into(),
            order_there.into(),
            all_there.into(),
            labels_there.into(),
            (batch as u32).into(),
            (rows as u32).into(),
            (inputs as u32).into(),
            x.into(),
            y.into(),
        ];
        device.launch("etude_gather", [1, 1], 256, &args);
        let chosen: Vec<usize> = order[5 * batch..][..rows].iter().map(|&i| i as usize).collect();
        let expected: Vec<f32> = chosen.iter().flat_map(|i| &all[i * inputs..][..inputs]).copied().collect();
        assert!(bits(&device.read_back(x, rows * inputs)) == bits(&expected), "{target:?}");
        let expected: Vec<u8> = chosen.iter().map(|&i| labels[i]).collect();
        assert_eq!(device.read_back::<u8>(y, rows), expected);
    }
}
