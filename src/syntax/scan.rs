//! One pass over the bytes before the grammar runs: size, characters, brackets, and the bounds that keep every
//! later recursion small. Linear, and without recursion itself.

mod brackets;

use super::{MAX_DEPTH, MAX_PHASES, MAX_RUN, MAX_SOURCE};
use crate::diag::{Diagnostic, MAX_SHOWN, Span, limits, syntax};
use crate::work::VISITS;

/// Checks `source`. Errors found here are certain, and make anything the grammar could say doubtful.
pub(super) fn scan(source: &str) -> Result<(), Vec<Diagnostic>> {
    if source.len() > MAX_SOURCE {
        let message = format!("the source has {} bytes; {MAX_SOURCE} are allowed", source.len());
        let first = Span::new(MAX_SOURCE, MAX_SOURCE);
        return Err(vec![Diagnostic::new(&limits::TOO_LONG, first, message).help("at most 1 MiB: put data in files")]);
    }
    if let Some(found) = control_character(source) {
        return Err(vec![found]);
    }
    let mut scanner = Scanner::new(source);
    match scanner.run() {
        Err(limit) => Err(vec![*limit]),
        Ok(()) if scanner.errors.is_empty() => Ok(()),
        Ok(()) => Err(scanner.errors),
    }
}

/// The first character that prints nothing, or changes how its neighbours print.
fn control_character(source: &str) -> Option<Diagnostic> {
    let plain = |b: u8| (0x20..0x7f).contains(&b) || matches!(b, b'\n' | b'\t');
    if source.bytes().all(plain) {
        return None;
    }
    let (at, found) = source.char_indices().find(|&(at, c)| match c {
        '\n' | '\t' => false,
        '\r' => !source[at + 1..].starts_with('\n'),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    })?;
    let span = Span::new(at, at + found.len_utf8());
    let code = u32::from(found);
    let error = match found {
        '\0' => Diagnostic::new(&limits::CONTROL, span, format!("a NUL byte at byte {at}"))
            .help("is this a text file, and saved as UTF-8 (not UTF-16)?"),
        '\r' => {
            let message = format!("a carriage return without a line feed at byte {at}");
            return Some(Diagnostic::new(&limits::CONTROL, span, message).help("end lines with \\n").fix(span, "\n"));
        }
        _ => Diagnostic::new(&limits::CONTROL, span, format!("an invisible character (U+{code:04X}) at byte {at}"))
            .help("remove it"),
    };
    Some(error.fix(span, ""))
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(&limits::TOO_DEEP, span, format!("this expression's tree is more than {MAX_DEPTH} levels deep"))
        .help("name parts of it with `let`")
}

pub(super) fn too_many_phases(at: Span) -> Diagnostic {
    let message = format!("more than {MAX_PHASES} phases in one sequence");
    Diagnostic::new(&limits::TOO_MANY_PHASES, at, message)
        .label(format!("phase {}", MAX_PHASES + 1))
        .help("`cycle` repeats phases, `table` holds a recorded curve")
}

/// An open bracket, and what was being counted around it.
struct Open {
    bracket: u8,
    at: usize,
    outer: Counts,
}

/// Lower bounds on the tree of the expression that is being read.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// Levels of tree above this bracket's contents.
    above: usize,
    /// Prefix `-` and `**` that nest to the right.
    run: usize,
    /// `+` and binary `-` that nest to the left.
    sums: usize,
    /// `*` and `/` that nest to the left, in one term.
    products: usize,
    /// `>>` in one chain.
    phases: usize,
}

impl Counts {
    /// A looser operator or a new expression begins.
    fn restart(&mut self, keep_phases: bool) {
        *self = Self { above: self.above, phases: if keep_phases { self.phases } else { 0 }, ..Self::default() };
    }

    fn depth(&self) -> usize {
        self.above + self.run + self.sums.max(self.products)
    }
}

struct Scanner<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    counts: Counts,
    /// Whether the token before ends an operand, so that `-` would be binary.
    operand: bool,
    /// Whether a line ended since the token before.
    new_line: bool,
    /// Where the line begins.
    line: usize,
    /// Words, numbers and texts so far, each of which the grammar makes an expression or a name of.
    words: usize,
    errors: Vec<Diagnostic>,
}

type Limit = Result<(), Box<Diagnostic>>;

