//! What is missing or refused on the way to a GPU is said in plain words, and nothing is left behind.
#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::emulator;

const ALL: [&str; 3] = ["libcuda.so", "libnvrtc.so", "libcublas.so"];
const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/digits.etude");

/// `etude train` on the digits and the first GPU, or what `more` says, with only these libraries, into `folder`.
fn train(libraries: &Path, folder: &Path, more: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etude"));
    let device = if more.contains(&"--device") { &[][..] } else { &["--device", "cuda"] };
    command.args(["train", DIGITS, "--out"]).arg(folder.join("out")).args(device).args(more);
    only(&mut command, libraries).env("ETUDE_CACHE", folder.join("cache"));
    command.envs(env.iter().copied()).output().expect("etude runs")
}

/// Hides every place in which libraries are looked for, but one.
fn only<'a>(command: &'a mut Command, libraries: &Path) -> &'a mut Command {
    for place in ["CUDA_HOME", "CUDA_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"] {
        command.env_remove(place);
    }
    command.env("LD_LIBRARY_PATH", libraries)
}

/// What it says when it refuses: one sentence, exit code 1, no panic.
fn refusal(libraries: &Path, more: &[&str], env: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = train(libraries, folder.path(), more, env);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{env:?}: {text}");
    assert!(!text.contains("panicked"), "{env:?}: {text}");
    text
}

fn emulated(libraries: &[&str]) -> Option<PathBuf> {
    emulator::folder_with(libraries)
}

#[test]
fn what_fails_is_said() {
    let Some(all) = emulated(&ALL) else { return };
    for (env, words) in [
        (("EMULATOR_FAILS", "cuInit:100"), "the NVIDIA driver finds no GPU, and `cuda:0` was asked for"),
        (("EMULATOR_FAILS", "cuInit:803"), "the GPU cannot start: "),
        (("EMULATOR_VERSION", "11080"), "the NVIDIA driver supports CUDA 11.8, and 12.0 is the oldest that works"),
        (("EMULATOR_CAPABILITY", "7.0"), "its compute capability is 7.0, and CUDA 13.0 begins later"),
        (("EMULATOR_FAILS", "cuModuleLoadData:222"), "cannot read what the run-time compiler of CUDA 13.0 writes"),
        (("EMULATOR_FAILS", "cuModuleLoadData:218"), "the GPU cannot load a program: "),
        (("EMULATOR_FAILS", "cuGraphLaunch:719"), "the GPU cannot replay a graph: "),
        (("EMULATOR_FAILS", "cublasCreate_v2:1"), "the GPU cannot start cuBLAS: CUBLAS_STATUS_NOT_INITIALIZED"),
        (("EMULATOR_FAILS", "cublasSgemm_v2:13"), "the GPU cannot multiply matrices: CUBLAS_STATUS_EXECUTION_FAILED"),
        (("EMULATOR_FAILS", "cuStreamSynchronize:700"), "the GPU cannot finish its work: "),
        // What comes after a failure fails, too.
        (("EMULATOR_FAILS", "cuStreamSynchronize:700,cublasDestroy_v2:14,cuMemFreeAsync:700"), "the GPU cannot finish"),
        (("EMULATOR_MEMORY", "33000000"), "free; train a smaller model or batch"),
        (("EMULATOR_MEMORY", "200000"), "free; train a smaller model or batch"),
    ] {
        let text = refusal(&all, &[], &[env]);
        assert!(text.contains(words), "{env:?}: {text}");
    }
    let text = refusal(&all, &["--device", "cuda:1"], &[]);
    assert!(text.contains("there is no GPU `cuda:1`: the driver finds one, `cuda`"), "{text}");
}

/// Which of the driver and NVRTC this machine has by itself: emulated ones that are not there cannot hide them.
#[test]
#[ignore = "tells `what_is_missing_is_said` what is there"]
fn probe() {
    let driver = !matches!(etude::cuda::Device::open(0), Err(etude::cuda::Error::NoDriver));
    println!("driver: {driver}, compiler: {}", etude::cuda::compile::version().is_ok());
}

fn has(what: &str, libraries: &Path) -> bool {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--ignored", "--exact", "gpu::refusals::probe", "--nocapture"]);
    only(&mut command, libraries);
    let text = String::from_utf8(command.output().expect("it runs").stdout).expect("text");
    assert!(text.contains("driver: "), "{text}");
    text.contains(&format!("{what}: true"))
}

