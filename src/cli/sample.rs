//! Programs → figures. Curves are followed in continuous time, so that jumps are found where they are and are never
//! drawn as slopes.

use std::sync::Arc;

use num_traits::{CheckedAdd, CheckedMul};

use crate::clock::{Ratio, to_f64};
use crate::eval::open_loop;
use crate::ir::{Ir, Output};
use crate::lower::{LONGEST, moment};
use crate::plan::{Plan, Sig};
use crate::plot::{Band, Figure, Line, Panel};
use crate::work::Work;

/// Intervals over the run.
const GRID: i128 = 2000;
/// Halvings of an interval in the search for a jump.
const HALVINGS: u32 = 12;
/// Jumps and slopes below this share of the curve's height cannot be told apart in a picture.
const VISIBLE: f64 = 0.004;

/// One program to draw.
#[derive(Debug)]
pub struct Curves {
    /// What the legend calls it.
    pub name: String,
    /// The checked program.
    pub plan: Plan,
    /// Its text.
    pub source: Arc<str>,
}

/// One panel for each hyperparameter name; programs share panels. A single program shows its phases.
pub fn figure(programs: &[Curves], log_y: bool) -> Figure {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in programs.iter().flat_map(|p| &p.plan.outputs) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let panel = |name: &&str| {
        let relative = programs.iter().any(|p| uses_base(&p.plan, name));
        let y_label = if relative { format!("{name} / base") } else { String::from(*name) };
        let mut panel = Panel { y_label, x_label: "step".into(), log_y, ..Panel::default() };
        for program in programs {
            let Some(index) = program.plan.outputs.iter().position(|(n, _)| n == name) else { continue };
            let legend = if let [_] = programs { String::from(*name) } else { program.name.clone() };
            panel.lines.push(Line { name: legend, segments: follow(program, index, log_y) });
            if let [_] = programs {
                panel.bands = bands(program, index);
            }
        }
        panel
    };
    Figure { panels: names.iter().map(panel).collect(), ..Figure::default() }
}

/// Where the picture ends: with the run, or with the last phase, or somewhere.
fn end(plan: &Plan) -> Ratio {
    let last = plan.phases.iter().filter(|p| p.depth == 0).filter_map(|p| p.end).max();
    let total = plan.clock.total().map(|n| Ratio::from_integer(n.into()));
    let longest = Ratio::from_integer(LONGEST);
    total.or(last.map(|end| share(end.min(longest), 5, 4))).unwrap_or(Ratio::from_integer(100)).min(longest)
}

/// `time` · k / n, or `time` where that has too many digits: a picture shows either.
fn share(time: Ratio, k: i128, n: i128) -> Ratio {
    time.checked_mul(&Ratio::new(k, n)).unwrap_or(time)
}

fn bands(program: &Curves, output: usize) -> Vec<Band> {
    let plan = &program.plan;
    let phases: Vec<_> = plan.phases.iter().filter(|p| p.output == output && p.depth == 0).collect();
    if phases.len() < 2 {
        return vec![];
    }
    let end = end(plan);
    let label = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let band = |p: &&crate::plan::Phase| Band {
        from: to_f64(p.start),
        to: to_f64(p.end.unwrap_or(end).min(end)),
        label: label(&program.source[p.span.range()]),
    };
    phases.iter().filter(|p| p.start < end).map(band).collect()
}

/// The curve's continuous pieces.
fn follow(program: &Curves, output: usize, log_y: bool) -> Vec<Vec<(f64, f64)>> {
    let (plan, sig) = (&program.plan, &program.plan.outputs[output].1);
    let end = end(plan);
    let mut times: Vec<Ratio> = (0..GRID).map(|k| share(end, k, GRID)).collect();
    times.extend(
        plan.phases.iter().filter(|p| p.depth == 0 && p.output == output).map(|p| p.start).filter(|t| *t < end),
    );
    times.sort_unstable();
    times.dedup();
    times.push(end);
    // Past the end the curve holds its limit, so the last value is the one from the left.
    let values: Vec<f64> = times.iter().map(|&t| at(sig, t, t == end)).collect();
    let finite = values.iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), &v| (low.min(v), high.max(v)));
    // On a logarithmic axis every power of ten is as high as the others.
    let visible = |a: f64, b: f64| VISIBLE * if log_y { a.abs().max(b.abs()) } else { high - low };

    let mut pieces = vec![vec![(0.0, values[0])]];
    for k in 1..times.len() {
        if let Some((x, before, after)) =
            jump(sig, (times[k - 1], values[k - 1]), (times[k], values[k]), visible(values[k - 1], values[k]))
        {
            pieces.last_mut().expect("there is a piece from the start on").push((x, before));
            pieces.push(vec![(x, after)]);
        }
        pieces.last_mut().expect("there is a piece from the start on").push((to_f64(times[k]), values[k]));
    }
    pieces
}

/// The jump between two moments, if there is a visible one: its place and the values on both sides.
fn jump(sig: &Sig, from: (Ratio, f64), to: (Ratio, f64), visible: f64) -> Option<(f64, f64, f64)> {
    let whole = (to.1 - from.1).abs();
    if whole <= visible {
        return None;
    }
    let (mut a, mut b) = (from, to);
    for _ in 0..HALVINGS {
        let time = a.0.checked_add(&b.0).map_or(b.0, |sum| share(sum, 1, 2));
        let middle = (time, at(sig, time, false));
        if (middle.1 - a.1).abs() >= (b.1 - middle.1).abs() {
            b = middle
        } else {
            a = middle
        }
        // A slope loses half with every step, or soon more than that.
        if (b.1 - a.1).abs() < whole / 8.0 {
            return None;
        }
    }
    Some((to_f64(b.0), a.1, b.1))
}

/// Whether the value that `name` has depends on the base value.
fn uses_base(plan: &Plan, name: &str) -> bool {
    let end = end(plan);
    let differs = |sig: &Sig, k: i128| {
        let value = |base| with_base(sig, share(end, k, 16), false, base);
        value(1.0) != value(2.0)
    };
    plan.outputs.iter().any(|(n, sig)| n == name && (0..16).any(|k| differs(sig, k)))
}

/// The value at one moment, for base 1.
fn at(sig: &Sig, time: Ratio, left: bool) -> f64 {
    with_base(sig, time, left, 1.0)
}

fn with_base(sig: &Sig, time: Ratio, left: bool, base: f64) -> f64 {
    let Some((block, registers)) = moment(sig, time, left, &Work::default()) else { return f64::NAN };
    let mut out = [0.0];
    open_loop(&Ir::new(vec![Output { name: String::new(), block }], registers), 0, base, &mut out);
    out[0]
}
