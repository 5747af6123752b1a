//! Typical figures. The other tests draw them; `cargo test gallery -- --ignored` writes them out to be looked at.

use crate::plot::{Band, Figure, Line, Mark, Panel, write};

/// `f` at the whole steps of `from..=to`.
fn sample(from: u32, to: u32, f: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    (from..=to).map(|t| (f64::from(t), f(f64::from(t)))).collect()
}

/// From 1 to 0 as `x` goes from 0 to 1, much like a half cosine.
fn fall(x: f64) -> f64 {
    1.0 - x * x * (3.0 - 2.0 * x)
}

fn band(from: f64, to: f64, label: &str) -> Band {
    Band { from, to, label: label.into() }
}

fn schedule(panel: Panel) -> Panel {
    Panel { x_label: "step".into(), y_label: "learning rate".into(), ..panel }
}

pub(super) fn restarts() -> Figure {
    let mut segments = vec![sample(0, 500, |t| 1e-3 * t / 500.0)];
    let mut bands = vec![band(0.0, 500.0, "warmup")];
    for i in 0..4 {
        let (from, length) = (500 + i * 2375, 2375);
        let value = |t: f64| 1e-5 + 9.9e-4 * fall((t - f64::from(from)) / f64::from(length));
        segments.push(sample(from + u32::from(i > 0), from + length, value));
        bands.push(band(f64::from(from), f64::from(from + length), &format!("cosine {}", i + 1)));
    }
    let warm = segments.remove(0);
    segments[0].splice(0..0, warm);
    let lines = vec![Line { name: "lr".into(), segments }];
    let title = Some("warmup(500) >> cosine, 4 restarts".into());
    Figure { title, panels: vec![schedule(Panel { lines, bands, ..Panel::default() })], ..Figure::default() }
}

pub(super) fn staircase() -> Figure {
    let level = |i: u32| [0.1, 0.05, 0.02, 0.01, 0.005][i as usize];
    let segments = (0..5).map(|i| sample(i * 18, i * 18 + 17, |_| level(i))).collect();
    let marks = (1..5).map(|i| Mark { x: f64::from(i * 18), label: format!("÷ {}", i + 1) }).collect();
    let panel = Panel { lines: vec![Line { name: "lr".into(), segments }], marks, ..Panel::default() };
    let panel = Panel { x_label: "epoch".into(), ..panel };
    Figure { title: Some("staircase".into()), panels: vec![panel], ..Figure::default() }
}

pub(super) fn overlay() -> Figure {
    let wsd = |t: f64| 3e-4 * (t / 1e3).min(1.0) * ((19_999.0 - t) / 4e3).clamp(0.0, 1.0);
    let cosine = |t: f64| 3e-4 * if t < 1e3 { t / 1e3 } else { 0.1 + 0.9 * fall((t - 1e3) / 18_999.0) };
    let root = |t: f64| 3e-4 * if t < 1e3 { t / 1e3 } else { (1e3 / t).sqrt() };
    let lines = vec![
        Line::new("wsd.etude", sample(0, 19_999, wsd)),
        Line::new("cosine.etude", sample(0, 19_999, cosine)),
        Line::new("inverse-sqrt.etude", sample(0, 19_999, root)),
    ];
    Figure { panels: vec![schedule(Panel { lines, ..Panel::default() })], ..Figure::default() }
}

