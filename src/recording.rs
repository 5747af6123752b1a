//! Recorded curves: what `table("curve.csv")` stands for.
//!
//! Guarantee: a [`Recording`] has at least two values, all finite, at evenly spaced steps. Nothing here reads
//! files; the host does, when a program is compiled [with one](crate::Input::with).

use std::sync::Arc;

use crate::files::{FileError, FileErrorKind};

/// A curve as it was recorded: a value every so many steps.
///
/// ```
/// let curve = etude::Recording::new([(0, 1e-3), (10, 5e-4), (20, 0.0)])?;
/// let clock = etude::Clock::steps(100);
/// let schedule = etude::Input::new("table(\"curve.csv\")", clock).with(&|name: &str| match name {
///     "curve.csv" => Ok(curve.clone()),
///     _ => Err("there is no such file".into()),
/// }).schedule()?;
/// assert_eq!((schedule.lr(5), schedule.lr(10), schedule.lr(30)), (7.5e-4, 5e-4, 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    values: Arc<[f64]>,
    spacing: u64,
}

impl Recording {
    /// A recording of `(step, value)` rows; the first one's step is where the phase starts.
    ///
    /// # Errors
    /// Fewer than two rows, a value that is not finite, steps that do not ascend or are not evenly spaced.
    pub fn new(rows: impl IntoIterator<Item = (u64, f64)>) -> Result<Self, FileError> {
        Self::of(rows).map_err(|reason| FileError::new(FileErrorKind::Content, reason))
    }

    fn of(rows: impl IntoIterator<Item = (u64, f64)>) -> Result<Self, String> {
        let (mut values, mut last, mut spacing) = (vec![], None, None);
        for (step, value) in rows {
            if step > 1 << 53 {
                return Err(format!("`step` is {step}, and a run has at most 2^53 steps"));
            }
            if !value.is_finite() {
                return Err(format!("`value` is {value} at step {step}; drop or mend the row"));
            }
            if let Some(last) = last {
                let gap = match step.checked_sub(last) {
                    Some(gap) if gap > 0 => gap,
                    _ => {
                        return Err(format!(
                            "`step` {step} comes after {last}; sort the rows and keep one for each step"
                        ));
                    }
                };
                let usual = *spacing.get_or_insert(gap);
                if gap != usual {
                    let missing = if gap > usual { format!("; {} is missing", last + usual) } else { String::new() };
                    return Err(format!(
                        "`step` goes from {last} to {step}, but by {usual} before{missing}: a recording has a value \
                         every so many steps; record evenly, or make phases of it: `table(…) >> table(…)`"
                    ));
                }
            }
            last = Some(step);
            values.push(value);
        }
        match spacing {
            Some(spacing) => Ok(Self { values: values.into(), spacing }),
            None => Err(format!("it has {} of the 2 rows that a curve needs at least", values.len())),
        }
    }

    /// The recording in a CSV text: a header, then the columns `step` and `value`. Where there is no column
    /// `value`, the only other one is taken.
    ///
    /// # Errors
    /// A sentence that names the line and the column.
    #[cfg(feature = "csv")]
    pub fn from_csv(text: &str) -> Result<Self, FileError> {
        let rows = rows(text).map_err(|reason| FileError::new(FileErrorKind::Content, reason))?;
        Self::new(rows)
    }

    /// The values, at least two.
    pub(crate) fn values(&self) -> &Arc<[f64]> {
        &self.values
    }

    /// From the first row to the last, in steps.
    pub(crate) fn steps(&self) -> u128 {
        u128::from(self.spacing) * (self.values.len() as u128 - 1)
    }
}

/// The rows of a CSV text.
#[cfg(feature = "csv")]
fn rows(text: &str) -> Result<Vec<(u64, f64)>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns = reader.headers().map_err(|e| e.to_string())?.clone();
    let find = |name: &str| columns.iter().position(|c| c == name);
    let all = || columns.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
    let Some(step) = find("step") else {
        return Err(format!("its first line must name the columns `step` and `value`, and names {}", all()));
    };
    let value = match (find("value"), columns.len()) {
        (Some(value), _) => value,
        (None, 2) => 1 - step,
        _ => return Err(format!("which column is the value? It has {}; call one of them `value`", all())),
    };
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |column: usize, what: &str| {
            format!("line {line}: `{}` is `{}`, and must be {what}", &columns[column], &record[column])
        };
        let number = record[value].parse().ok().filter(|v: &f64| v.is_finite());
        rows.push((
            record[step].parse().map_err(|_| wrong(step, "a whole number from 0"))?,
            number.ok_or_else(|| wrong(value, "a finite number; drop or mend the row"))?,
        ));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::Recording;

    #[test]
    fn rows_that_are_no_curve_say_why() {
        let cases: &[(&[(u64, f64)], &str)] = &[
            (&[], "0 of the 2 rows"),
            (&[(0, 1.0)], "1 of the 2 rows"),
            (&[(0, 1.0), (1, f64::NAN)], "`value` is NaN at step 1"),
            (&[(0, 1.0), (5, 1.0), (3, 1.0)], "`step` 3 comes after 5"),
            (&[(0, 1.0), (0, 1.0)], "`step` 0 comes after 0"),
            (&[(0, 1.0), (10, 1.0), (30, 1.0)], "; 20 is missing"),
            (&[(0, 1.0), (10, 1.0), (15, 1.0)], "from 10 to 15, but by 10 before"),
        ];
        for (rows, message) in cases {
            let found = Recording::new(rows.iter().copied()).expect_err(message);
            assert!(found.to_string().contains(message), "{found}");
        }
    }

    #[cfg(feature = "csv")]
    #[test]
    fn csv_texts_name_line_and_column() {
        let cases = [
            ("", "columns `step` and `value`"),
            ("a,b\n1,2\n", "names `a`, `b`"),
            ("step,lr,loss\n0,1,2\n", "which column is the value? It has `step`, `lr`, `loss`"),
            ("step,value\n0,1\n1,\n", "line 3: `value` is ``, and must be a finite number"),
            ("step,value\n0,1\n1,nan\n", "line 3: `value` is `nan`"),
            ("step,value\n0,1\nx,2\n", "line 3: `step` is `x`, and must be a whole number"),
            ("step,value\n0,1\n1.5,2\n", "line 3: `step` is `1.5`"),
            ("step,value\n0,1\n1\n", "line"),
            ("step,value\n0,1\n", "1 of the 2 rows"),
        ];
        for (text, message) in cases {
            let found = Recording::from_csv(text).expect_err(message);
            assert!(found.to_string().contains(message), "{found}");
        }
        for text in ["step,value\n0,1\n5,2\n", "loss, value, step\n7, 1, 0\n7, 2, 5\n", "lr,step\r\n1,0\r\n2,5\r\n"] {
            assert_eq!(Recording::from_csv(text).unwrap(), Recording::new([(0, 1.0), (5, 2.0)]).unwrap(), "{text}");
        }
    }
}
