//! An emulated CUDA device: shared libraries that stand in for the driver, NVRTC and cuBLAS.
//!
//! Guarantee: a child process whose `LD_LIBRARY_PATH` is [`folder`] finds them by the real libraries' names and runs
//! its kernels on the processor, with IEEE arithmetic. What a real device may leave undefined is made to show: memory
//! that was never written holds NaNs, what writes outside an allocation or meets a barrier alone ends the process with
//! a message on stderr. Work waits until somebody waits for it.
//!
//! Environment of the child:
//! * `EMULATOR_MEMORY`: the device's bytes; 1 GiB otherwise.
//! * `EMULATOR_CAPABILITY`: its compute capability; `9.0` otherwise.
//! * `EMULATOR_VERSION`: the CUDA version of its driver; `13000` otherwise.
//! * `EMULATOR_FAILS`: entry points that fail and with which code, as `cuInit:100,cuMemAllocAsync:2@3`; `@3` is the
//!   third call only.
//! * `EMULATOR_ORDER=backward`: blocks and threads run from the last to the first; a result that depends on their order
//!   differs.
//! * `EMULATOR_TRACE`: a file that gets the name of each entry point that is called.
//! * `EMULATOR_EAGER`: set, work is done when it is submitted.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const SOURCES: &[(&str, &str)] = &[
    ("shim.h", include_str!("emulator/shim.h")),
    ("entry.h", include_str!("emulator/entry.h")),
    ("state.h", include_str!("emulator/state.h")),
    ("fibers.h", include_str!("emulator/fibers.h")),
    ("module.h", include_str!("emulator/module.h")),
    ("compile.h", include_str!("emulator/compile.h")),
    ("driver.cpp", include_str!("emulator/driver.cpp")),
    ("memory.cpp", include_str!("emulator/memory.cpp")),
    ("streams.cpp", include_str!("emulator/streams.cpp")),
    ("launch.cpp", include_str!("emulator/launch.cpp")),
    ("modules.cpp", include_str!("emulator/modules.cpp")),
    ("compile.cpp", include_str!("emulator/compile.cpp")),
    ("nvrtc.cpp", include_str!("emulator/nvrtc.cpp")),
    ("cublas.cpp", include_str!("emulator/cublas.cpp")),
];

/// The libraries and what they are built from. Products of matrices are worth optimising.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("libcuda.so", &["-O1", "driver.cpp", "memory.cpp", "streams.cpp", "launch.cpp", "modules.cpp", "compile.cpp"]),
    ("libnvrtc.so", &["-O1", "nvrtc.cpp", "compile.cpp"]),
    ("libcublas.so", &["-O3", "cublas.cpp"]),
];

const FLAGS: &[&str] = &["-std=c++17", "-fPIC", "-shared", "-ffp-contract=off", "-fvisibility=hidden"];

/// What our folders are called; the number of the process that made it follows.
const NAME: &str = "etude-emulator-";

/// The folder with all libraries, built once in this process. `None`, with the reason printed, where there is no
/// compiler to build them with; the next process that asks removes it.
pub fn folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        if !cfg!(target_os = "linux") {
            println!("skipped: the emulated device is a set of Linux libraries");
            return None;
        }
        let Ok(compiler) = Command::new("c++").arg("--version").stdin(Stdio::null()).output() else {
            println!("skipped: there is no C++ compiler `c++` for the emulated device");
            return None;
        };
        if String::from_utf8_lossy(&compiler.stdout).contains("clang") {
            println!("skipped: the emulated device has been built with GCC only, and `c++` is clang");
            return None;
        }
        let folder = fresh().and_then(|folder| build(&folder).map(|()| folder));
        Some(folder.expect("the emulated device is built"))
    });
    made.as_deref()
}

/// A folder of its own with only these libraries, for what happens where the others are not installed.
pub fn folder_with(libraries: &[&str]) -> Option<PathBuf> {
    let all = folder()?;
    let link = |folder: PathBuf| {
        for library in libraries {
            #[cfg(unix)]
            std::os::unix::fs::symlink(all.join(library), folder.join(library))?;
            assert!(folder.join(library).exists(), "there is no emulated {library}");
        }
        Ok(folder)
    };
    Some(fresh().and_then(link).expect("a folder takes links"))
}

/// An empty folder that only this process uses.
fn fresh() -> io::Result<PathBuf> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    sweep()?;
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(format!("{NAME}{process}-{count}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

/// Removes what processes left that have ended: a test binary has no last moment at which to do so itself.
fn sweep() -> io::Result<()> {
    for entry in std::fs::read_dir(std::env::temp_dir())?.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|n| n.strip_prefix(NAME)).and_then(|n| n.split('-').next());
        if process.is_some_and(|p| !Path::new("/proc").join(p).exists()) {
            // Another process may remove it at the same time.
            _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

fn build(folder: &Path) -> io::Result<()> {
    for (name, text) in SOURCES {
        std::fs::write(folder.join(name), text)?;
    }
    let start = |(library, inputs): &(&str, &[&str])| {
        let name = format!("-Wl,-soname,{library}.13");
        let output = [name.as_str(), "-o", library];
        Command::new("c++").current_dir(folder).args(FLAGS).args(output).args(*inputs).arg("-ldl").spawn()
    };
    let compilers: Vec<Child> = LIBRARIES.iter().map(start).collect::<io::Result<_>>()?;
    for mut compiler in compilers {
        let status = compiler.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("`c++` ended with {status}")));
        }
    }
    Ok(())
}
