//! A curve of any length, kept to what a picture can show.
//!
//! Guarantees: at most [`MOST`] stretches are kept, each with its least and its greatest point, so that no peak is lost; a
//! curve of no more points than that is kept as it is.

/// Stretches: more than a picture has columns.
const MOST: usize = 1 << 12;

type Point = (f64, f64);

/// A curve that grows at its end.
#[derive(Debug, Default)]
pub struct Curve {
    /// The least and the greatest point of each stretch.
    stretches: Vec<[Point; 2]>,
    /// Points of a stretch, doubled from 1 on.
    doubled: u32,
    /// Points of the last stretch.
    last: u64,
}

impl Curve {
    /// Adds the next point.
    pub fn push(&mut self, x: f64, y: f64) {
        let full = self.last == 1 << self.doubled;
        if full && self.stretches.len() == MOST {
            self.stretches =
                self.stretches.chunks(2).map(|pair| joined(pair[0], *pair.last().unwrap_or(&pair[0]))).collect();
            self.doubled += 1;
        }
        let full = self.last >= 1 << self.doubled;
        match self.stretches.last_mut().filter(|_| !full) {
            Some(stretch) => {
                *stretch = joined(*stretch, [(x, y); 2]);
                self.last += 1;
            }
            None => {
                self.stretches.push([(x, y); 2]);
                self.last = 1;
            }
        }
    }

    /// The points to draw, in order.
    pub fn points(&self) -> Vec<Point> {
        let mut all = Vec::with_capacity(2 * self.stretches.len());
        for &[least, greatest] in &self.stretches {
            all.extend(if least.0 < greatest.0 { [least, greatest] } else { [greatest, least] });
        }
        all.dedup();
        all
    }
}

fn joined([a, b]: [Point; 2], [c, d]: [Point; 2]) -> [Point; 2] {
    [if c.1 < a.1 { c } else { a }, if d.1 > b.1 { d } else { b }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_curves_are_kept_and_long_ones_keep_their_peaks() {
        let curve = |n: u64, f: fn(u64) -> f64| {
            let mut curve = Curve::default();
            (0..n).for_each(|k| curve.push(k as f64, f(k)));
            curve.points()
        };
        let wave = |k: u64| (k * 7919 % 101) as f64;
        assert_eq!(curve(MOST as u64, wave), Vec::from_iter((0..MOST as u64).map(|k| (k as f64, wave(k)))));
        let points = curve(1_000_003, |k| if k == 777_777 { 9.0 } else { (k % 2) as f64 });
        assert!(points.len() <= 2 * MOST && points.len() > MOST / 2, "{}", points.len());
        assert!(points.contains(&(777_777.0, 9.0)) && points.windows(2).all(|w| w[0].0 < w[1].0));
        assert_eq!((points[0].0, points.last().unwrap().0 > 999_000.0), (0.0, true));
        assert_eq!(curve(0, |_| 0.0), []);
    }
}
