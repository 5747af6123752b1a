//! Several runs into one folder at once.

use super::{LONG, Place, error, refused, tries, wait_for_a_step, whole};

#[test]
fn one_run_at_a_time_writes_to_a_folder() {
    let place = Place::new("lock");
    let mut child = place.train("run", 1, LONG).spawn().unwrap();
    wait_for_a_step(&place.path("run.unfinished"));
    for same in ["run", "./run/"] {
        let text = refused(place.train(same, 2, 1));
        let process = format!("another run (process {}) is writing to ", child.id());
        assert!(text.starts_with(&format!("error: {process}")) && text.contains(same), "{text}");
    }
    // The lock ends with its process.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(place.train("run", 3, 1).status().unwrap().success());
    assert_eq!((whole(&place.path("run")), place.names()), (3, vec!["c.etude".to_owned(), "run".to_owned()]));
}

#[test]
fn races_have_one_winner_or_several_whole_ones() {
    let place = Place::new("races");
    for k in 0..tries() {
        let seeds = 1..=2 + k % 3;
        let children: Vec<_> = seeds.map(|seed| (seed, place.train("run", seed, 2).spawn().unwrap())).collect();
        let mut ended_well = vec![];
        for (seed, child) in children {
            let output = child.wait_with_output().unwrap();
            match output.status.code() {
                Some(0) => ended_well.push(seed),
                Some(1) => assert!(error(&output).contains("another run"), "{output:?}"),
                _ => panic!("{output:?}"),
            }
        }
        assert!(ended_well.contains(&whole(&place.path("run"))), "{ended_well:?}");
        assert_eq!(place.names(), ["c.etude", "run"]);
    }
}
