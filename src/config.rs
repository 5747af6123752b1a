//! Schedules in serde configs: a string, or a map that brings its clock.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use crate::clock::Clock;
use crate::schedule::{Schedule, compile};

/// The map form.
#[derive(serde::Deserialize)]
struct Timed {
    schedule: String,
    #[serde(flatten)]
    clock: Clock,
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

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Schedule, A::Error> {
                let timed = Timed::deserialize(MapAccessDeserializer::new(map))?;
                compile(&timed.schedule, timed.clock).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Form)
    }
}
