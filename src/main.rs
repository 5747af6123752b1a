//! `etude`: see [`etude::cli`].
//!
//! Exit status: 0 done, 1 a mistake in the input or a failed run (diagnostics on stderr), 2 a mistake in the
//! command line, 128 + n a run that signal n stopped. A closed pipe ends the program quietly, as every filter does.

use std::io::{self, Write};
use std::process::ExitCode;

use etude::cli::{Cli, Failure, Style};

fn main() -> ExitCode {
    let cli = Cli::read();
    let style = Style::of(&io::stderr(), cli.ascii);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = cli.run(&mut out).and_then(|()| Ok(out.flush()?));
    // After a failure, what was written before it still comes first.
    let done = done.or_else(|failure| out.flush().map_err(Failure::from).and(Err(failure)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to hear that stderr is closed.
            _ = io::stderr().write_all(failure.render(style).as_bytes());
            ExitCode::from(failure.status())
        }
    }
}
