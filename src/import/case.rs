//! One scheduler to import: its parameters, each of which must be read.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::error::Error;
use super::text::number;
use crate::printable::shown;

/// The longest part of a heading that is shown.
const LONGEST: usize = 300;

/// A number with more characters than this is not what somebody wrote.
const LONG: usize = 12;

/// The fields of an object that describes a scheduler.
const FIELDS: &[&str] = &["class", "params", "base_lr", "total_steps", "unit", "group"];

/// One scheduler: what it is, over how long a run, with which parameters.
#[derive(Clone, Debug)]
pub struct Case {
    /// The class or function.
    pub class: String,
    /// The optimizer's own learning rate, of the param group that is imported.
    pub base_lr: f64,
    /// How often the scheduler is stepped in the run.
    pub total: u64,
    /// What one step of the scheduler is; for people.
    pub unit: String,
    /// Which param group this is.
    pub group: usize,
    /// How many param groups there are.
    pub groups: usize,
    params: Map<String, Value>,
    shown: String,
    read: BTreeSet<String>,
    notes: Vec<String>,
    spelt: Vec<(String, String)>,
}

impl Case {
    /// Reads the object that describes it.
    pub(super) fn read(object: &Map<String, Value>) -> Result<Self, Error> {
        if let Some(key) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err(Error::unknown("field", key, FIELDS));
        }
        let params = match object.get("params") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(params)) => params.clone(),
            Some(other) => return Err(wrong("params", "an object of parameters by name", other)),
        };
        let mut case = Self {
            class: String::new(),
            base_lr: 0.0,
            total: 0,
            unit: String::new(),
            group: 0,
            groups: 1,
            params: object.iter().filter(|(key, _)| *key != "params").map(|(k, v)| (k.clone(), v.clone())).collect(),
            shown: String::new(),
            read: BTreeSet::new(),
            notes: vec![],
            spelt: vec![],
        };
        case.class = case.text("class")?;
        case.total = case.count("total_steps")?;
        case.unit = case.text_or("unit", "step")?;
        case.group = case.count_or("group", 0)? as usize;
        case.groups = case.value("base_lr").and_then(Value::as_array).map_or(1, Vec::len);
        if case.group >= case.groups {
            let last = case.groups.saturating_sub(1);
            return Err(Error::new(format!("`group` is {}, but `base_lr` has groups 0 to {last}", case.group)));
        }
        case.base_lr = case.number("base_lr")?;
        if case.total == 0 {
            return Err(Error::new("`total_steps` is 0: a run has at least one step"));
        }
        let list = params.iter().map(|(key, value)| format!("{key}={value}"));
        case.shown = list.collect::<Vec<_>>().join(", ");
        (case.params, case.read) = (params, BTreeSet::new());
        Ok(case)
    }

    /// A scheduler inside this one, over `total` steps.
    pub fn part(&self, class: &str, params: Map<String, Value>, total: u64) -> Self {
        Self {
            class: class.into(),
            base_lr: self.base_lr,
            total,
            unit: self.unit.clone(),
            group: self.group,
            groups: self.groups,
            params,
            shown: String::new(),
            read: BTreeSet::new(),
            notes: vec![],
            spelt: vec![],
        }
    }

    /// Takes over the notes of a scheduler inside this one.
    pub fn adopt(&mut self, part: Self) {
        for note in part.notes {
            self.note(note);
        }
        for spelt in part.spelt {
            if !self.spelt.contains(&spelt) {
                self.spelt.push(spelt);
            }
        }
    }

    /// `a * b`, which the program shows as that where its digits are longer.
    pub fn product(&mut self, a: f64, b: f64) -> f64 {
        let parts = (1.0 / b).round();
        match 1.0 / parts == b && parts > 1.0 {
            true if a / parts == a * b => self.quotient(a, parts),
            // A factor such as 1/3.
            true if number(b).len() > LONG => self.spell(a * b, a, &format!(" * (1 / {})", number(parts))),
            _ => self.spell(a * b, a, &format!(" * {}", number(b))),
        }
    }

    /// `a / b`, which the program shows as that where its digits are longer.
    pub fn quotient(&mut self, a: f64, b: f64) -> f64 {
        self.spell(a / b, a, &format!(" / {}", number(b)))
    }

    fn spell(&mut self, x: f64, a: f64, rest: &str) -> f64 {
        let (digits, a) = (number(x), number(a));
        let a = self.spelt.iter().find(|(long, _)| *long == a).map_or(a, |(_, text)| text.clone());
        let text = a + rest;
        if x.is_finite() && digits.len() > text.len().max(LONG) {
            self.spelt.push((digits, text));
        }
        x
    }

    /// `program` with the sums that made its long numbers.
    pub(super) fn spelt(&self, program: &str) -> String {
        self.spelt.iter().fold(program.into(), |program, (digits, text)| super::text::spelt(&program, digits, text))
    }

    /// Says something in the program's heading.
    pub fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// Multiplies a number, or those of a list, where they are below `most`; a fraction is cut off at the end.
    pub fn scale(&mut self, name: &str, by: f64, most: f64) {
        let scaled = |value: &mut Value| match value.as_f64() {
            Some(x) if x < most => *value = (x * by).floor().into(),
            _ => {}
        };
        match self.params.get_mut(name) {
            Some(Value::Array(list)) => list.iter_mut().for_each(scaled),
            Some(value) => scaled(value),
            None => {}
        }
    }

    /// Treats the members of the object `name` as parameters of their own.
    pub fn flatten(&mut self, name: &str) -> Result<(), Error> {
        match self.params.remove(name) {
            None | Some(Value::Null) => Ok(()),
            Some(Value::Object(inner)) => {
                self.params.extend(inner);
                Ok(())
            }
            Some(other) => Err(wrong(name, "an object of parameters by name", &other)),
        }
    }

    /// The comments above the program.
    pub(super) fn heading(&self, library: &str) -> String {
        let (class, base) = (&self.class, number(self.base_lr));
        let mut params = self.shown.clone();
        if params.chars().count() > LONGEST {
            params = params.chars().take(LONGEST).chain(['…']).collect();
        }
        let unit = if self.unit == "step" { String::new() } else { format!(" (one step is one {})", self.unit) };
        let mut text = format!("# {library}: {class}({params})\n# base_lr {base}, {} steps{unit}\n", self.total);
        if self.groups > 1 {
            let last = self.groups - 1;
            _ = writeln!(text, "# param group {} of 0 to {last}; `\"group\": n` imports another one", self.group);
        }
        for note in &self.notes {
            _ = writeln!(text, "# {note}");
        }
        // A unit or class is any text.
        shown(&text.replace('\r', " ")).into_owned()
    }

    /// That every parameter was read.
    pub(super) fn all_read(&self) -> Result<(), Error> {
        let known: Vec<&str> = self.read.iter().map(String::as_str).collect();
        let left = self.params.iter().find(|(key, value)| !self.read.contains(*key) && !value.is_null());
        left.map_or(Ok(()), |(key, _)| Err(Error::unknown(&format!("parameter of {}", self.class), key, &known)))
    }

    /// The parameters that probably make a number that cannot be: those that are 0, below it, or far from 1.
    pub(super) fn suspects(&self) -> String {
        let odd = |x: f64| x <= 0.0 || !(1e-9..=1e6).contains(&x);
        let numbers = self.params.iter().filter(|(_, value)| value.is_number());
        let (odd, even): (Vec<_>, Vec<_>) = numbers.partition(|(_, value)| value.as_f64().is_some_and(odd));
        let names = if odd.is_empty() { even } else { odd };
        let names: Vec<String> = names.iter().map(|(key, value)| format!("`{key}` ({value})")).collect();
        if names.is_empty() { "`params`".into() } else { names.join(" or ") }
    }

    /// A parameter as it is; `null` is none.
    pub fn value(&mut self, name: &str) -> Option<&Value> {
        if !self.read.contains(name) {
            self.read.insert(name.into());
        }
        self.params.get(name).filter(|value| !value.is_null())
    }

    /// Whether a parameter is given and not `null`.
    pub fn has(&mut self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Error> {
        let owner = if self.class.is_empty() { "the scheduler" } else { &self.class };
        value.ok_or_else(|| Error::new(format!("`{name}` is missing: {owner} needs it")))
    }

    /// A number, if it is given. Of a list with one number for each param group, this group's.
    pub fn maybe_number(&mut self, name: &str) -> Result<Option<f64>, Error> {
        let (group, groups) = (self.group, self.groups);
        let Some(mut value) = self.value(name) else { return Ok(None) };
        // Only rates and momenta have one value for each group.
        if let (Value::Array(list), true) = (value, name.contains("lr") || name.contains("mom")) {
            match list.get(group) {
                Some(one) if list.len() == groups => value = one,
                _ => return Err(wrong(name, &format!("a number, or a list of {groups} for as many groups"), value)),
            }
        }
        // Sums and products of what is read stay far from the largest f64.
        match value.as_f64().map(|x| (x, x.abs() <= 1e100)) {
            Some((x, true)) => Ok(Some(x)),
            Some((_, false)) => Err(wrong(name, "a number of sensible size", value)),
            None => Err(wrong(name, "a number", value)),
        }
    }

    /// A number.
    pub fn number(&mut self, name: &str) -> Result<f64, Error> {
        let value = self.maybe_number(name)?;
        self.required(name, value)
    }

    /// A number with a default.
    pub fn number_or(&mut self, name: &str, default: f64) -> Result<f64, Error> {
        Ok(self.maybe_number(name)?.unwrap_or(default))
    }

    /// A whole number from 0, if it is given.
    pub fn maybe_count(&mut self, name: &str) -> Result<Option<u64>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        whole(value).map(Some).ok_or_else(|| wrong(name, "a whole number, 0 or more", value))
    }

    /// A whole number from 0.
    pub fn count(&mut self, name: &str) -> Result<u64, Error> {
        let value = self.maybe_count(name)?;
        self.required(name, value)
    }

    /// A whole number from 0, with a default.
    pub fn count_or(&mut self, name: &str, default: u64) -> Result<u64, Error> {
        Ok(self.maybe_count(name)?.unwrap_or(default))
    }

    /// That a whole number is not written `10.0`, which a library that asks for an `int` refuses.
    pub fn whole_in_python(&mut self, name: &str) -> Result<(), Error> {
        match self.value(name).filter(|value| value.is_f64() && whole(value).is_some()) {
            Some(x) => {
                Err(Error::new(format!("`{name}` is {x}: the library raises ValueError; write it without point")))
            }
            None => Ok(()),
        }
    }

    /// A whole number from 1, as a length in steps.
    pub fn length(&mut self, name: &str) -> Result<u64, Error> {
        match self.count(name)? {
            0 => Err(Error::new(format!("`{name}` is 0: {} needs at least one step", self.class))),
            n => Ok(n),
        }
    }

    /// A list of numbers, if it is given.
    pub fn maybe_numbers(&mut self, name: &str) -> Result<Option<Vec<f64>>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let list = value.as_array().and_then(|list| list.iter().map(Value::as_f64).collect());
        list.map(Some).ok_or_else(|| wrong(name, "a list of numbers", value))
    }

    /// A list of numbers.
    pub fn numbers(&mut self, name: &str) -> Result<Vec<f64>, Error> {
        let value = self.maybe_numbers(name)?;
        self.required(name, value)
    }

    /// A list of whole numbers.
    pub fn counts(&mut self, name: &str) -> Result<Vec<u64>, Error> {
        let Some(value) = self.value(name) else { return self.required(name, None) };
        let list = value.as_array().and_then(|list| list.iter().map(whole).collect());
        list.ok_or_else(|| wrong(name, "a list of whole numbers, 0 or more", value))
    }

    /// A list of whatever.
    pub fn list(&mut self, name: &str) -> Result<Vec<Value>, Error> {
        let Some(value) = self.value(name) else { return self.required(name, None) };
        value.as_array().cloned().ok_or_else(|| wrong(name, "a list", value))
    }

    /// `true` or `false`.
    pub fn flag_or(&mut self, name: &str, default: bool) -> Result<bool, Error> {
        let Some(value) = self.value(name) else { return Ok(default) };
        value.as_bool().ok_or_else(|| wrong(name, "true or false", value))
    }

    /// A text, if it is given.
    pub fn maybe_text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_str().map(|text| Some(text.into())).ok_or_else(|| wrong(name, "a text", value))
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Result<String, Error> {
        let value = self.maybe_text(name)?;
        self.required(name, value)
    }

    /// A text with a default.
    pub fn text_or(&mut self, name: &str, default: &str) -> Result<String, Error> {
        Ok(self.maybe_text(name)?.unwrap_or_else(|| default.into()))
    }

    /// One of `words`.
    pub fn word_or(
        &mut self,
        name: &str,
        words: &[&'static str],
        default: &'static str,
    ) -> Result<&'static str, Error> {
        let text = self.text_or(name, default)?;
        let word = words.iter().find(|word| **word == text);
        word.copied().ok_or_else(|| Error::unknown(&format!("`{name}`"), &text, words))
    }

    /// A number above `low` and up to `high`.
    pub fn between(&mut self, name: &str, default: Option<f64>, low: f64, high: f64) -> Result<f64, Error> {
        let value = self.maybe_number(name)?.or(default);
        let x = self.required(name, value)?;
        if x > low && x <= high {
            return Ok(x);
        }
        let bound =
            if high == f64::INFINITY { format!("above {low}") } else { format!("above {low} and up to {high}") };
        Err(Error::new(format!("`{name}` is {x}, but must be {bound}")))
    }
}

/// A whole number that a program can count to, also when it is written `10.0`.
fn whole(value: &Value) -> Option<u64> {
    const MOST: u64 = 1 << 53;
    let whole = |x: f64| (x.fract() == 0.0 && (0.0..=MOST as f64).contains(&x)).then_some(x as u64);
    value.as_u64().or_else(|| value.as_f64().and_then(whole)).filter(|n| *n <= MOST)
}

fn wrong(name: &str, expected: &str, found: &Value) -> Error {
    let mut found = found.to_string();
    if found.chars().count() > 40 {
        found = found.chars().take(40).chain(['…']).collect();
    }
    Error::new(format!("`{name}` is {found}, but must be {expected}"))
}
