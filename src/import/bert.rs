//! google-research/bert: `optimization.create_optimizer`.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{number, steps};

/// BERT's own optimizer
pub const BERT: Dialect = Dialect { name: "bert", classes: &[("create_optimizer", create_optimizer)], config: None };

fn create_optimizer(case: &mut Case) -> Result<String, Error> {
    let peak = number(case.number_or("init_lr", case.base_lr)?);
    let total = case.count_or("num_train_steps", case.total)?;
    let warmup = case.count_or("num_warmup_steps", 0)?;
    if total == 0 {
        return Err(Error::new("`num_train_steps` is 0: the decay needs at least one step"));
    }
    let decay = match total {
        n if n == case.total => format!("{peak} -> 0"),
        n if n > case.total => format!("{peak} -> 0 | cycle({})", steps(n)),
        n => format!("{peak} -> 0 for {} >> 0", steps(n)),
    };
    if warmup == 0 {
        return Ok(decay);
    }
    case.note(
        "trap: the decay runs on under the warmup, so that the rate never reaches init_lr but jumps down to the line",
    );
    // The warmup aims at init_lr itself, not at where the line is by then.
    Ok(match warmup {
        n if n < case.total => format!("{decay} | overlay(0 -> {peak} for {})", steps(n)),
        n if n == case.total => format!("0 -> {peak}"),
        n => format!("0 -> {peak} | cycle({})", steps(n)),
    })
}
