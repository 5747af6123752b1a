//! Native code and `fork`: what one process compiles or drops never shows in another, no child waits for a thread
//! that it does not have, and no page that can be called is writable.
//!
//! Each test runs in a process of its own, and every process has compiled something before it forks.

use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use etude::{Backend, Clock, Input, Schedule};

use crate::process::{Child, alone, fork, native, refuse, resident};

/// A schedule whose code differs from that of every other number.
fn schedule(number: u32) -> Schedule {
    let schedule = etude::compile(&text(number), Clock::steps(100)).expect("it compiles");
    assert_eq!(schedule.backend(), native());
    schedule
}

/// Programs of one shape, so that one fits exactly where another lay.
fn text(number: u32) -> String {
    format!("{number} for 10 steps >> linear({number} -> {}) for 20 steps >> cosine(-> 0)", number + 1)
}

fn schedules(numbers: std::ops::Range<u32>) -> Vec<(u32, Schedule)> {
    numbers.map(|number| (number, schedule(number))).collect()
}

/// How many of them do not give their own values.
fn wrong(schedules: &[(u32, Schedule)]) -> usize {
    let is_wrong = |(number, schedule): &&(u32, Schedule)| {
        let base = f64::from(*number);
        schedule.lr(5) != base || schedule.lr(20) != base + 0.5 || schedule.lr(100) != 0.0
    };
    schedules.iter().filter(is_wrong).count()
}

/// Two ends of a conversation.
struct Line {
    hear: PipeReader,
    say: PipeWriter,
}

fn line() -> (Line, Line) {
    let ((a, to_a), (b, to_b)) = (pipe().expect("a pipe"), pipe().expect("a pipe"));
    (Line { hear: a, say: to_b }, Line { hear: b, say: to_a })
}

impl Line {
    fn say(&mut self) {
        self.say.write_all(&[1]).expect("the other one listens");
    }

    fn hear(&mut self) {
        self.hear.read_exact(&mut [0]).expect("the other one speaks");
    }
}

/// A child that compiles `numbers` when it is told to, says so, and when it is told again gives how many are wrong.
fn worker(numbers: std::ops::Range<u32>, inherited: &[(u32, Schedule)]) -> (Child, Line) {
    let (ours, mut theirs) = line();
    let child = fork(move || {
        theirs.hear();
        let own = schedules(numbers);
        theirs.say();
        theirs.hear();
        wrong(&own) + wrong(inherited)
    });
    (child, ours)
}

fn two_workers() {
    let before = schedules(1..2);
    let (mut first, mut second) = (worker(100..200, &before), worker(200..300, &before));
    for (_, line) in [&mut first, &mut second] {
        line.say();
        line.hear();
    }
    for (child, mut line) in [first, second] {
        line.say();
        child.succeeds();
    }
    assert_eq!(wrong(&before), 0);
}

#[test]
fn workers_do_not_compile_over_each_other() {
    alone("fork::workers_do_not_compile_over_each_other", two_workers);
}

#[test]
fn a_parent_does_not_compile_over_its_worker() {
    alone("fork::a_parent_does_not_compile_over_its_worker", || {
        let before = schedules(1..2);
        let (child, mut line) = worker(100..200, &before);
        line.say();
        line.hear();
        let own = schedules(200..300);
        line.say();
        child.succeeds();
        assert_eq!(wrong(&own) + wrong(&before), 0);
    });
}

/// The free lines come round only when the first chunk has been filled.
#[test]
fn what_a_child_drops_stays_its_parents() {
    alone("fork::what_a_child_drops_stays_its_parents", || {
        let mut before = schedules(1..100);
        let child = fork(|| {
            before.clear();
            wrong(&schedules(1000..5000))
        });
        child.succeeds();
        assert_eq!(wrong(&before), 0);
    });
}

#[test]
fn what_a_parent_drops_stays_its_childs() {
    alone("fork::what_a_parent_drops_stays_its_childs", || {
        let before = schedules(1..100);
        let kept = before.clone();
        let (mut ours, mut theirs) = line();
        let child = fork(move || {
            theirs.hear();
            let own = schedules(100..200);
            wrong(&kept) + wrong(&own)
        });
        drop(before);
        let own = schedules(1000..5000);
        ours.say();
        child.succeeds();
        assert_eq!(wrong(&own), 0);
    });
}

