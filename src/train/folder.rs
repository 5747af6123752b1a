//! The folder that a run's files are in: all of one run, at every moment.
//!
//! Guarantees:
//! * one run at a time writes to a folder, and a second one is refused before it starts; the lock ends with its process,
//!   however that ends;
//! * until a run has ended well, its files are in a fresh folder beside the target, `NAME.unfinished`, in which nothing lay
//!   before; no link is followed;
//! * the finished run takes the place of the earlier one in one step. Where anything fails, the earlier one is as it was;
//! * what else lies in the target stays in it.

#![allow(clippy::disallowed_methods, reason = "a run's folder is files")]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::lock::Lock;

/// Names that are tried for what is unfinished, where others lie there.
const TRIES: u32 = 100;

/// The folder of a run that has not ended yet.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    fresh: PathBuf,
    files: &'static [&'static str],
    _lock: Lock,
}

impl Folder {
    /// Takes `target` for a run that leaves `files`, and makes the folder that they are written to. The folders above it
    /// are made where they are missing.
    ///
    /// # Errors
    /// Another run writes to it, it cannot be replaced as a whole, or the file system refuses.
    pub fn open(target: &Path, files: &'static [&'static str]) -> Result<Self, Error> {
        let given = target;
        let target = resolved(given)?;
        replaceable(&target, given, files)?;
        let lock = Lock::take(&beside(&target, ".", ".lock"), given)?;
        let aside = aside(&target);
        // A run was ended by force between the two steps that replace a folder where one is not enough.
        if is_folder(&aside) && fs::symlink_metadata(&target).is_err() {
            _ = fs::rename(&aside, &target);
        }
        // Whoever had the lock before may have put another folder there.
        replaceable(&target, given, files)?;
        let make = |path: &Path| {
            remnant(path, &target, files);
            fs::create_dir(path)
        };
        let mut n = 1;
        loop {
            let fresh = beside(&target, "", &if n == 1 { ".unfinished".into() } else { format!(".unfinished-{n}") });
            match make(&fresh) {
                Ok(()) => return Ok(Self { target, fresh, files, _lock: lock }),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < TRIES => n += 1,
                Err(e) => return Err(Error::file("create", &fresh, e)),
            }
        }
    }

    /// Where the run's files are until it has ended.
    pub fn path(&self) -> &Path {
        &self.fresh
    }

    /// Writes one of its files.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.fresh.join(name);
        let mut file = create(&path).map_err(|e| Error::file("create", &path, e))?;
        file.write_all(bytes).map_err(|e| Error::file("write", &path, e))
    }

    /// Puts the run in its place; an earlier one goes.
    ///
    /// # Errors
    /// A file is missing or cannot be stored, or the folders cannot be exchanged. The earlier run is there as before, and
    /// this one is where [`Folder::path`] says.
    pub fn finish(self) -> Result<(), Error> {
        for name in self.files {
            let path = self.fresh.join(name);
            File::open(&path).and_then(|file| file.sync_all()).map_err(|e| Error::file("write", &path, e))?;
        }
        let failed = |e| Error::file("write", &self.target, e);
        match fs::symlink_metadata(&self.target) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => fs::rename(&self.fresh, &self.target).map_err(failed)?,
            Err(e) => return Err(failed(e)),
            Ok(_) => {
                replaceable(&self.target, &self.target, self.files)?;
                self.replace().map_err(failed)?;
            }
        }
        // The new name outlives a loss of power, too, where the system can promise it.
        _ = self.target.parent().map(|above| File::open(above).and_then(|folder| folder.sync_all()));
        Ok(())
    }

    /// Exchanges the folders. What else lies in the earlier one is carried over first, and back if that fails.
    fn replace(&self) -> io::Result<()> {
        fs::set_permissions(&self.fresh, fs::metadata(&self.target)?.permissions())?;
        let mut carried = Vec::new();
        let all = others(&self.target, self.files)?.into_iter().try_for_each(|name| {
            fs::rename(self.target.join(&name), self.fresh.join(&name))?;
            carried.push(name);
            Ok(())
        });
        let done = all.and_then(|()| exchange(&self.fresh, &self.target));
        if done.is_err() {
            for name in carried {
                _ = fs::rename(self.fresh.join(&name), self.target.join(&name));
            }
            return done;
        }
        clear(&self.fresh, self.files);
        Ok(())
    }
}

