//! `use "base.etude"`: the texts and trees of the files that a program uses.
//!
//! Guarantees: each file is read once, however often it is used; paths stay below the program's folder; what is read
//! ends, also where files use one another in a circle. What they bring is put together by [`merge`](super::merge).

use std::collections::HashMap;
use std::sync::Arc;

use super::merge::{Brought, Part};
use super::text::Text;
use crate::diag::{Diagnostic, File, Span, limits, names};
use crate::host::Host;
use crate::syntax::ast::{Ast, Ident, Item};
use crate::syntax::{self, MAX_SOURCE, Moved};

/// The most files that a program uses: more than anybody keeps apart.
const MOST: usize = 256;

/// What came of reading the files that a program uses.
pub(super) struct Used {
    /// The program with what they bring.
    pub ast: Ast,
    /// The names of `let`s that another file's stand before.
    pub hidden: Vec<Ident>,
    pub found: Vec<Diagnostic>,
}

/// Puts what the files that `ast` uses bring into it, and their texts behind its own.
pub(super) fn resolve(text: &mut Text, mut ast: Ast, host: &dyn Host) -> Used {
    if !ast.items.iter().any(|item| matches!(item, Item::Use { .. })) {
        return Used { ast, hidden: vec![], found: vec![] };
    }
    let home = text.home().to_owned();
    let (all, files, known) = (text.all.to_string(), vec![], HashMap::new());
    let mut loader = Loader { host, home, all, files, known, found: vec![] };
    let brought = loader.file("", std::mem::take(&mut ast.items));
    let Loader { all, files, found, .. } = loader;
    (text.all, text.files) = (all.into(), files);
    let (items, hidden) = brought.items(&text.files);
    ast.items = items;
    Used { ast, hidden, found }
}

/// A file that is being read, or has been.
enum Known {
    Open,
    Read(Arc<Brought>),
}

struct Loader<'h> {
    host: &'h dyn Host,
    /// The program's folder, as its name says it.
    home: String,
    all: String,
    files: Vec<File>,
    known: HashMap<String, Known>,
    found: Vec<Diagnostic>,
}

impl Loader<'_> {
    /// Everything that a file in `folder` says, and what those that it uses bring.
    fn file(&mut self, folder: &str, items: Vec<Item>) -> Brought {
        let (mut own, mut used) = (Part::default(), vec![]);
        for item in items {
            match item {
                Item::Use { path, .. } => used.extend(self.used(folder, &path)),
                item => own.add(item),
            }
        }
        Brought::new(used, own, &mut self.found)
    }

    /// What the file that `path` names brings.
    fn used(&mut self, folder: &str, path: &Ident) -> Option<Arc<Brought>> {
        let place = match inside(folder, &path.text) {
            Ok(place) => place,
            Err(why) => {
                let help = "a path is relative to the file that it stands in, and stays below the program's folder";
                return self.fail(path.span, format!("`{}` cannot be used: {why}", path.text), help);
            }
        };
        match self.known.get(&place) {
            Some(Known::Read(brought)) => return Some(brought.clone()),
            Some(Known::Open) => {
                let message = format!("`{place}` uses itself, here or by way of others");
                return self.fail(path.span, message, "move what both need into a third file");
            }
            None => {}
        }
        if self.known.len() >= MOST {
            return self.fail(path.span, format!("a program uses at most {MOST} files"), "join some of them");
        }
        self.known.insert(place.clone(), Known::Open);
        let brought = self.read(&place, path.span);
        let brought = Arc::new(brought.unwrap_or_default());
        self.known.insert(place, Known::Read(brought.clone()));
        Some(brought)
    }

    fn read(&mut self, place: &str, span: Span) -> Option<Brought> {
        let text = match self.host.program(place) {
            Ok(text) => text,
            Err(why) => {
                let help = "write the path from the file that it stands in, or paste what it says here";
                let message = format!("`{place}` cannot be used: {why}");
                self.found.push(Diagnostic::new(&names::USE, span, message).help(help).caused(why));
                return None;
            }
        };
        if self.all.len() + text.len() > MAX_SOURCE {
            let message = format!("with `{place}` the program has more than {} KiB", MAX_SOURCE >> 10);
            self.found.push(Diagnostic::new(&limits::TOO_LONG, span, message).help("use fewer or shorter files"));
            return None;
        }
        self.all.push('\n');
        let start = self.all.len();
        self.all += &text;
        self.files.push(File { name: format!("{}{place}", self.home).into(), start });
        let mut ast = match syntax::parse(&text) {
            Ok(ast) => ast,
            Err(mut list) => {
                list.moved(start);
                self.found.extend(list);
                return None;
            }
        };
        ast.moved(start);
        if let Some(body) = ast.body {
            let message = format!("`{place}` computes one value, which has no name here");
            return self.fail(body.span, message, "name it: `let peak = …`, or an entry such as `lr: …`");
        }
        let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(self.file(folder, ast.items))
    }

    fn fail<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        self.found.push(Diagnostic::new(&names::USE, span, message).help(help));
        None
    }
}

/// The path that a file in `folder` means by `path`, from the program's folder.
fn inside(folder: &str, path: &str) -> Result<String, &'static str> {
    if path.starts_with('/') || path.contains(['\\', ':']) {
        return Err("it is no relative path with `/` between its parts");
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return Err("it lies outside the program's folder"),
            ".." => {}
            part => parts.push(part),
        }
    }
    match path.rsplit('/').next() {
        Some("" | "." | "..") | None => Err("it names no file"),
        Some(_) => Ok(parts.join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn paths_stay_below_the_program() {
        assert_eq!(inside("", "base.etude").unwrap(), "base.etude");
        assert_eq!(inside("a/b", "../c/./d.etude").unwrap(), "a/c/d.etude");
        for (folder, path) in
            [("", "../x"), ("a", "../../x"), ("", "/x"), ("", "a\\b"), ("", "c:x"), ("", ""), ("", "a/..")]
        {
            assert!(inside(folder, path).is_err(), "{path}");
        }
    }
}