#[test]
fn a_pool_of_workers_gets_its_own_values() {
    alone("fork::a_pool_of_workers_gets_its_own_values", || {
        let before = schedules(1..2);
        let work = |worker: u32| {
            move || {
                let task = |k: u32| {
                    let own = schedules(worker * 1000 + k..worker * 1000 + k + 1);
                    thread::sleep(Duration::from_millis(5));
                    wrong(&own)
                };
                (0..30).map(task).sum()
            }
        };
        for child in [fork(work(1)), fork(work(2))] {
            child.succeeds();
        }
        assert_eq!(wrong(&before), 0);
    });
}

#[test]
fn a_grandchild_is_on_its_own_too() {
    alone("fork::a_grandchild_is_on_its_own_too", || {
        let before = schedules(1..50);
        let child = fork(|| {
            let own = schedules(50..100);
            let child = fork(|| {
                let theirs = schedules(100..150);
                wrong(&before) + wrong(&own) + wrong(&theirs)
            });
            let more = schedules(150..200);
            child.succeeds();
            wrong(&before) + wrong(&own) + wrong(&more)
        });
        child.succeeds();
        assert_eq!(wrong(&before), 0);
    });
}

/// One thread forks while others compile and drop.
fn busy(forks: usize) {
    let before = schedules(1..10);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let compile = |first: u32| {
            let stop = &stop;
            move || {
                let mut wrongs = 0;
                for k in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    wrongs += wrong(&schedules(first + k % 50..first + k % 50 + 1));
                }
                wrongs
            }
        };
        let threads = [scope.spawn(compile(1000)), scope.spawn(compile(2000))];
        let forks = scope.spawn(|| {
            let mut mine = schedules(10..20);
            for k in 0..forks as u32 {
                fork(|| {
                    mine.truncate(5);
                    let own = schedules(3000 + k..3001 + k);
                    wrong(&mine) + wrong(&own) + wrong(&before)
                })
                .succeeds();
            }
        });
        let forked = forks.join();
        stop.store(true, Ordering::Relaxed);
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), 0);
        }
        forked.expect("every child ends");
    });
    assert_eq!(wrong(&before), 0);
}

#[test]
fn no_child_waits_for_a_thread_of_its_parent() {
    alone("fork::no_child_waits_for_a_thread_of_its_parent", || busy(1500));
}

/// The process forks while a thread compiles its first program, and with it what is made once.
#[test]
fn the_first_program_may_be_compiled_during_a_fork() {
    alone("fork::the_first_program_may_be_compiled_during_a_fork", || {
        for k in 0..100 {
            let child = fork(|| {
                let source = "onecycle(1, up: 25%)";
                let value = || etude::compile(source, Clock::steps(100)).map_or(f64::NAN, |s| s.lr(25));
                let first = thread::spawn(value);
                thread::sleep(Duration::from_micros(k * 50));
                fork(|| usize::from(value() != 1.0)).succeeds();
                usize::from(first.join().ok() != Some(1.0))
            });
            child.succeeds();
        }
    });
}

/// What is wrong with the mappings of this process, and how many can be called that no file is behind.
fn mappings() -> (Vec<String>, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("this system shows its mappings");
    let of = |line: &str| -> (String, String, String) {
        let mut words = line.split_whitespace().map(str::to_owned);
        let mut next = || words.next().unwrap_or_default();
        let (_, rights, _, device, inode) = (next(), next(), next(), next(), next());
        (rights, device + " " + &inode, next())
    };
    let all: Vec<_> = maps.lines().map(of).collect();
    let (mut odd, mut ours) = (vec![], 0);
    for (rights, file, name) in all.iter().filter(|(rights, ..)| rights.contains('x')) {
        let nowhere = file.ends_with(" 0");
        ours += usize::from(nowhere && name.is_empty());
        let alias = all.iter().find(|(r, f, _)| !nowhere && f == file && r.starts_with("rw-s"));
        if rights.contains('w') || rights.contains('s') || alias.is_some() {
            odd.push(format!("{rights} {file} {name}, also {alias:?}"));
        }
    }
    (odd, ours)
}