/// Makes a file that was not there; a link is no place for one.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// The target's path without links above it, which exist then.
fn resolved(target: &Path) -> Result<PathBuf, Error> {
    let above = match target.parent() {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    // Of `a/..` and `.` only the file system knows the name.
    let Some(name) = target.file_name() else {
        return target.canonicalize().map_err(|e| Error::file("write", target, e));
    };
    fs::create_dir_all(above).map_err(|e| Error::file("create", above, e))?;
    Ok(above.canonicalize().map_err(|e| Error::file("write", above, e))?.join(name))
}

/// `target`'s neighbour with a name made from its own.
fn beside(target: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(target.file_name().unwrap_or_default());
    name.push(after);
    target.with_file_name(name)
}

/// Where the earlier run is for a moment, where two folders cannot be exchanged in one step.
fn aside(target: &Path) -> PathBuf {
    beside(target, "", ".earlier")
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|m| m.is_dir())
}

/// Whether `target`, where it is there, can be replaced as a whole; messages call it `given`.
fn replaceable(target: &Path, given: &Path, files: &[&str]) -> Result<(), Error> {
    let shown = given.display();
    let refused = |why: String| Err(Error::Folder(format!("`{shown}` {why}")));
    let own = "choose a folder of the run's own, which need not be there";
    let Some(above) = target.parent() else { return refused(format!("is no place for a run; {own}")) };
    let there = match fs::symlink_metadata(target) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::file("write", target, e)),
        Ok(there) => there,
    };
    if there.is_symlink() {
        let to = target.canonicalize().map_or(String::new(), |to| format!(", to `{}`", to.display()));
        return refused(format!("is a link{to}, and a run follows none; {own}"));
    }
    if !there.is_dir() {
        return refused(format!("is not a folder; {own}"));
    }
    if std::env::current_dir().and_then(|here| here.canonicalize()).is_ok_and(|here| here == target) {
        return refused(format!("is the current folder, and a run's folder is replaced as a whole; {own}"));
    }
    if other_file_system(above, &there) {
        return refused(format!("is where a file system begins, and a run's folder is replaced as a whole; {own}"));
    }
    if !writable(target, &there) {
        return refused("is read-only".to_owned());
    }
    match files.iter().find(|name| is_folder(&target.join(name))) {
        Some(name) => refused(format!("holds a folder `{name}`, where a run has a file; {own}")),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn other_file_system(above: &Path, there: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(above).is_ok_and(|above| above.dev() != there.dev())
}

#[cfg(not(unix))]
fn other_file_system(_: &Path, _: &fs::Metadata) -> bool {
    false
}

/// Whether the user may write there; to root, who always may, a folder without any such right says no.
fn writable(target: &Path, there: &fs::Metadata) -> bool {
    #[cfg(unix)]
    if rustix::fs::access(target, rustix::fs::Access::WRITE_OK).is_err() {
        return false;
    }
    _ = target;
    !there.permissions().readonly()
}

/// What lies in `folder` beside a run's files.
fn others(folder: &Path, files: &[&str]) -> io::Result<Vec<OsString>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    Ok(names.into_iter().filter(|name| !files.iter().any(|file| name == file)).collect())
}

/// Removes what a run left that did not end well. What is not a run's, or came from `target`, goes back there; if it
/// cannot, the folder stays.
fn remnant(path: &Path, target: &Path, files: &[&str]) {
    if !is_folder(path) {
        return;
    }
    for name in others(path, files).unwrap_or_default() {
        let back = target.join(&name);
        if fs::symlink_metadata(&back).is_ok() || fs::rename(path.join(&name), back).is_err() {
            return;
        }
    }
    clear(path, files);
}

/// Removes a run's files, and the folder where nothing else is in it.
fn clear(folder: &Path, files: &[&str]) {
    if is_folder(folder) {
        for name in files {
            _ = fs::remove_file(folder.join(name));
        }
        _ = fs::remove_dir(folder);
    }
}

/// Exchanges two folders, in one step where the system can.
fn exchange(fresh: &Path, target: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, fresh, CWD, target, RenameFlags::EXCHANGE) {
            // An old kernel, or a file system that cannot.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return Ok(done?),
        }
    }
    in_steps(fresh, target)
}

