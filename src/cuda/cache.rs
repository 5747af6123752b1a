//! Compiled texts on disk, so that a program is compiled once for each text, option and compiler.
//!
//! A file's name is the hash of all three. A file that cannot be written only means compiling again; one that is damaged
//! is no different from one that is absent, because each ends with the hash of what stands before. The oldest go when there
//! are too many.
//!
//! Guarantees: what others than the user and root could have written is not read, since it would run on the GPU; and only
//! files with a name that this module gives are removed.

#![allow(clippy::disallowed_methods, reason = "a cache is files")]

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};
use sha2::{Digest, Sha256};

/// How many compiled texts are kept: some tens of megabytes.
const MOST: usize = 512;
/// Bytes that a compiled text has at most.
const LONGEST: u64 = 64 << 20;
/// How a name begins, before the hash and `.ptx`; those of files that are being written have a dot before it.
const OURS: &str = "etude-";
/// A file that is still being written after so many seconds has been forgotten.
const FORGOTTEN: u64 = 24 * 60 * 60;

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
    let file = folder.join(format!("{OURS}{}.ptx", hash(parts)));
    if let Some(known) = read(&folder, &file) {
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

fn read(folder: &Path, file: &Path) -> Option<String> {
    if !ours(&fs::metadata(folder).ok()?) {
        return None;
    }
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let file = options.open(file).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || !ours(&about) {
        return None;
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    let (body, end) = text.rsplit_once("\n// ")?;
    (end == hash(&[body])).then(|| body.to_owned())
}

/// Whether nobody else but root can have written there.
#[cfg(unix)]
fn ours(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = about.uid() == rustix::process::geteuid().as_raw() || about.uid() == 0;
    owner && about.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn ours(_: &fs::Metadata) -> bool {
    true
}

/// Others see the whole file or none.
fn write(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    if !ours(&fs::metadata(folder)?) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others may write there"));
    }
    let unfinished = tempfile::Builder::new().prefix(&format!(".{OURS}")).suffix(".ptx").tempfile_in(folder);
    let mut unfinished = unfinished?;
    write!(unfinished, "{text}\n// {}", hash(&[text]))?;
    unfinished.persist(file)?;
    prune(folder, MOST)
}

/// Removes the oldest compiled texts beyond the `most` newest, and what was never finished.
fn prune(folder: &Path, most: usize) -> io::Result<()> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".ptx")) else { continue };
        let written = || entry.metadata()?.modified();
        if name.strip_prefix(OURS).is_some_and(is_hash) {
            all.push((written()?, entry.path()));
        } else if name.strip_prefix('.').is_some_and(|name| name.starts_with(OURS))
            && written()?.elapsed().is_ok_and(|age| age.as_secs() > FORGOTTEN)
        {
            fs::remove_file(entry.path())?;
        }
    }
    all.sort();
    let beyond = all.len().saturating_sub(most);
    all[..beyond].iter().try_for_each(|(_, path)| fs::remove_file(path))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_absent() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("x");
        let file = folder.join("a.ptx");
        assert_eq!(read(&folder, &file), None);
        write(&folder, &file, ".version 8.0\nret;").unwrap();
        assert_eq!(read(&folder, &file).as_deref(), Some(".version 8.0\nret;"));
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(read(&folder, &file), None);
        fs::write(&file, whole.replace("8.0", "8.1")).unwrap();
        assert_eq!(read(&folder, &file), None);
        assert_ne!(hash(&["a", "bc"]), hash(&["ab", "c"]));
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_write_is_not_read() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("x").join("y");
        let file = folder.join("a.ptx");
        write(&folder, &file, "ret;").unwrap();
        let mode = |path: &Path, bits: u32| fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
        for made in [&folder, &place.path().join("x")] {
            assert_eq!(fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o700);
        }
        for (path, bits, usual) in [(&folder, 0o777, 0o700), (&folder, 0o770, 0o755), (&file, 0o666, 0o600)] {
            mode(path, bits);
            assert_eq!(read(&folder, &file), None, "{bits:o}");
            mode(path, usual);
            assert_eq!(read(&folder, &file).as_deref(), Some("ret;"));
        }
        mode(&folder, 0o777);
        assert!(write(&folder, &folder.join("b.ptx"), "ret;").is_err());
        mode(&folder, 0o700);
        symlink("a.ptx", folder.join("b.ptx")).unwrap();
        assert_eq!(read(&folder, &folder.join("b.ptx")), None);
    }

    #[test]
    fn the_oldest_of_our_own_go() {
        let folder = tempfile::tempdir().unwrap();
        let ours = |digit: &str| format!("etude-{}.ptx", digit.repeat(64));
        let names = [&ours("1"), &ours("a"), &ours("2"), "other.txt", "older.ptx", &ours("g"), "etude-1.ptx"];
        let hidden = [".etude-new.ptx", ".etude-old.ptx", ".mine.ptx"];
        let made = |name: &str, age: u64| {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(age)).unwrap();
        };
        names.iter().zip(1..).for_each(|(name, age)| made(name, 1000 * age));
        hidden.iter().zip([1, FORGOTTEN + 9, FORGOTTEN + 9]).for_each(|(name, age)| made(name, age));
        prune(folder.path(), 2).unwrap();
        let left = |name: &&str| folder.path().join(name).exists();
        assert_eq!(Vec::from_iter(names.iter().map(left)), [true, true, false, true, true, true, true]);
        assert_eq!(Vec::from_iter(hidden.iter().map(left)), [true, false, true]);
    }
}
