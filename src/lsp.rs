//! A language server for editors: diagnostics with fixes, hover, hints, completion, names, colours, formatting.
//!
//! Guarantees: synchronous and in order; every request has an answer, and no message ends the server but `exit` and the
//! end of its input; files are the host's to read.

use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::{self, TryRecvError};
use std::thread;

mod wire;
mod text;
mod texts;
mod lex;
mod document;
mod names;
mod diagnostics;
mod hover;
mod hints;
mod context;
mod completion;
mod rename;
mod tokens;
mod edit;
mod server;
mod requests;

use server::{Server, Stage};

pub use texts::Open;

/// Answers the messages on `input` until its end, or until `exit`. True where the client has shut the server down first,
/// as it should. What programs read comes from `open`.
///
/// # Errors
/// The answers cannot be written.
pub fn serve(input: impl Read + Send + 'static, output: &mut dyn Write, open: Open) -> io::Result<bool> {
    let (sender, messages) = mpsc::sync_channel(64);
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(Some(message)) = wire::read(&mut input) {
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    let mut server = Server::new(open);
    loop {
        // Diagnostics wait until there is nothing else to do: a person who types fast makes many versions.
        let message = match messages.try_recv() {
            Ok(message) => message,
            Err(TryRecvError::Empty) => {
                server.publish();
                server.send(output)?;
                let Ok(message) = messages.recv() else { break };
                message
            }
            Err(TryRecvError::Disconnected) => break,
        };
        match message {
            Ok(message) => server.hear(message),
            Err(why) => server.refuse(&why),
        }
        server.send(output)?;
        if server.stage == Stage::Ended {
            break;
        }
    }
    Ok(server.was_shut_down)
}
