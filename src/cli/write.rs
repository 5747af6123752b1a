//! Files replaced as a whole, and what becomes of those that do not fit.

#![allow(clippy::disallowed_methods, reason = "what writes files for the commands")]

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::files::{self, reason};
use crate::syntax;

/// From now on a file that may not grow any more (`ulimit -f`) is an error like another, and no signal that ends the process.
pub fn limits_are_errors() {
    #[cfg(unix)]
    {
        _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    }
}

/// Writes a file's new text, unless somebody else did. A byte order mark stays.
pub fn rewrite(path: &Path, old: &str, new: &str) -> Result<(), String> {
    let bytes = files::read(path).map_err(|why| why.to_string())?;
    let mark = bytes.strip_suffix(old.as_bytes()).filter(|_| syntax::decode(&bytes) == Ok(old));
    let mark = mark.ok_or("it has changed meanwhile")?;
    replace(path, &[mark, new.as_bytes()].concat()).map_err(|e| reason(&e))
}

/// Makes `bytes` the content of a file, which need not be there yet.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    match path.symlink_metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => create(path, bytes).map_err(|e| reason(&e)),
        Ok(_) if !path.exists() => Err("it is a link that leads nowhere".to_owned()),
        _ => replace(path, bytes).map_err(|e| reason(&e)),
    }
}

/// A new file, which is there as a whole or not at all.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Less what the user's mask takes away.
        new.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut new = new.tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist_noclobber(path)?;
    Ok(())
}

/// Puts `bytes` in the place of the file's content: all of them or, where anything fails, none.
///
/// A link is followed, permissions are kept. What is no file, and what may not be written, is left alone.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    let old = fs::metadata(&path)?;
    if !old.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if old.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    // In the same folder, since only there the last step is one.
    let mut new = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    new.write_all(bytes)?;
    new.as_file().set_permissions(old.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(path: &Path) -> Vec<u8> {
        fs::read(path).unwrap()
    }

    #[test]
    fn files_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(content(&path), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something is left beside it");
        assert!(replace(folder.path(), b"new").is_err() && replace(&folder.path().join("b"), b"new").is_err());
    }

    #[test]
    fn files_are_made_where_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        put(&path, b"new").unwrap();
        put(&path, b"newer").unwrap();
        assert_eq!(content(&path), b"newer");
        assert_eq!(put(folder.path(), b"new"), Err("it is not a regular file".into()));
        assert!(put(&folder.path().join("none/a"), b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something is left beside it");
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink("nowhere", &link).unwrap();
            assert_eq!(put(&link, b"new"), Err("it is a link that leads nowhere".into()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(link.is_symlink() && content(&path) == b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert!(replace(&path, b"newer").is_err() && content(&path) == b"new");
    }
}
