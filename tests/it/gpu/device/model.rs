//! The model's element-wise kernels on a GPU.

use etude::config::Activation;
use etude::optim::RULES;
use etude::optim::cuda::Settings;
use etude::train::loss;

use super::super::numbers::{bits, numbers};
use super::device;

#[test]
#[ignore = "needs a GPU"]
#[allow(unsafe_code)]
fn activations_have_the_cpus_bits() {
    let device = device();
    let (rows, columns) = (500u32, 41u32);
    let x = numbers((rows * columns) as usize);
    let blocks = [x.len().div_ceil(256) as u32, 1];
    for activation in Activation::ALL {
        let settings = Settings::new(RULES[0], &[], 1).unwrap();
        let module = device.load(&(settings.text() + "\n" + &etude::train::cuda::text(activation))).unwrap();
        let (forward, backward) =
            (module.kernel("etude_activate").unwrap(), module.kernel("etude_deactivate").unwrap());
        let (pre, bias) = (device.copy(&x).unwrap(), device.zeros::<f32>(columns as usize).unwrap());
        let post = device.zeros::<f32>(x.len()).unwrap();
        let args = [pre.all().into(), bias.all().into(), post.all().into(), rows.into(), columns.into()];
        // SAFETY: the kernel's own parameters; the lengths agree.
        unsafe { forward.launch(blocks, 256, &args).unwrap() };
        let (mut got, mut expected) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        device.read(&post, &mut got).unwrap();
        // The bias is added first, which turns −0 into 0.
        let shifted: Vec<f32> = x.iter().map(|x| 0.0 + x).collect();
        activation.forward(&shifted, &mut expected);
        assert!(bits(&got) == bits(&expected), "{activation:?}");

        let delta = device.copy(&vec![0.7f32; x.len()]).unwrap();
        let args = [pre.all().into(), delta.all().into(), rows.into(), columns.into()];
        // SAFETY: the kernel's own parameters; the lengths agree.
        unsafe { backward.launch(blocks, 256, &args).unwrap() };
        device.read(&delta, &mut got).unwrap();
        expected.fill(0.7);
        activation.backward(&shifted, &mut expected);
        assert!(bits(&got) == bits(&expected), "the slope of {activation:?}");
    }
}

#[test]
#[ignore = "needs a GPU"]
#[allow(unsafe_code)]
fn losses_have_the_cpus_bits() {
    let device = device();
    let settings = Settings::new(RULES[0], &[], 1).unwrap();
    let module = device.load(&(settings.text() + "\n" + &etude::train::cuda::text(Activation::Relu))).unwrap();
    let kernel = module.kernel("etude_loss").unwrap();
    for (rows, classes) in [(700usize, 10usize), (3, 256), (64, 1)] {
        // Odd numbers in the first rows only, so that there are rows without.
        let mut logits = numbers(rows * classes);
        logits.rotate_right(classes);
        let labels: Vec<u8> = (0..rows).map(|i| (i * 7 % classes) as u8).collect();
        for gradient in [false, true] {
            let (out, bias) = (device.copy(&logits).unwrap(), device.zeros::<f32>(classes).unwrap());
            let (labels_there, losses) = (device.copy(&labels).unwrap(), device.zeros::<f64>(rows).unwrap());
            let correct = device.zeros::<u32>(rows).unwrap();
            let args = [
                out.all().into(),
                bias.all().into(),
                labels_there.all().into(),
                (rows as u32).into(),
                (classes as u32).into(),
                u32::from(gradient).into(),
                losses.all().into(),
                correct.all().into(),
            ];
            // SAFETY: the kernel's own parameters; the lengths agree.
            unsafe { kernel.launch([rows.div_ceil(256) as u32, 1], 256, &args).unwrap() };
            let (mut got, mut right) = (vec![0.0; rows], vec![0; rows]);
            device.read(&losses, &mut got).unwrap();
            device.read(&correct, &mut right).unwrap();
            for (i, row) in logits.chunks(classes).enumerate() {
                let score = loss::score(row, &labels[i..=i], classes);
                let same = got[i].to_bits() == score.loss.to_bits() || got[i].is_nan() && score.loss.is_nan();
                assert!(same && right[i] as usize == score.correct, "{row:?}: {} {score:?}", got[i]);
            }
            if gradient {
                let (mut grad, mut expected) = (vec![0.0; logits.len()], logits.clone());
                device.read(&out, &mut grad).unwrap();
                loss::score_and_grad(&mut expected, &labels, classes);
                assert!(bits(&grad) == bits(&expected), "{rows} {classes}");
            }
        }
    }
}