pub(super) fn report() -> Figure {
    let noise = |t: f64| ((t * 7919.0) % 101.0 / 101.0 - 0.5) * ((t * 104_729.0) % 13.0 / 13.0);
    let train = Line::new("train", sample(1, 6000, |t| 0.35 + 2.2 / (1.0 + t / 300.0) + 0.3 * noise(t)));
    let every =
        |f: &dyn Fn(f64) -> f64| sample(1, 30, |i| f(i * 200.0)).into_iter().map(|p| (p.0 * 200.0, p.1)).collect();
    let validation = Line::new("validation", every(&|t| 0.48 + 2.0 / (1.0 + t / 320.0) + 2e-5 * t));
    let accuracy = Line::new("accuracy", every(&|t| 0.93 - 0.8 / (1.0 + t / 250.0)));
    let lr = Line::new("lr", sample(0, 6000, |t| 6e-4 * (t / 300.0).min(1.0) * fall((t - 300.0).max(0.0) / 5700.0)));
    let panel =
        |lines, y_label: &str| Panel { lines, y_label: y_label.into(), x_label: "step".into(), ..Panel::default() };
    let marks = vec![Mark { x: 3800.0, label: "best".into() }];
    let panels = vec![
        panel(vec![train, validation], "loss"),
        Panel { marks, ..panel(vec![accuracy], "accuracy") },
        panel(vec![lr], "learning rate"),
    ];
    Figure { title: Some("tiny-mlp on digits, seed 7".into()), panels, ..Figure::default() }
}

pub(super) fn constant() -> Figure {
    let lines = vec![Line::new("momentum", sample(0, 1000, |_| 0.9))];
    Figure { panels: vec![Panel { lines, x_label: "step".into(), ..Panel::default() }], ..Figure::default() }
}

pub(super) fn range_test() -> Figure {
    let growth = |i: u32| (0..i).fold(1e-6, |lr, _| lr * 1.148_153_62);
    let loss = |i: u32| 2.3 - 1.6 / (1.0 + 3e-3 / growth(i)) + growth(i) * growth(i) * 8.0;
    let losses = Line::new("loss", (0..=100).map(|i| (growth(i), loss(i))).collect());
    let rates = Line::new("lr", (0..=100).map(|i| (growth(i), growth(i))).collect());
    let panel = |line, log_y| Panel { lines: vec![line], log_y, x_label: "learning rate".into(), ..Panel::default() };
    let marks = vec![Mark { x: 0.03, label: "suggested".into() }];
    let panels = vec![Panel { marks, ..panel(losses, false) }, panel(rates, true)];
    Figure { title: Some("range test".into()), panels, log_x: true }
}

/// Every phase narrower than its label.
pub(super) fn crowded() -> Figure {
    let level = |i: u32| f64::from(i % 3) * 1e-4 - 5e-5;
    let segments = (0..24).map(|i| sample(i * 10, i * 10 + 9, |_| level(i))).collect();
    let bands =
        (0..24).map(|i| band(f64::from(i * 10), f64::from(i * 10 + 10), &format!("phase number {i}"))).collect();
    let lines = vec![Line { name: "a < b & \"c\"".into(), segments }];
    let title = Some("A title far too long for one line ".repeat(4));
    Figure { title, panels: vec![Panel { lines, bands, ..Panel::default() }], ..Figure::default() }
}

/// More lines than colours, with long names.
pub(super) fn many() -> Figure {
    let line = |i: u32| {
        Line::new(format!("run-{i:02} lr={}e-4", i + 1), sample(0, 50, |t| f64::from(i + 1) * (50.0 - t) * 4e5))
    };
    let lines = (0..11).map(line).collect();
    Figure { panels: vec![Panel { lines, ..Panel::default() }], ..Figure::default() }
}

pub(super) fn all() -> Vec<(&'static str, Figure)> {
    vec![
        ("restarts", restarts()),
        ("staircase", staircase()),
        ("overlay", overlay()),
        ("report", report()),
        ("constant", constant()),
        ("range-test", range_test()),
        ("crowded", crowded()),
        ("many", many()),
        ("empty", Figure { panels: vec![Panel::default()], ..Figure::default() }),
    ]
}

#[test]
#[ignore = "writes pictures to look at"]
fn gallery() {
    let folder = std::env::temp_dir().join("etude-gallery");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, figure) in all() {
        write(&figure, &folder.join(format!("{name}.svg"))).unwrap();
        write(&figure, &folder.join(format!("{name}.png"))).unwrap();
        let texts = [false, true].map(|ascii| figure.to_terminal(80, 20, ascii, false));
        std::fs::write(folder.join(format!("{name}.txt")), texts.join("\n")).unwrap();
    }
}
