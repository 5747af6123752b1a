//! CUDA's libraries in the places where toolkits and Python packages leave them.
//!
//! The system's loader does not search those. A library that it does not find is loaded from there by its full path, once
//! and for the rest of the process; whoever asks for it by name finds it then.

#![allow(clippy::disallowed_methods, reason = "libraries are files")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// How NVRTC's files begin: first the one that NVRTC itself asks for by name.
pub(super) const NVRTC: [&str; 2] = ["libnvrtc-builtins.so", "libnvrtc.so"];
/// How cuBLAS's files begin.
pub(super) const CUBLAS: [&str; 2] = ["libcublasLt.so", "libcublas.so"];

/// Whether `found` says so, if need be after a look into other places.
pub(super) fn present(found: impl Fn() -> bool, names: [&str; 2]) -> bool {
    found() || places().iter().any(|place| load(place, names)) && found()
}

/// Folders of toolkits and of the active Python environment, those that the user names first.
fn places() -> Vec<PathBuf> {
    let named = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let toolkits = ["CUDA_HOME", "CUDA_PATH"].into_iter().filter_map(named);
    let toolkits = toolkits.chain(["/usr/local/cuda", "/opt/cuda"].map(PathBuf::from));
    let mut places: Vec<PathBuf> = toolkits.flat_map(|root| ["lib64", "lib"].map(|lib| root.join(lib))).collect();
    for root in ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(named) {
        let pythons = entries(&root.join("lib"), "python3");
        let packages = pythons.iter().flat_map(|python| entries(&python.join("site-packages/nvidia"), ""));
        places.extend(packages.map(|package| package.join("lib")));
        places.push(root.join("lib"));
    }
    places
}

/// What stands in a folder and begins so, the newest version last.
fn entries(folder: &Path, start: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut list: Vec<PathBuf> =
        all.filter(|entry| entry.file_name().to_string_lossy().starts_with(start)).map(|entry| entry.path()).collect();
    list.sort_by_cached_key(|path| (version(&path.to_string_lossy()), path.clone()));
    list
}

/// The numbers in a name: 9 comes before 13.
fn version(name: &str) -> Vec<u64> {
    name.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// Whether the second of two libraries is there, with the first, if it has one.
fn load(place: &Path, [needed, wanted]: [&str; 2]) -> bool {
    let Some(wanted) = entries(place, wanted).pop() else { return false };
    // Where it is missing, loading the other one says so.
    if let Some(needed) = entries(place, needed).pop() {
        open(&needed);
    }
    open(&wanted)
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn open(path: &Path) -> bool {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // SAFETY: this runs the library's initialisers, as finding it by name would.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    library.map(std::mem::forget).is_ok()
}

/// Elsewhere the installers put the folders where the system looks.
#[cfg(not(unix))]
fn open(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_without_libraries_are_passed_over() {
        let place = tempfile::tempdir().unwrap();
        assert!(!load(place.path(), NVRTC));
        fs::write(place.path().join("libnvrtc.so.13"), "no library").unwrap();
        assert!(!load(place.path(), NVRTC));
        assert!(present(|| true, NVRTC));
        assert_eq!(entries(place.path(), "libnvrtc.so").len(), 1);
        for version in ["", ".9", ".9.2", ".12.8.61", ".13"] {
            fs::write(place.path().join(format!("libnvrtc.so{version}")), "no library").unwrap();
        }
        let names = entries(place.path(), "libnvrtc.so")
            .into_iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        let ordered = ["", ".9", ".9.2", ".12.8.61", ".13"].map(|version| format!("libnvrtc.so{version}"));
        assert_eq!(Vec::from_iter(names), ordered);
        assert_eq!(entries(&place.path().join("absent"), ""), Vec::<PathBuf>::new());
    }
}