#[test]
fn what_is_missing_is_said() {
    let (Some(none), Some(driver)) = (emulated(&[]), emulated(&["libcuda.so"])) else { return };
    if has("driver", &none) {
        println!("skipped: this machine has a driver");
    } else {
        let text = refusal(&none, &[], &[]);
        assert!(text.contains("there is no NVIDIA driver on this machine") && text.contains("`device: cpu`"), "{text}");
    }
    if has("compiler", &none) {
        println!("skipped: this machine has NVRTC");
    } else {
        let text = refusal(&driver, &[], &[]);
        assert!(text.contains("libnvrtc") && text.contains("pip install nvidia-cuda-nvrtc"), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn libraries_are_found_in_toolkits_and_python_environments() {
    use std::os::unix::fs::symlink;

    let (Some(none), Some(driver), Some(all)) = (emulated(&[]), emulated(&["libcuda.so"]), emulated(&ALL)) else {
        return;
    };
    if has("compiler", &none) {
        return println!("skipped: this machine has NVRTC");
    }
    for (place, variable) in
        [("lib64", "CUDA_HOME"), ("lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib", "VIRTUAL_ENV")]
    {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lib = folder.path().join(place);
        std::fs::create_dir_all(&lib).expect("a folder");
        for name in ["libnvrtc.so", "libcublas.so"] {
            symlink(all.join(name), lib.join(format!("{name}.13"))).expect("a link");
        }
        let root = folder.path().to_str().expect("a path");
        let output = train(&driver, folder.path(), &["--set", "epochs=1"], &[(variable, root)]);
        assert!(output.status.success(), "{variable}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn runs_that_diverge_say_what_they_say_on_the_cpu() {
    let Some(all) = emulated(&ALL) else { return };
    let text = refusal(&all, &["--set", "peak=1e9"], &[]);
    assert!(text.contains("training diverged: the ") && text.contains("try a lower peak"), "{text}");
}

/// Between the first replay of an epoch and the last, the host asks for nothing but replays.
#[test]
fn the_host_writes_nothing_while_steps_are_replayed() {
    let Some(all) = emulated(&ALL) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trace = folder.path().join("trace");
    let trace_env = [("EMULATOR_TRACE", trace.to_str().expect("a path"))];
    let output = train(&all, folder.path(), &["--set", "epochs=3"], &trace_env);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("emulated device"));
    let calls = std::fs::read_to_string(trace).expect("a trace");
    // The context is made current before each call; that is the thread's affair.
    let calls: Vec<&str> = calls.lines().filter(|call| !call.starts_with("cuCtx")).collect();
    let replays: Vec<usize> = calls.split(|c| *c != "cuGraphLaunch").map(<[&str]>::len).filter(|n| *n > 0).collect();
    // In the first epoch the two graphs are recorded before their first replay: a full batch, and the last one.
    assert_eq!(replays, [22, 1, 23, 23], "{calls:?}");
    assert_eq!(calls.iter().filter(|c| **c == "cuStreamBeginCapture_v2").count(), 2);
}

#[test]
fn files_are_those_of_the_cpu_whoever_multiplies() {
    let (Some(all), Some(own)) = (emulated(&ALL), emulated(&ALL[..2])) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut metrics = vec![];
    for (name, libraries) in [("cublas", &all), ("own", &own), ("again", &own)] {
        let place = folder.path().join(name);
        let output = train(libraries, &place, &["--set", "epochs=1"], &[]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut files: Vec<String> = std::fs::read_dir(place.join("out"))
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        assert_eq!(files, ["config.etude", "metrics.csv", "metrics.jsonl", "plot.png", "plot.svg"], "{name}");
        metrics.push(std::fs::read_to_string(place.join("out/metrics.csv")).expect("metrics"));
    }
    // The emulated cuBLAS adds in the order in which our own kernel does.
    assert!(metrics[0] == metrics[1] && metrics[1] == metrics[2], "{}\n{}", metrics[0], metrics[1]);
    // What was compiled is remembered.
    let cached = std::fs::read_dir(folder.path().join("own/cache")).expect("a cache").count();
    assert_eq!(cached, 1);
}
