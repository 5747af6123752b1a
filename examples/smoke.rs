//! Prints the phases of a program and its values at some steps.

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: u64 = args[2].parse().unwrap();
    let clock = etude::Clock::steps(n);
    match etude::Program::compile(&args[1], clock) {
        Ok(p) => { println!("{}", p.explain());
            let k = p.names().count();
            let mut out = vec![0.0; k];
            for s in args[3].split(',') { let s: u64 = s.parse().unwrap(); p.at(s, &mut out); println!("{s}: {out:?}"); } }
        Err(d) => println!("{d}"),
    }
}
