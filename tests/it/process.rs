//! Processes for tests: a test alone in one, children, and what a process may be refused.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::{Duration, Instant};

use etude::Backend;

/// Children end within milliseconds; what is to be caught never does.
const LIMIT: Duration = Duration::from_secs(60);

/// What serves where nothing is refused.
pub fn native() -> Backend {
    if std::arch::is_x86_feature_detected!("fma") { Backend::Jit } else { Backend::Eval }
}

/// The name of the test that this process was started for.
const ALONE: &str = "ETUDE_TEST_ALONE";

/// Runs `body` in a process that does nothing else: this program again, for the test called `name`.
pub fn alone(name: &str, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some_and(|n| n == name) {
        return body();
    }
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(program);
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(ALONE, name);
    let run = command.output().expect("it starts again");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    print!("{out}");
    assert!(run.status.success() && out.contains("1 passed"), "{}\n{out}{err}", run.status);
}

/// A child of this process.
pub struct Child {
    pid: libc::pid_t,
}

/// A child that runs `body` and ends with what it gives: how much is wrong.
#[allow(unsafe_code)]
pub fn fork(body: impl FnOnce() -> usize) -> Child {
    // SAFETY: the child calls only `body`, and ends without unwinding into its parent's frames.
    match unsafe { libc::fork() } {
        0 => {
            let wrong = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
            // SAFETY: no destructor and no handler of the parent's is to run here.
            unsafe { libc::_exit(wrong.min(127) as i32) }
        }
        pid => {
            assert!(pid > 0, "fork: {}", std::io::Error::last_os_error());
            Child { pid }
        }
    }
}

#[allow(unsafe_code)]
impl Drop for Child {
    fn drop(&mut self) {
        // SAFETY: it is our child, and nobody has waited for it.
        unsafe {
            libc::kill(self.pid, libc::SIGKILL);
            libc::waitpid(self.pid, std::ptr::null_mut(), 0);
        }
    }
}

impl Child {
    /// It ends in time, and nothing is wrong there.
    #[allow(unsafe_code)]
    pub fn succeeds(self) {
        let start = Instant::now();
        let mut status = 0;
        // SAFETY: `status` is ours, the child too.
        while unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) } == 0 {
            assert!(start.elapsed() < LIMIT, "a child hangs");
            std::thread::sleep(Duration::from_micros(200));
        }
        std::mem::forget(self);
        assert!(libc::WIFEXITED(status), "a child died of signal {}", libc::WTERMSIG(status));
        assert_eq!(libc::WEXITSTATUS(status), 0, "in a child so much is wrong");
    }
}

/// Refuses a system call to this process for ever; with `(n, bits)` only where its argument `n` has one of `bits`.
#[allow(unsafe_code)]
pub fn refuse(call: libc::c_long, only: Option<(u32, u32)>) {
    use libc::{BPF_ABS, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W};
    let op = |code: u32, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let load = |offset: u32| op(BPF_LD | BPF_W | BPF_ABS, 0, offset);
    // The call's number is at 0, the low half of argument n at 16 + 8n.
    let (argument, bits) = only.map_or((0, 0), |(n, bits)| (16 + 8 * n, bits));
    let filtered = [
        load(0),
        op(BPF_JMP | libc::BPF_JEQ | BPF_K, 3, call as u32),
        load(argument),
        op(BPF_JMP | BPF_JSET | BPF_K, 1, bits),
        op(BPF_RET | BPF_K, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        op(BPF_RET | BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let always = [filtered[0], op(BPF_JMP | libc::BPF_JEQ | BPF_K, 1, call as u32), filtered[4], filtered[5]];
    let program: &[libc::sock_filter] = if only.is_some() { &filtered } else { &always };
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    // SAFETY: the filter is valid during the calls, which read it.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let all_threads = libc::SECCOMP_FILTER_FLAG_TSYNC;
        let set = libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, all_threads, &raw const filter);
        assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
    }
}

/// Resident bytes of this process.
pub fn resident() -> usize {
    statm(1)
}

/// Bytes of this process's mappings.
pub fn mapped() -> usize {
    statm(0)
}

fn statm(column: usize) -> usize {
    let line = std::fs::read_to_string("/proc/self/statm").expect("this system counts pages");
    let pages: usize = line.split_whitespace().nth(column).and_then(|n| n.parse().ok()).expect("a number of pages");
    pages * 4096
}
