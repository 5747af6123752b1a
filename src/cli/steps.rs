//! Which steps: `0,5,9`, `a..b`, `a..b:stride`.

use crate::Program;

/// Steps in the order in which they are asked for. A range is never held in memory.
#[derive(Clone, Debug)]
pub enum Steps {
    /// These.
    List(Vec<u64>),
    /// Every `stride`-th from `start` up to, but without, `end`.
    Range { start: u64, end: u64, stride: u64 },
}

impl Steps {
    /// Eleven points over the run, its end among them.
    pub fn over(program: &Program) -> Self {
        let end = end(program);
        let mut list: Vec<u64> = (0..=10u128).map(|k| (u128::from(end) * k / 10) as u64).collect();
        list.dedup();
        Self::List(list)
    }

    pub fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match *self {
            Self::List(ref list) => Box::new(list.iter().copied()),
            Self::Range { start, end, stride } => {
                let next = move |step: &u64| step.checked_add(stride).filter(|&s| s < end);
                Box::new(std::iter::successors((start < end).then_some(start), next))
            }
        }
    }

    /// The largest step.
    pub fn last(&self) -> u64 {
        match *self {
            Self::List(ref list) => list.iter().copied().max().unwrap_or(0),
            Self::Range { end, .. } => end.saturating_sub(1),
        }
    }
}

/// The run's end; a run of unknown length ends with its last phase.
pub fn end(program: &Program) -> u64 {
    let last = program.phases().iter().filter(|p| p.depth == 0).filter_map(|p| p.end).fold(0.0, f64::max);
    program.clock().total().or(Some(last.ceil() as u64)).filter(|&n| n > 0).unwrap_or(10)
}

/// One step; digits may be grouped: `10_000`.
pub fn step(text: &str) -> Result<u64, String> {
    let grouped = text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with('_');
    let digits = if grouped { text.replace('_', "") } else { text.to_owned() };
    let number = digits.parse().map_err(|_| format!("`{text}` is not a step: a whole number from 0 to 2^64 - 1"));
    if text.starts_with('+') { Err(format!("`{text}` is not a step")) } else { number }
}

/// `a..b` or `a..b:stride`.
pub fn range(text: &str) -> Result<Steps, String> {
    let (ends, stride) = text.split_once(':').unwrap_or((text, "1"));
    let (start, end) = ends.split_once("..").ok_or("a range is written `a..b` or `a..b:stride`")?;
    let (start, end, stride) = (step(start)?, step(end)?, step(stride)?);
    if stride == 0 {
        return Err("the stride is 0, so the range would never end".into());
    }
    if start > end {
        return Err(format!("the range ends at {end}, before its start {start}"));
    }
    Ok(Steps::Range { start, end, stride })
}
