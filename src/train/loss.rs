//! Softmax cross-entropy.

use super::float::{exp, ln};

/// What one batch gave.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Σ −ln p, where p is the softmax of the label's logit, in nats; not yet divided by the number of examples.
    pub loss: f64,
    /// Examples whose largest logit is the label's (the first of equals).
    pub correct: usize,
}

/// Scores `logits`, row-major (examples × classes), against `labels`, each below `classes`.
pub fn score(logits: &[f32], labels: &[u8], classes: usize) -> Score {
    let mut total = Score::default();
    for (row, &label) in logits.chunks_exact(classes).zip(labels) {
        let max = max(row);
        let sum: f64 = row.iter().map(|&z| f64::from(exp(z - max))).sum();
        add(&mut total, row, label, max, sum);
    }
    total
}

/// As [`score`], and turns `logits` into the gradient of the *mean* loss of the batch: (softmax − one-hot) / examples.
pub fn score_and_grad(logits: &mut [f32], labels: &[u8], classes: usize) -> Score {
    let mut total = Score::default();
    let weight = 1.0 / labels.len() as f32;
    for (row, &label) in logits.chunks_exact_mut(classes).zip(labels) {
        let max = max(row);
        let sum: f64 = row.iter().map(|&z| f64::from(exp(z - max))).sum();
        add(&mut total, row, label, max, sum);
        let scale = (f64::from(weight) / sum) as f32;
        for z in row.iter_mut() {
            *z = exp(*z - max) * scale;
        }
        row[usize::from(label)] -= weight;
    }
    total
}

fn max(row: &[f32]) -> f32 {
    row.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

fn add(total: &mut Score, row: &[f32], label: u8, max: f32, sum: f64) {
    let own = row[usize::from(label)];
    total.loss += ln(sum) - f64::from(own - max);
    // `f32::max` skips NaN, so a row with NaN would look right without the sum, which keeps it.
    total.correct += usize::from(row.iter().position(|&z| z == max) == Some(usize::from(label)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_textbook_values() {
        let mut logits = [0.0, 0.0, 2.0, 0.0];
        let expected = std::f64::consts::LN_2 + ln(1.0 + f64::from(exp(-2.0)));
        let score = score(&logits, &[1, 0], 2);
        assert!((score.loss - expected).abs() < 1e-6, "{score:?}");
        assert_eq!(score.correct, 1);
        assert_eq!(super::score_and_grad(&mut logits, &[1, 0], 2), score);
        assert_eq!(logits[..2], [0.25, -0.25]);
        assert!((logits[2] + logits[3]).abs() < 1e-7 && logits[2] < 0.0);
    }

    #[test]
    fn huge_and_bad_logits() {
        assert_eq!(score(&[1e30, 0.0], &[0], 2), Score { loss: 0.0, correct: 1 });
        assert!(score(&[f32::NAN, 0.0], &[1], 2).loss.is_nan());
    }
}