/// As [`exchange`]; for a moment nothing is in the place of `target`.
fn in_steps(fresh: &Path, target: &Path) -> io::Result<()> {
    let aside = aside(target);
    fs::rename(target, &aside)?;
    if let Err(e) = fs::rename(fresh, target) {
        fs::rename(&aside, target)?;
        return Err(e);
    }
    fs::rename(&aside, fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[&str] = &["a", "b"];

    fn run(target: &Path, text: &str) -> Result<(), Error> {
        let folder = Folder::open(target, FILES)?;
        FILES.iter().try_for_each(|name| folder.write(name, text.as_bytes()))?;
        folder.finish()
    }

    fn read(target: &Path) -> [String; 2] {
        ["a", "b"].map(|name| fs::read_to_string(target.join(name)).unwrap_or_default())
    }

    /// A folder for one test, and a run's folder in it.
    fn place(name: &str) -> (PathBuf, PathBuf) {
        let path = std::env::temp_dir().join(format!("etude-folder-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let target = path.canonicalize().unwrap().join("run");
        (path, target)
    }

    fn names(folder: &Path) -> Vec<String> {
        let all = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    }

    #[test]
    fn a_finished_run_replaces_the_earlier_one() {
        let (path, target) = place("replaces");
        run(&target, "first").unwrap();
        fs::create_dir(target.join("mine")).unwrap();
        fs::write(target.join("mine").join("notes"), "kept").unwrap();
        run(&target, "second").unwrap();
        assert_eq!(read(&target), ["second", "second"]);
        assert_eq!(fs::read_to_string(target.join("mine").join("notes")).unwrap(), "kept");
        assert_eq!(names(&path), ["run"]);
        // An exchange in steps gives the same.
        let (fresh, before) = (path.join("fresh"), names(&target));
        fs::create_dir(&fresh).unwrap();
        in_steps(&fresh, &target).unwrap();
        assert_eq!((names(&fresh), names(&target)), (before, vec![]));
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_run_that_does_not_end_changes_nothing() {
        let (path, target) = place("unended");
        run(&target, "first").unwrap();
        fs::write(target.join("notes"), "kept").unwrap();
        let folder = Folder::open(&target, FILES).unwrap();
        folder.write("a", b"second").unwrap();
        assert!(folder.write("a", b"again").is_err());
        let error = folder.finish().unwrap_err().to_string();
        assert!(error.ends_with("run.unfinished/b`: no such file or directory"), "{error}");
        assert_eq!(
            (read(&target), names(&path)),
            (["first".into(), "first".into()], vec!["run".into(), "run.unfinished".into()])
        );
        // What another one left does not stay in the way, and what had been carried over comes back.
        fs::rename(target.join("notes"), path.join("run.unfinished").join("notes")).unwrap();
        run(&target, "third").unwrap();
        assert_eq!(
            (names(&target), names(&path)),
            (vec!["a".into(), "b".into(), "notes".into()], vec!["run".to_owned()])
        );
        // As if it had been ended by force within an exchange in steps.
        fs::rename(&target, path.join("run.earlier")).unwrap();
        drop(Folder::open(&target, FILES).unwrap());
        assert_eq!(read(&target), ["third", "third"]);
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_second_run_is_refused() {
        let (path, target) = place("second");
        let folder = Folder::open(&target, FILES).unwrap();
        let error = Folder::open(&path.join(".").join("run"), FILES).unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()) && error.contains("run`"), "{error}");
        drop(folder);
        run(&target, "x").unwrap();
        // A lock that nobody holds any more.
        fs::write(path.join(".run.lock"), "1").unwrap();
        run(&target, "y").unwrap();
        assert_eq!(names(&path), ["run"]);
        fs::remove_dir_all(path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        use std::os::unix::fs::symlink;
        let (path, target) = place("links");
        let victim = path.join("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("a"), "mine").unwrap();
        symlink(&victim, path.join("run.unfinished")).unwrap();
        run(&target, "x").unwrap();
        fs::remove_file(target.join("a")).unwrap();
        symlink(victim.join("a"), target.join("a")).unwrap();
        run(&target, "y").unwrap();
        assert_eq!(read(&target), ["y", "y"]);
        assert_eq!(fs::read_to_string(victim.join("a")).unwrap(), "mine");
        let link = path.join("link");
        symlink(&victim, &link).unwrap();
        assert!(run(&link, "z").unwrap_err().to_string().contains("is a link, to `"));
        fs::remove_file(&link).unwrap();
        symlink(&victim, path.join(".link.lock")).unwrap();
        assert!(run(&link, "z").unwrap_err().to_string().starts_with("cannot lock `"));
        assert_eq!(names(&victim), ["a"]);
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn what_cannot_be_replaced_is_refused_at_the_start() {
        let (path, target) = place("refused");
        let refused = |target: &Path| Folder::open(target, FILES).unwrap_err().to_string();
        assert!(refused(Path::new(".")).contains("current folder") && refused(Path::new("/")).contains("no place"));
        fs::create_dir_all(target.join("b")).unwrap();
        assert!(refused(&target).contains("a folder `b`"));
        fs::write(path.join("file"), "").unwrap();
        assert!(refused(&path.join("file")).contains("not a folder"));
        assert!(refused(&path.join("file").join("run")).starts_with("cannot "));
        fs::remove_dir(target.join("b")).unwrap();
        let mut rights = fs::metadata(&target).unwrap().permissions();
        rights.set_readonly(true);
        fs::set_permissions(&target, rights).unwrap();
        assert!(refused(&target).contains("read-only"));
        assert_eq!(names(&path), ["file", "run"]);
        fs::remove_dir_all(path).unwrap();
    }
}
