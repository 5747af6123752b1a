//! CUDA C is C++, too: compiled for this machine, it must give the interpreter's bits for every case.

use std::fmt::Write;
use std::process::Command;

use etude::backend::c;
use etude::{Backend, Input, Program, check, lower, syntax};

use crate::cases::{self, format};

/// The steps at which a program is compared.
pub fn steps(program: &Program) -> Vec<u64> {
    let mut steps = vec![0, 1, 2, 3, 5, 7, 10, 100, 777, 1000, 12_345, 1 << 40, 1 << 53, u64::MAX];
    for phase in program.phases() {
        for moment in std::iter::once(phase.start).chain(phase.end) {
            let step = moment as u64;
            steps.extend([step.saturating_sub(1), step, step.saturating_add(1)]);
        }
    }
    steps
}

#[test]
fn cuda_text_gives_the_same_bits() {
    let Ok(compiler) = Command::new("c++").arg("--version").output() else {
        println!("skipped: there is no C++ compiler `c++`");
        return;
    };
    assert!(compiler.status.success());
    let (mut text, mut main) = (String::new(), String::new());
    let mut expected = vec![];
    for path in cases::files() {
        let source = std::fs::read_to_string(&path).expect("a case file is readable");
        for case in format::read(&source).expect("a case file is well formed") {
            let Ok(ast) = syntax::parse(&case.source) else { continue };
            let Ok(plan) = check::check(&ast, &case.clock, &cases::recording) else { continue };
            let ir = lower::lower(&plan).expect("it is small");
            let program = Input::new(&case.source, case.clock).with(&cases::recording).on(Backend::Eval).program();
            let Ok(program) = program else { continue };
            let program = program.with_base(case.base).expect("a base of the program");
            let (k, outputs) = (expected.len(), ir.outputs.len());
            if outputs == 0 {
                continue;
            }
            let own = c::text(&ir, &format!("program{k}"));
            writeln!(text, "namespace n{k} {{\n{}\n}}", own.replace("#include", "//")).unwrap();
            let steps = steps(&program);
            let inputs: Vec<String> =
                (0..ir.inputs).map(|i| if i == 0 { format!("{:?}", case.base) } else { "1.0".into() }).collect();
            let list: Vec<String> = steps.iter().map(|s| format!("{s}ull")).collect();
            writeln!(
                main,
                "static void run{k}() {{ const double in[] = {{{}}}; double out[{outputs}]; const unsigned long long steps[] = {{{}}};\n\
                 for (unsigned long long s : steps) {{ n{k}::program{k}(s, in, out); for (double v : out) {{ unsigned long long b; \
                 memcpy(&b, &v, 8); printf(\"%llx\\n\", b); }} }} }}",
                inputs.join(", "),
                list.join(", ")
            )
            .unwrap();
            let mut bits = vec![];
            for &step in &steps {
                bits.extend(cases::at(&program, step).iter().map(|v| v.to_bits()));
            }
            expected.push((case.source.clone(), steps, outputs, bits));
        }
    }
    let calls: String = (0..expected.len()).map(|k| format!("run{k}();")).collect();
    let whole = format!(
        "#include <math.h>\n#include <stdio.h>\n#include <string.h>\n{text}\n{main}\nint main() {{ {calls} }}\n"
    );
    let folder = std::env::temp_dir().join(format!("etude-cuda-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let (file, binary) = (folder.join("all.cpp"), folder.join("all"));
    std::fs::write(&file, whole).expect("the text is written");
    let mut compile = Command::new("c++");
    compile.args(["-std=c++17", "-O1", "-ffp-contract=off", "-w"]);
    if cfg!(target_arch = "x86_64") && etude::math::host::has_fma() {
        compile.arg("-mfma");
    }
    let output = compile.arg("-o").arg(&binary).arg(&file).output().expect("the compiler runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = Command::new(&binary).output().expect("the program runs").stdout;
    let printed = String::from_utf8(printed).expect("hexadecimal numbers");
    let mut bits = printed.lines().map(|line| u64::from_str_radix(line, 16).expect("a number"));
    for (source, steps, outputs, expected) in &expected {
        for (k, expected) in expected.iter().enumerate() {
            let got = bits.next().expect("a value for each step");
            let step = steps[k / outputs];
            assert_eq!(got, *expected, "{source} at {step}: {} and {}", f64::from_bits(got), f64::from_bits(*expected));
        }
    }
    println!("{} programs", expected.len());
    _ = std::fs::remove_dir_all(folder);
}
