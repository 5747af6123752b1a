//! Where a system refuses what native code needs, the interpreter serves, with the same bits, and says so.

use etude::{Backend, Clock, Input, Program};

use crate::process::{alone, mapped, native, refuse};

const SOURCES: [&str; 3] =
    ["1e-3 -> 0", "warmup(5%) >> cosine(1e-3 -> 0)", "exp(1 -> 0.1) | cycle(7 steps, grow: 1.5)"];

/// Compiles some programs natively, if that can be done, and compares them with the interpreter.
fn served(backend: Backend) {
    for source in SOURCES {
        let schedule = |backend| Input::new(source, Clock::steps(1000)).on(backend).schedule().expect(source);
        let (native, interpreted) = (schedule(Backend::Jit), schedule(Backend::Eval));
        assert_eq!((native.backend(), interpreted.backend()), (backend, Backend::Eval), "{source}");
        for step in 0..1002 {
            assert_eq!(native.lr(step).to_bits(), interpreted.lr(step).to_bits(), "{source} at {step}");
        }
    }
    // A number asks the system for nothing.
    let number = Input::new("1e-3", Clock::steps(1000)).on(Backend::Jit).schedule().expect("it compiles");
    assert_eq!((number.backend(), number.lr(7)), (Backend::best(), 1e-3));
    let program = Program::compile("a: 1 -> 0\nb: sin(t)", Clock::steps(10)).expect("it compiles");
    assert_eq!((program.backend(), program.code_size() > 0), (backend, backend == Backend::Jit));
}

#[test]
fn nothing_refused() {
    served(native());
}

/// A limit on the size of files ends a process that passes it; code is in none.
#[test]
#[allow(unsafe_code)]
fn a_limit_on_files_is_no_limit_on_code() {
    alone("refused::a_limit_on_files_is_no_limit_on_code", || {
        for bytes in [100 << 10, 0] {
            let limit = libc::rlimit { rlim_cur: bytes, rlim_max: 100 << 10 };
            // SAFETY: the limit is ours.
            assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) }, 0);
            served(native());
        }
    });
}

#[test]
fn no_executable_memory() {
    alone("refused::no_executable_memory", || {
        refuse(libc::SYS_mmap, Some((2, libc::PROT_EXEC as u32)));
        refuse(libc::SYS_mprotect, Some((2, libc::PROT_EXEC as u32)));
        served(Backend::Eval);
        let before = mapped();
        for _ in 0..100 {
            served(Backend::Eval);
        }
        let growth = mapped().saturating_sub(before);
        assert!(growth < 1 << 20, "{growth} bytes more are mapped");
    });
}

/// Each refusal alone leaves another way.
#[test]
fn no_memory_that_becomes_executable() {
    alone("refused::no_memory_that_becomes_executable", || {
        refuse(libc::SYS_mprotect, Some((2, libc::PROT_EXEC as u32)));
        served(native());
    });
}

#[test]
fn no_kernel_that_writes() {
    alone("refused::no_kernel_that_writes", || {
        refuse(libc::SYS_pwrite64, None);
        served(native());
        refuse(libc::SYS_mprotect, Some((2, libc::PROT_EXEC as u32)));
        served(Backend::Eval);
    });
}

#[test]
fn no_page_that_a_child_finds_empty() {
    alone("refused::no_page_that_a_child_finds_empty", || {
        refuse(libc::SYS_madvise, None);
        served(native());
    });
}

#[test]
fn no_file_in_memory() {
    alone("refused::no_file_in_memory", || {
        refuse(libc::SYS_memfd_create, None);
        served(native());
    });
}

/// `PR_SET_MDWE`: what is executable stays as it is. Systems that do not have it change nothing here.
#[test]
#[allow(unsafe_code)]
fn memory_that_denies_write_then_execute() {
    alone("refused::memory_that_denies_write_then_execute", || {
        const PR_SET_MDWE: i32 = 65;
        // SAFETY: it changes what this process may map from here on.
        let set = unsafe { libc::prctl(PR_SET_MDWE, 1, 0, 0, 0) };
        println!("PR_SET_MDWE: {set}");
        served(native());
    });
}
