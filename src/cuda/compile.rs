//! CUDA C → PTX, by NVRTC at run time. Needs neither a driver nor a GPU.
//!
//! Guarantee: nothing is contracted and nothing approximated, so that the GPU gives the host's bits.

use cudarc::nvrtc::{CompileError, CompileOptions, compile_ptx_with_opts, sys};

use super::error::{Error, Version};
use super::{cache, libraries};

/// What every text is compiled with: multiplications and additions stay apart, f32 square roots and divisions are exact,
/// and subnormal numbers are kept.
const OPTIONS: [&str; 5] = ["--fmad=false", "--prec-sqrt=true", "--prec-div=true", "--ftz=false", "--std=c++17"];

/// PTX for GPUs of the compute capability `major`.`minor` and later, from the cache if it has been compiled before.
///
/// # Errors
/// [`Error::NoCompiler`] or [`Error::Compile`].
pub fn ptx(text: &str, (major, minor): (i32, i32)) -> Result<String, Error> {
    let version = version()?;
    let known = architectures()?;
    // A compiler older than the GPU writes for the newest that it knows: later GPUs read that, too.
    let wanted = major * 10 + minor;
    let best = known.iter().copied().filter(|&a| a <= wanted).max();
    let best = best.ok_or_else(|| Error::Compile {
        what: "write for this GPU",
        log: format!("its compute capability is {major}.{minor}, and CUDA {version} begins later"),
    })?;
    let architecture = format!("--gpu-architecture=compute_{best}");
    let written = format!("NVRTC {version}");
    let parts = [&OPTIONS[..], &[&architecture, &written, text]].concat();
    cache::remembered(&parts, || compile(text, &architecture))
}

fn compile(text: &str, architecture: &str) -> Result<String, Error> {
    let options = OPTIONS.iter().copied().chain([architecture]).map(str::to_owned).collect();
    let options = CompileOptions { name: Some("etude.cu".to_owned()), options, ..CompileOptions::default() };
    let made = compile_ptx_with_opts(text, options).map_err(|e| match e {
        CompileError::CompileError { log, nvrtc, .. } => {
            let log = log.to_string_lossy();
            let log = if log.trim().is_empty() { format!("{:?}", nvrtc.0) } else { log.into_owned() };
            Error::Compile { what: "compile the program", log }
        }
        e => Error::Compile { what: "start", log: format!("{e:?}") },
    })?;
    // The wrapper would panic at a byte that is no text; PTX is ASCII.
    let bytes = made.as_bytes().unwrap_or_default();
    Ok(String::from_utf8_lossy(bytes.strip_suffix(&[0]).unwrap_or(bytes)).into_owned())
}

/// The compiler's version.
///
/// # Errors
/// [`Error::NoCompiler`] or [`Error::Compile`].
pub fn version() -> Result<Version, Error> {
    present()?;
    let (mut major, mut minor) = (0, 0);
    // SAFETY: both point to what the call fills.
    #[allow(unsafe_code)]
    let result = unsafe { sys::nvrtcVersion(&mut major, &mut minor) };
    succeeded(result)?;
    Ok(Version { major, minor })
}

/// The compute capabilities that it can write for: 90 is 9.0.
fn architectures() -> Result<Vec<i32>, Error> {
    let mut count = 0;
    // SAFETY: the count points to what the call fills.
    #[allow(unsafe_code)]
    let result = unsafe { sys::nvrtcGetNumSupportedArchs(&mut count) };
    succeeded(result)?;
    let mut list = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: the list has room for as many numbers as the call has just promised.
    #[allow(unsafe_code)]
    let result = unsafe { sys::nvrtcGetSupportedArchs(list.as_mut_ptr()) };
    succeeded(result)?;
    Ok(list)
}

fn succeeded(result: sys::nvrtcResult) -> Result<(), Error> {
    result.result().map_err(|e| Error::Compile { what: "start", log: format!("{:?}", e.0) })
}

/// Asking is what keeps cudarc from a panic.
fn present() -> Result<(), Error> {
    // SAFETY: it only tries to open the library, whose initialisers do nothing but their own work.
    #[allow(unsafe_code)]
    let found = || unsafe { sys::is_culib_present() };
    if libraries::present(found, libraries::NVRTC) { Ok(()) } else { Err(Error::NoCompiler) }
}
