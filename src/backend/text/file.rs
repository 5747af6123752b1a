//! A file of functions: what it says of itself, what it imports, its tables and helpers.

use std::fmt::Write;

use super::{Facts, Shared, literal};

/// A function as it is written.
pub(super) struct Written {
    /// Its name.
    pub(super) name: String,
    /// The value's own name, which may be any text.
    pub(super) output: String,
    /// Its first line.
    pub(super) head: String,
    pub(super) body: String,
}

/// Columns of a line.
const WIDTH: usize = 100;

/// The whole file. `modules` are imported where they are named; `helpers` holds the text of each after its name.
pub(super) fn file(
    says: &str,
    modules: &[(&str, &str)],
    helpers: &str,
    functions: &[Written],
    shared: &Shared,
    facts: Facts,
) -> String {
    let mut rest = tables(shared);
    for helper in helpers.split("#: ").skip(1) {
        let (name, text) = helper.split_once('\n').unwrap_or((helper, ""));
        if shared.helpers.contains(name) {
            _ = write!(rest, "\n\n{text}");
        }
    }
    for Written { output, head, body, .. } in functions {
        _ = write!(
            rest,
            "\n\n{head}\n    \"\"\"`{}` after so many updates.\"\"\"\n{body}",
            quiet(output).replace('"', " ")
        );
    }
    if functions.len() > 1 {
        rest += "\n\nSCHEDULES = {\n";
        for Written { name, output, .. } in functions {
            _ = writeln!(rest, "    {}: {name},", quoted(output));
        }
        rest += "}\n";
    }
    // The first two lines of a file may name its encoding: they are no place for other people's words.
    let mut all = format!("# Written by etude {}; change the program, not this file.\n#\n", env!("CARGO_PKG_VERSION"));
    for line in facts.about.lines() {
        all += format!("#     {}", quiet(line)).trim_end();
        all += "\n";
    }
    all += "#\n";
    for line in wrapped(says, WIDTH - 2) {
        _ = writeln!(all, "# {line}");
    }
    let needed: Vec<&str> = modules.iter().filter(|(word, _)| rest.contains(word)).map(|(_, line)| *line).collect();
    if !needed.is_empty() {
        _ = write!(all, "\n{}\n", needed.join("\n"));
    }
    all + &rest
}

fn tables(shared: &Shared) -> String {
    let mut all = String::new();
    for (name, table) in &shared.tables {
        _ = write!(all, "\n{name} = (\n");
        let numbers: Vec<String> = table.iter().map(|c| format!("{},", literal(*c))).collect();
        for line in wrapped(&numbers.join(" "), WIDTH - 4) {
            _ = writeln!(all, "    {line}");
        }
        all += ")\n";
    }
    all
}

/// `text` in lines of at most `width` columns, broken between words.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || line.len() + 1 + word.len() <= width);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Other people's text, which ends no line and no string.
fn quiet(text: &str) -> String {
    text.replace(|c: char| c.is_control() || matches!(c, '\\' | '\u{2028}' | '\u{2029}'), " ")
}

/// A string literal.
fn quoted(text: &str) -> String {
    let mut all = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => all.extend(['\\', c]),
            _ if c.is_control() => _ = write!(all, "\\u{:04x}", u32::from(c)),
            _ => all.push(c),
        }
    }
    all + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_words_stay_within_their_quotes() {
        assert_eq!(quiet("a\r\nb\\"), "a  b ");
        assert_eq!(quoted("a\"b\\\u{1b}ü"), "\"a\\\"b\\\\\\u001bü\"");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("", 7), [""]);
    }
}
