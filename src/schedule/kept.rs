//! What a live program was made of, to be looked at again.

use std::sync::Arc;

use crate::compile::Text;
use crate::diag::File;
use crate::host::Host;
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
        let home = text.name.rsplit_once('/').map_or(0, |(home, _)| home.len() + 1);
        let files = text.files.iter().map(|f| File { name: f.name[home..].into(), start: f.start }).collect();
        Self { all: text.all.clone(), files, recordings: recordings.into() }
    }

    /// The program's own text.
    pub(super) fn source(&self) -> &str {
        self.part(0)
    }

    /// The text of the program, or of one of the files that it uses.
    fn part(&self, k: usize) -> &str {
        let start = k.checked_sub(1).map_or(0, |k| self.files[k].start);
        let end = self.files.get(k).map_or(self.all.len(), |next| next.start - 1);
        &self.all[start..end]
    }
}

impl Host for Kept {
    fn table(&self, name: &str) -> Result<Recording, String> {
        let place = self.recordings.binary_search_by(|(known, _)| known.as_str().cmp(name));
        place.map(|k| self.recordings[k].1.clone()).map_err(|_| String::new())
    }

    fn program(&self, path: &str) -> Result<String, String> {
        let place = self.files.iter().position(|f| &*f.name == path);
        place.map(|k| self.part(k + 1).to_owned()).ok_or_else(String::new)
    }
}