fn callable_and_writable() {
    let (_, without) = mappings();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let compile = || {
            while !stop.load(Ordering::Relaxed) {
                drop(schedules(1..20));
            }
        };
        scope.spawn(compile);
        scope.spawn(compile);
        let kept = schedules(1..200);
        let looked = std::panic::catch_unwind(|| {
            for _ in 0..200 {
                let (odd, with) = mappings();
                assert_eq!(odd, [""; 0]);
                assert!(with > without, "code is nowhere");
            }
            fork(|| mappings().0.len() + wrong(&kept) + wrong(&schedules(200..300)) + mappings().0.len()).succeeds();
        });
        stop.store(true, Ordering::Relaxed);
        looked.unwrap_or_else(|e| std::panic::resume_unwind(e));
    });
}

#[test]
fn nothing_that_can_be_called_is_writable() {
    alone("fork::nothing_that_can_be_called_is_writable", callable_and_writable);
}

/// Where the kernel does not write for a process, code has pages of its own.
#[test]
fn pages_of_their_own_are_private_and_not_writable_either() {
    alone("fork::pages_of_their_own_are_private_and_not_writable_either", || {
        refuse(libc::SYS_pwrite64, None);
        two_workers();
        busy(100);
        callable_and_writable();
    });
}

#[test]
fn compiling_and_dropping_keeps_no_memory() {
    alone("fork::compiling_and_dropping_keeps_no_memory", || {
        let constant = |k: u32| etude::compile(&format!("{k}"), Clock::steps(10)).expect("it compiles").lr(3);
        let flat = move || {
            let rounds = |count: u32| (0..count).filter(|&k| constant(k) != f64::from(k)).count();
            let mut wrong = rounds(1000);
            let before = resident();
            wrong += rounds(ROUNDS);
            let growth = resident().saturating_sub(before);
            println!("{growth} bytes more");
            wrong + usize::from(growth > 1 << 20)
        };
        let kept = schedules(1..100);
        let child = fork(move || {
            drop(kept);
            flat()
        });
        assert_eq!(flat(), 0);
        child.succeeds();
    });
}

/// Programs that are compiled and dropped; an unoptimised compiler takes a minute for more of them.
const ROUNDS: u32 = if cfg!(debug_assertions) { 3_000 } else { 100_000 };

/// A large program leaves nothing behind in the thread that compiled it.
#[test]
#[cfg(target_env = "gnu")]
fn a_thread_gives_back_what_a_large_program_took() {
    alone("fork::a_thread_gives_back_what_a_large_program_took", || {
        // A longer one is interpreted.
        let large = vec!["1 -> 2"; 5_000].join(" >> ");
        let compile = |backend| {
            let schedule = Input::new(&large, Clock::steps(1_000_000)).on(backend).schedule().expect("it compiles");
            assert_eq!(schedule.backend(), backend);
            assert_eq!(schedule.lr(0), 1.0);
        };
        compile(Backend::Eval);
        let before = in_use();
        compile(Backend::Jit);
        let kept = in_use().saturating_sub(before);
        println!("{kept} bytes are kept");
        assert!(kept < 1 << 20, "{kept} bytes are kept");
    });
}

/// Bytes that are allocated, whatever the allocator itself keeps for the next program.
#[cfg(target_env = "gnu")]
#[allow(unsafe_code)]
fn in_use() -> usize {
    // SAFETY: it only counts.
    let counts = unsafe { libc::mallinfo2() };
    counts.uordblks + counts.hblkhd
}

/// What a thread keeps of its compiler, for programs of some lengths.
#[test]
#[ignore = "measures, and checks nothing"]
fn what_a_thread_keeps() {
    for phases in [10, 40, 80, 160, 320, 1000] {
        let keep = move || {
            let source = vec!["1 -> 2"; phases].join(" >> ");
            let compile = |backend| {
                drop(Input::new(&source, Clock::steps(1_000_000)).on(backend).schedule());
                resident()
            };
            for _ in 0..3 {
                compile(Backend::Eval);
            }
            let before = compile(Backend::Eval);
            let kept = compile(Backend::Jit).saturating_sub(before);
            println!("{phases} phases: {} KiB", kept >> 10);
        };
        fork(|| thread::spawn(keep).join().map_or(1, |()| 0)).succeeds();
    }
}
