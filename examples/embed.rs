//! A schedule in a program of one's own: compile once, call at every step.
//!
//! `cargo run --example embed`

use etude::{Clock, compile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lr = compile("warmup(5%) >> cosine(1e-3 -> 0)", Clock::steps(10_000))?;
    assert_eq!([lr.lr(0), lr.lr(250), lr.lr(500), lr.lr(5_250), lr.lr(10_000)], [0.0, 5e-4, 1e-3, 5e-4, 0.0]);

    // `2x` is twice what the trainer calls its base value: one program, any number of param groups.
    let scaled = compile("1x until 3 epochs >> 0.1x", Clock::unknown().steps_per_epoch(100))?;
    let (body, head) = (scaled.with_base(0.01)?, scaled.with_base(0.1)?);
    assert_eq!((body.lr(299), head.lr(299), head.lr(300)), (0.01, 0.1, 0.1 * 0.1));

    // A mistake is an error that shows its place and the fix.
    let wrong = compile("warmup(5 epocs) >> 1e-3", Clock::steps(100)).unwrap_err();
    assert_eq!(wrong.list[0].help.as_deref(), Some("did you mean `epochs`?"));

    println!("{}", lr.explain());
    Ok(())
}