impl<'a> Scanner<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            at: 0,
            open: vec![],
            counts: Counts::default(),
            operand: false,
            new_line: false,
            line: 0,
            words: 0,
            errors: vec![],
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) -> Limit {
        while self.at < self.bytes.len() && self.errors.len() < MAX_SHOWN {
            let start = self.at;
            match self.bytes[start] {
                b'\n' => (self.new_line, self.line) = (true, start + 1),
                b' ' | b'\t' | b'\r' => {}
                b'#' => self.skip_comment(),
                b'"' => {
                    self.begin_operand();
                    self.string();
                    self.count(start)?;
                }
                b'(' | b'[' | b'{' => self.bracket()?,
                b')' | b']' | b'}' => self.close(),
                b'-' if self.peek(1) == b'>' => self.operator(2, false),
                b'-' if !self.operand => {
                    self.counts.run += 1;
                    self.bounds(Span::new(start, start + 1))?;
                }
                b'*' if self.peek(1) == b'*' => {
                    self.at += 1;
                    self.counts.run += 1;
                    self.operand = false;
                    self.bounds(Span::new(start, start + 2))?;
                }
                b'+' | b'-' => {
                    self.counts = Counts { run: 0, sums: self.counts.sums + 1, products: 0, ..self.counts };
                    self.operand = false;
                    self.bounds(Span::new(start, start + 1))?;
                }
                b'*' | b'/' => {
                    self.counts = Counts { run: 0, products: self.counts.products + 1, ..self.counts };
                    self.operand = false;
                    self.bounds(Span::new(start, start + 1))?;
                }
                b'>' if self.peek(1) == b'>' => {
                    self.operator(2, true);
                    self.counts.phases += 1;
                    if self.counts.phases > MAX_PHASES {
                        return Err(Box::new(too_many_phases(Span::new(start, start + 2))));
                    }
                }
                b'|' | b',' | b':' | b'=' => self.operator(1, false),
                b'0'..=b'9' | b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    self.word();
                    self.count(start)?;
                }
                _ => {}
            }
            self.at = self.at.max(start) + 1;
        }
        self.never_closed();
        Ok(())
    }

    /// An operator looser than arithmetic, of this many bytes.
    fn operator(&mut self, length: usize, keep_phases: bool) {
        self.at += length - 1;
        self.counts.restart(keep_phases);
        self.operand = false;
    }

    /// An operand after an operand on an earlier line begins a new item.
    fn begin_operand(&mut self) {
        if self.operand && self.new_line {
            self.counts.restart(false);
        }
        self.new_line = false;
        self.operand = true;
    }

    /// Counts the word that began at `start` and has just been read.
    fn count(&mut self, start: usize) -> Limit {
        self.words += 1;
        if self.words <= VISITS {
            return Ok(());
        }
        let message = format!("the source has more than {} 000 numbers, names and texts", VISITS / 1000);
        let d = Diagnostic::new(&limits::EXPANSION, Span::new(start, self.at + 1), message);
        Err(Box::new(d.help("put data in files: `table(\"curve.csv\")`")))
    }

    fn bounds(&mut self, at: Span) -> Limit {
        self.new_line = false;
        if self.counts.run > MAX_RUN {
            let message = format!("more than {MAX_RUN} operators `-` or `**` in a row");
            return Err(Box::new(
                Diagnostic::new(&limits::RUN, at, message).help("two `-` cancel out; `a ** b ** c` is `a ** (b ** c)`"),
            ));
        }
        if self.counts.depth() > MAX_DEPTH { Err(Box::new(too_deep(at))) } else { Ok(()) }
    }

    /// A word or number; `at` stays on its last byte.
    fn word(&mut self) {
        let start = self.at;
        loop {
            while matches!(self.peek(0), b'0'..=b'9' | b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z') {
                self.at += 1;
            }
            let number = !self.bytes[start].is_ascii_alphabetic();
            let exponent = number && self.bytes[self.at - 1].eq_ignore_ascii_case(&b'e');
            if !(exponent && matches!(self.peek(0), b'+' | b'-') && self.peek(1).is_ascii_digit()) {
                break;
            }
            self.at += 1;
        }
        let word = &self.source[start..self.at];
        self.at -= 1;
        self.begin_operand();
        if matches!(word, "for" | "until") {
            self.counts.restart(true);
            self.operand = false;
        }
    }

    fn skip_comment(&mut self) {
        while !matches!(self.peek(1), b'\n' | 0) {
            self.at += 1;
        }
    }

    /// A string; `at` stays on its last byte.
    fn string(&mut self) {
        let start = self.at;
        loop {
            self.at += 1;
            match self.peek(0) {
                b'"' => return,
                b'\\' if !matches!(self.peek(1), b'\n' | b'\r' | 0) => self.at += 1,
                b'\n' | 0 => break,
                _ => {}
            }
        }
        self.at -= 1;
        let text = self.source[start..=self.at].trim_end();
        let end = start + text.len();
        // Brackets at the end of the line were probably meant to close the open ones.
        let closing = text.bytes().rev().take_while(|b| matches!(b, b')' | b']' | b'}')).count().min(self.open.len());
        // A block after a name in quotes: `group "bias { … }`.
        let block = text.find(" {").map(|i| start + i);
        let quote = block.unwrap_or(end - closing);
        let quote = Span::new(quote, quote);
        self.errors.push(
            Diagnostic::new(&syntax::UNTERMINATED, Span::new(start, end), "this string is never closed")
                .label("a string ends on its line")
                .because(quote, "expected `\"`")
                .help("close it with `\"` on the same line")
                .maybe(quote, "\""),
        );
    }
}
