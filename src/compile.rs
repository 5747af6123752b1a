//! From a text to a checked program, each stage once: parse, what it uses, settings, check, lower, prove.
//!
//! Guarantees: everybody who looks at a program (the handles, lints, the command line, the editor) comes this way, and so
//! finds the same in it; what it reads besides its text comes from its [`Host`].

mod merge;
mod text;
mod uses;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::backend::Backend;
use crate::check::check;
use crate::clock::Clock;
use crate::config::{self, Config, Facts};
use crate::diag::{Diagnostic, Diagnostics, clock, names};
use crate::explain::{PhaseRow, rows};
use crate::finite::{self, Proven};
use crate::host::{Host, NoFiles};
use crate::ir::Ir;
use crate::lint;
use crate::lower::lower;
use crate::plan::Plan;
use crate::schedule::{Program, Schedule};
use crate::stack;
use crate::syntax::ast::Ident;
use crate::syntax::{self, Ast, repair};

pub(crate) use text::Text;
use uses::Used;

/// What diagnostics call a program that has no name.
pub(crate) const UNNAMED: &str = "<program>";

/// A program to be compiled, and what it is compiled with: its name, its clock, what it may read, what runs it.
///
/// ```
/// use etude::{Clock, Input, Recording};
///
/// let curve = |_: &str| Recording::new([(0, 1e-3), (1, 5e-4), (2, 0.0)]);
/// let input = Input::new("table(\"curve.csv\")", Clock::unknown()).named("runs/replay.etude").with(&curve);
/// assert_eq!(input.schedule()?.lr(1), 5e-4);
/// # Ok::<(), etude::Diagnostics>(())
/// ```
#[derive(Clone, Copy)]
pub struct Input<'a> {
    name: &'a str,
    source: &'a str,
    run: Known,
    pub(crate) host: &'a dyn Host,
    pub(crate) backend: Backend,
}

/// What is known of the run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// This; the program's blocks are its host's, and are not read.
    Clock(Clock),
    /// What its blocks say: `over` stands before that, `under` behind it.
    Config { over: Facts, under: Facts },
}

/// A program that has been read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub text: Text,
    /// The tree, with what the files say that it uses.
    pub ast: Ast,
    /// The names of `let`s in those files that the program's own stand before.
    #[cfg_attr(not(feature = "lsp"), allow(dead_code, reason = "editors change names"))]
    pub hidden: Vec<Ident>,
    /// What its blocks say, where they are read.
    pub config: Option<Config>,
    pub clock: Clock,
    /// What is wrong with what it uses and with its settings.
    found: Vec<Diagnostic>,
}

/// A program without mistakes.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub parsed: Arc<Parsed>,
    pub plan: Plan,
    pub ir: Ir,
    pub proven: Proven,
}

impl Known {
    /// What the program's own blocks say, and nothing else.
    pub fn own() -> Self {
        Self::Config { over: Facts::default(), under: Facts::default() }
    }
}

impl<'a> Input<'a> {
    /// A program for a run that `clock` knows. It has no name, reads nothing besides its text and is run by the fastest
    /// backend that this machine has.
    pub fn new(source: &'a str, clock: Clock) -> Self {
        Self::of(source, Known::Clock(clock))
    }

    /// A config, whose blocks say how long the run is.
    pub fn config(source: &'a str) -> Self {
        Self::of(source, Known::own())
    }

    /// The same with this known of the run.
    #[cfg(feature = "train")]
    pub(crate) fn known(self, run: Known) -> Self {
        Self { run, ..self }
    }

    pub(crate) fn of(source: &'a str, run: Known) -> Self {
        Self { name: UNNAMED, source, run, host: &NoFiles, backend: Backend::best() }
    }

    /// What diagnostics call it. The files that it reads are named relative to its folder.
    #[must_use]
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// Where it may read recorded curves, `table("curve.csv")`, and other programs, `use "base.etude"`. Each is read once
    /// and kept with what is compiled.
    #[must_use]
    pub fn with(self, host: &'a dyn Host) -> Self {
        Self { host, ..self }
    }

    /// What is to run it.
    #[must_use]
    pub fn on(self, backend: Backend) -> Self {
        Self { backend, ..self }
    }

    /// Compiles it.
    ///
    /// # Errors
    /// Every mistake found, with its place, reason and fix.
    pub fn program(self) -> Result<Program, Diagnostics> {
        self.check()?.program(self.backend)
    }

    /// Compiles it, and tells what is legal and probably wrong, as [`lint`](Self::lint) does, in one pass.
    ///
    /// ```
    /// use etude::{Clock, Input};
    ///
    /// let input = Input::new("warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)", Clock::steps(1000));
    /// let (program, found) = input.linted()?;
    /// assert_eq!(program.names().count(), 1);
    /// assert!(found.list.iter().any(|d| d.code.code == "W0302"));
    /// assert_eq!(found.list, input.lint().list);
    /// # Ok::<(), etude::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// Every mistake found, with its place, reason and fix.
    pub fn linted(self) -> Result<(Program, Diagnostics), Diagnostics> {
        let checked = self.check()?;
        let found = checked.lint();
        Ok((checked.program(self.backend)?, found))
    }

