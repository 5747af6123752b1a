//! What a live program was made of, to be looked at again.

use std::sync::Arc;

use crate::compile::Text;
use crate::diag::{File, part};
use crate::host::{FileError, Host};
use crate::recording::Recording;

/// A program's texts and the curves that it replays.
#[derive(Debug)]
pub(super) struct Kept {
    all: Arc<str>,
    files: Box<[File]>,
    recordings: Box<[(String, Recording)]>,
}

impl Kept {
    pub(super) fn new(text: &Text, recordings: Vec<(String, Recording)>) -> Self {
        // From the program's folder, wherever that is.
        let home = text.home().len();
        let files = text.files.iter().map(|f| File { name: f.name[home..].into(), start: f.start }).collect();
        Self { all: text.all.clone(), files, recordings: recordings.into() }
    }

    /// The program's own text.
    pub(super) fn source(&self) -> &str {
        self.part(0)
    }

    /// The program's text and those of the files that it uses, with their names in its folder. Its own has none.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = std::iter::once(("", self.source()));
        own.chain(self.files.iter().map(|f| (&*f.name, self.part(f.start))))
    }

    /// The curves that it replays, with the names by which it calls them, in their order.
    pub(super) fn recordings(&self) -> &[(String, Recording)] {
        &self.recordings
    }

    /// The text of the program or of a file that it uses, whichever holds the byte at `at`.
    fn part(&self, at: usize) -> &str {
        &self.all[part(&self.files, self.all.len(), at).1.range()]
    }
}

impl Host for Kept {
    fn table(&self, name: &str) -> Result<Recording, FileError> {
        let place = self.recordings.binary_search_by(|(known, _)| known.as_str().cmp(name));
        place.map(|k| self.recordings[k].1.clone()).map_err(|_| "".into())
    }

    fn program(&self, path: &str) -> Result<String, FileError> {
        let file = self.files.iter().find(|f| &*f.name == path);
        file.map(|f| self.part(f.start).to_owned()).ok_or_else(|| "".into())
    }
}
