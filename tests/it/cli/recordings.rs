//! `table("curve.csv")` on the command line.

use super::{Place, fails, json, stdout};

#[test]
fn recorded_curves_come_from_the_programs_folder() {
    let place = Place::new("recorded");
    std::fs::create_dir_all(place.0.join("inner")).unwrap();
    let inner = |name: &str, text: &str| place.file(&format!("inner/{name}"), text);
    place.file("outside.csv", "step,value\n0,1\n1,2\n");
    inner("curve.csv", "step,lr\n0,1e-3\n10,5e-4\n20,0\n");
    inner("gap.csv", "step,value\n0,1\n10,2\n30,3\n");
    inner("nan.csv", "step,value\n0,1\n10,nan\n");
    let program = |name: &str| inner("program.etude", &format!("warmup(10 steps) >> table(\"{name}\")"));
    let file = program("curve.csv");
    let rows = json(&["eval", &file, "--steps", "100", "--at", "10,15,20,30,99", "--format", "json"]);
    let values: Vec<f64> = rows.iter().map(|row| row["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [1e-3, 7.5e-4, 5e-4, 0.0, 0.0]);
    assert!(stdout(&["explain", &file, "--steps", "100"]).contains("10 .. 30"));
    stdout(&["check", &file, "--steps", "100"]);
    stdout(&["plot", &file, "--steps", "100"]);
    assert!(stdout(&["diff", &file, &file, "--steps", "100"]).contains("identical bits"));
    let absolute = place.0.join("outside.csv");
    for (name, why) in [
        ("../outside.csv", "outside the program's folder"),
        (absolute.to_str().unwrap(), "outside the program's folder"),
        ("none.csv", "none.csv`: no such file"),
        (".", "cannot read"),
        ("gap.csv", "20 is missing"),
        ("nan.csv", "line 3: `value` is `nan`"),
    ] {
        let text = fails(1, &["eval", &program(name), "--steps", "100"]);
        assert!(
            text.contains("S0214") && text.split_whitespace().collect::<Vec<_>>().join(" ").contains(why),
            "{text}"
        );
    }
}
