//! `etude plot`: schedules as pictures.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::value_parser;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Source;
use super::sample::{self, Curves};
use super::table::cut;
use super::terminal::Style;
use crate::compile::Checked;
use crate::plot;

/// Draw schedules in the terminal or as SVG or PNG
#[derive(Debug, clap::Args)]
pub struct Plot {
    /// Files, or `-` for stdin; several are drawn over each other
    #[arg(required_unless_present = "exprs")]
    programs: Vec<PathBuf>,
    /// An expression; may be repeated
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    exprs: Vec<String>,
    #[command(flatten)]
    clock: ClockArgs,
    /// Write a picture: `.svg` or `.png`
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Columns of the drawing in the terminal
    #[arg(long, value_name = "COLUMNS", value_parser = value_parser!(u16).range(24..=1000), conflicts_with = "out")]
    width: Option<u16>,
    /// Lines of the drawing in the terminal
    #[arg(long, value_name = "LINES", value_parser = value_parser!(u16).range(6..=1000), conflicts_with = "out")]
    height: Option<u16>,
    /// Logarithmic values; those at or below zero are left out
    #[arg(long)]
    log_y: bool,
}

impl Plot {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let mut programs = Vec::new();
        for path in &self.programs {
            programs.push(self.curves(Source::file(path)?, None)?);
        }
        for expr in &self.exprs {
            programs.push(self.curves(Source::expr(expr), Some(expr))?);
        }
        let figure = sample::figure(&programs, self.log_y);
        if let Some(path) = &self.out {
            return plot::write(&figure, path).map_err(|why| Failure::Message(why.to_string()));
        }
        let style = Style::of(&io::stdout(), ascii);
        let (width, height) = (self.width.map_or(style.width, usize::from), self.height.map(usize::from));
        // Room for the prompt, and no panel so tall that it says less.
        let height = height.unwrap_or_else(|| style.height.saturating_sub(2).min(12 + 12 * figure.panels.len()));
        Ok(out.write_all(figure.to_terminal(width, height, style.ascii, style.color).as_bytes())?)
    }

    fn curves(&self, source: Source, expr: Option<&str>) -> Result<Curves, Failure> {
        let Checked { parsed, plan, .. } = self.clock.check(&source)?;
        let file =
            |name: &str| PathBuf::from(name).file_name().map_or(name.into(), |n| n.to_string_lossy().into_owned());
        let name = expr.map_or_else(|| file(&source.name), |e| cut(e, 60));
        Ok(Curves { name, plan, source: parsed.text.all.clone() })
    }
}
