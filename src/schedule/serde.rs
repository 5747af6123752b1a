//! Schedules in serde configs: a string, or a map that brings its clock.
//!
//! Guarantee: a key that is not known is an error with the nearest known one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::clock::{Clock, Fact};
use crate::diag::nearest;
use crate::schedule::{Schedule, compile};

/// The key of the program's text.
const SCHEDULE: &str = "schedule";

/// What to say of a key that is none of the map's.
fn unknown(key: &str) -> String {
    let known = || [SCHEDULE].into_iter().chain(Fact::ALL.map(Fact::name));
    match nearest(key, known()) {
        Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
        None => format!("unknown key `{key}`; known are {}", known().collect::<Vec<_>>().join(", ")),
    }
}

/// A string such as `"1e-3 for 100 steps >> 1e-4"`, or, where the program needs to know the run,
/// `{ "schedule": "warmup(5%) >> cosine(1e-3 -> 0)", "steps": 10000 }` with any of `steps`,
/// `steps_per_epoch`, `batch` and `tokens_per_sample`.
impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Schedule;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a schedule as text, or a map of `schedule` and its clock")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Schedule, E> {
                compile(text, Clock::unknown()).map_err(E::custom)
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Schedule, E> {
                self.visit_str(&format!("{value:e}"))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Schedule, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Schedule, E> {
                self.visit_str(&value.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Schedule, A::Error> {
                let (mut schedule, mut facts) = (None, [None; Fact::ALL.len()]);
                while let Some(key) = map.next_key::<String>()? {
                    let place = Fact::ALL.iter().position(|fact| fact.name() == key);
                    let twice = match place {
                        Some(k) => facts[k].replace(map.next_value::<Option<u64>>()?).is_some(),
                        None if key == SCHEDULE => schedule.replace(map.next_value::<String>()?).is_some(),
                        None => return Err(A::Error::custom(unknown(&key))),
                    };
                    if twice {
                        return Err(A::Error::custom(format!("`{key}` is given twice")));
                    }
                }
                let Some(schedule) = schedule else {
                    return Err(A::Error::missing_field(SCHEDULE));
                };
                compile(&schedule, Clock::of(facts.map(Option::flatten))).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Form)
    }
}