    /// Compiles a program that computes one value.
    ///
    /// # Errors
    /// Every mistake found, with its place, reason and fix; or it computes none, or several.
    pub fn schedule(self) -> Result<Schedule, Diagnostics> {
        self.program()?.try_into()
    }

    /// Everything that can be said of it: its mistakes or, where it has none, what is legal and probably wrong, without those
    /// that a comment `# allow(CODE): reason` silences. Of a config for training also what keeps it from being trained.
    pub fn lint(self) -> Diagnostics {
        match self.check() {
            Ok(checked) => checked.lint(),
            Err(found) => found,
        }
    }
}

impl Input<'_> {
    /// # Errors
    /// What keeps it from being read, and what else can be said of it even so.
    pub(crate) fn parse(self) -> Result<Arc<Parsed>, Diagnostics> {
        stack::enough(|| {
            let text = Text::new(self.name, self.source);
            match syntax::parse(self.source) {
                Ok(ast) => Ok(Arc::new(self.read(text, ast))),
                Err(mut list) => {
                    list.extend(self.beside(&list));
                    Err(text.found(list))
                }
            }
        })
    }

    /// # Errors
    /// Every mistake found.
    pub(crate) fn check(self) -> Result<Checked, Diagnostics> {
        self.parse()?.check(self.host)
    }

    fn read(self, mut text: Text, ast: Ast) -> Parsed {
        let Used { ast, hidden, mut found } = uses::resolve(&mut text, ast, self.host);
        let (config, clock) = match self.run {
            Known::Clock(clock) => (None, clock),
            Known::Config { over, under } => {
                let (config, wrong) = config::all(&ast);
                found.extend(wrong);
                let clock = under.below(config.facts).or(over).clock();
                (Some(config), clock)
            }
        };
        Parsed { text, ast, hidden, config, clock, found }
    }

    /// What is wrong besides the syntax, where its fixes make a program: settings, names and units, which do not depend on
    /// how the phases were meant to follow one another.
    fn beside(self, list: &[Diagnostic]) -> Vec<Diagnostic> {
        repair::beside(self.source, list, |mended| {
            let Ok(ast) = syntax::parse(mended) else { return vec![] };
            let parsed = self.read(Text::new(self.name, mended), ast);
            let mut more = check(&parsed.ast, &parsed.clock, self.host).err().unwrap_or_default();
            more.retain(|d| names::CODES.contains(&d.code));
            more.extend(parsed.found);
            // What is wrong in other files can be said when this one reads.
            more.retain(|d| d.span.end <= mended.len());
            more
        })
    }
}

impl Parsed {
    /// # Errors
    /// Every mistake found.
    pub fn check(self: &Arc<Self>, host: &dyn Host) -> Result<Checked, Diagnostics> {
        stack::enough(|| {
            let missing = || self.trained().map_or(vec![], Config::incomplete);
            let checked = self.checked(host);
            if self.found.is_empty() {
                return checked.map_err(|list| self.text.found([list, missing()].concat()));
            }
            let mut list = checked.map_or_else(|list| list, |checked| lint::of(&checked));
            // What wrong settings would say of the run cannot be missed, nor what a file would bring that cannot be used.
            let unread = self.found.iter().any(|d| d.code == &names::USE || !self.text.is_own(d.span));
            list.retain(|d| !(clock::CODES.contains(&d.code) || unread && d.code == &names::UNKNOWN_NAME));
            list.extend(self.found.iter().cloned());
            Err(self.text.found(list))
        })
    }

    /// What its blocks say, where they are those of a config for training.
    pub fn trained(&self) -> Option<&Config> {
        self.config.as_ref().filter(|config| self.found.is_empty() && config.trains())
    }

    fn checked(self: &Arc<Self>, host: &dyn Host) -> Result<Checked, Vec<Diagnostic>> {
        let plan = check(&self.ast, &self.clock, host)?;
        let one = |d: Box<Diagnostic>| vec![*d];
        let ir = lower(&plan).map_err(one)?;
        let proven = finite::check(self, &plan, &ir).map_err(one)?;
        Ok(Checked { parsed: self.clone(), plan, ir, proven })
    }
}

impl Checked {
    /// What is legal and probably wrong, and what keeps a config from being trained.
    pub fn lint(&self) -> Diagnostics {
        self.parsed.text.found(stack::enough(|| lint::of(self)))
    }

    /// The phases of every value.
    pub fn phases(&self) -> Vec<PhaseRow> {
        stack::enough(|| rows(&self.plan, &self.parsed.text.all))
    }

    /// The same as a device function in CUDA C.
    #[cfg(feature = "cuda")]
    pub fn cuda(&self, name: &str) -> String {
        crate::backend::c::program(&self.ir, name)
    }

    /// # Errors
    /// The place where the program grew too large.
    pub fn program(self, backend: Backend) -> Result<Program, Diagnostics> {
        stack::enough(|| Program::of(self, backend))
    }
}
