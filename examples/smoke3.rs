//! x
fn main() {
    for s in ["1e-3", "1e-3 -> 0", "warmup(5%) >> cosine(1e-3 -> 0)", "exp(1e-3 -> 1e-6)"] {
        let p = etude::Program::compile(s, etude::Clock::steps(10000)).unwrap();
        println!("{s}: {} size_of {}", p.code_size(), std::mem::size_of::<etude::Schedule>());
    }
}
