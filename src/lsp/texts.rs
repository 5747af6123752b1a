//! What programs read: the texts that are open in the editor, and the files of the disk.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::Recording;
use crate::host::{FileError, Host, NoFiles};

/// Opens the folder of a program for what the program reads.
pub type Open = fn(&Path) -> Box<dyn Host>;

/// Every open text by its path; an open one stands before the file on the disk.
#[derive(Clone)]
pub(super) struct Texts {
    open: Open,
    by_path: Rc<RefCell<HashMap<PathBuf, String>>>,
}

impl Texts {
    pub fn new(open: Open) -> Self {
        Self { open, by_path: Rc::default() }
    }

    /// Hears that the file at `path` reads so in the editor, or no longer does.
    pub fn set(&self, path: PathBuf, text: Option<String>) {
        match text {
            Some(text) => self.by_path.borrow_mut().insert(path, text),
            None => self.by_path.borrow_mut().remove(&path),
        };
    }

    /// What the program in the file at `path` may read.
    pub fn host(&self, path: Option<&Path>) -> Beside {
        let disk = path.map_or_else(|| Box::new(NoFiles) as Box<dyn Host>, |path| (self.open)(path));
        Beside { texts: self.clone(), folder: path.and_then(Path::parent).map(Path::to_owned), disk }
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

/// What one program may read.
pub(super) struct Beside {
    texts: Texts,
    folder: Option<PathBuf>,
    disk: Box<dyn Host>,
}

impl Host for Beside {
    fn table(&self, name: &str) -> Result<Recording, FileError> {
        self.disk.table(name)
    }

    fn program(&self, path: &str) -> Result<String, FileError> {
        let open = self.folder.as_ref().and_then(|f| self.texts.by_path.borrow().get(&f.join(path)).cloned());
        open.map_or_else(|| self.disk.program(path), Ok)
    }
}
