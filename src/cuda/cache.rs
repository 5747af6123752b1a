//! Compiled texts on disk, so that a program is compiled once for each text, option and compiler.
//!
//! A file's name is the hash of all three. A file that cannot be written only means compiling again; one that is damaged
//! is no different from one that is absent, because each ends with the hash of what stands before. The oldest go when there
//! are too many.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};
use sha2::{Digest, Sha256};

/// How many compiled texts are kept: some tens of megabytes.
const MOST: usize = 512;

/// Where compiled texts are kept: the user's cache folder, or what `ETUDE_CACHE` says.
fn folder() -> Option<PathBuf> {
    match std::env::var_os("ETUDE_CACHE") {
        Some(path) if path.is_empty() => None,
        Some(path) => Some(path.into()),
        None => Some(choose_base_strategy().ok()?.cache_dir().join("etude")),
    }
}

/// The compiled text of `parts`, or what `compile` makes of them.
///
/// # Errors
/// As `compile`.
pub(super) fn remembered<E>(parts: &[&str], compile: impl FnOnce() -> Result<String, E>) -> Result<String, E> {
    let Some(folder) = folder() else { return compile() };
    let file = folder.join(format!("{}.ptx", hash(parts)));
    if let Some(known) = read(&file) {
        return Ok(known);
    }
    let made = compile()?;
    // Compiling again is all that a failure costs.
    _ = write(&folder, &file, &made);
    Ok(made)
}

fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The lengths keep ("a", "bc") and ("ab", "c") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let (body, end) = text.rsplit_once("\n// ")?;
    (end == hash(&[body])).then(|| body.to_owned())
}

/// Others see the whole file or none.
fn write(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
    write!(unfinished, "{text}\n// {}", hash(&[text]))?;
    unfinished.persist(file)?;
    prune(folder, MOST)
}

/// Removes the oldest compiled texts beyond the `most` newest.
fn prune(folder: &Path, most: usize) -> std::io::Result<()> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "ptx") {
            all.push((entry.metadata()?.modified()?, path));
        }
    }
    all.sort();
    let beyond = all.len().saturating_sub(most);
    all[..beyond].iter().try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_absent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x").join("a.ptx");
        assert_eq!(read(&file), None);
        write(&folder.path().join("x"), &file, ".version 8.0\nret;").unwrap();
        assert_eq!(read(&file).as_deref(), Some(".version 8.0\nret;"));
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(read(&file), None);
        fs::write(&file, whole.replace("8.0", "8.1")).unwrap();
        assert_eq!(read(&file), None);
        assert_ne!(hash(&["a", "bc"]), hash(&["ab", "c"]));
    }

    #[test]
    fn the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        for (age, name) in ["new.ptx", "old.ptx", "older.ptx", "other.txt"].iter().enumerate() {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            let time = std::time::SystemTime::now() - std::time::Duration::from_secs(1000 * age as u64);
            file.set_modified(time).unwrap();
        }
        prune(folder.path(), 2).unwrap();
        let left = ["new.ptx", "old.ptx", "older.ptx", "other.txt"].map(|name| folder.path().join(name).exists());
        assert_eq!(left, [true, true, false, true]);
    }
}
