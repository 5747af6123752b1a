//! x
fn main() {
    let phases: Vec<String> = (0..10)
        .map(|k| match k % 3 {
            0 => format!("cosine({}e-3 -> {}e-3)", k + 1, k + 2),
            1 => format!("{}e-3 -> {}e-3", k + 1, k + 2),
            _ => format!("exp({}e-3 -> {}e-3) for 7%", k + 1, k + 2),
        })
        .collect();
    let s = phases.join(" >> ");
    for _ in 0..8000 { std::hint::black_box(etude::compile(&s, etude::Clock::steps(10000))).unwrap(); }
}
