//! Folders that are no place for a run, or hold what must not be touched.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::{FILES, Place, names, refused, whole};

#[test]
fn nothing_outside_the_folder_is_touched() {
    let place = Place::new("links");
    let victim = place.path("victim");
    fs::create_dir(&victim).unwrap();
    for name in FILES.iter().chain(&["config"]) {
        fs::write(victim.join(name), "mine").unwrap();
    }
    let untouched = || names(&victim).iter().all(|name| fs::read(victim.join(name)).unwrap() == *b"mine");
    // A folder and a file of every run's, as links.
    let (out, old) = (place.path("run"), place.path("run").join("unfinished"));
    fs::create_dir_all(&old).unwrap();
    for name in FILES {
        symlink(victim.join(name), out.join(name)).unwrap();
        symlink(victim.join(name), old.join(name)).unwrap();
    }
    symlink(&victim, place.path("run.unfinished")).unwrap();
    assert!(place.train("run", 1, 1).status().unwrap().success());
    assert!(whole(&out) == 1 && untouched() && old.join("plot.svg").is_symlink());
    assert!(place.train("run", 2, 1).status().unwrap().success());
    assert!(whole(&out) == 2 && untouched());

    symlink(&victim, place.path("link")).unwrap();
    assert!(refused(place.train("link", 1, 1)).contains("`link` is a link") && untouched());
    symlink(place.path("nothing"), place.path("dangling")).unwrap();
    assert!(refused(place.train("dangling", 1, 1)).contains("is a link"));
    symlink(victim.join("config"), place.path(".new.lock")).unwrap();
    assert!(refused(place.train("new", 1, 1)).starts_with("error: cannot lock"));
    assert!(untouched() && !place.path("new").exists() && !place.path("nothing").exists());
    // Links above the folder are the user's own.
    fs::create_dir(place.path("disk")).unwrap();
    symlink(place.path("disk"), place.path("runs")).unwrap();
    assert!(place.train("runs/a", 3, 1).status().unwrap().success());
    assert_eq!(whole(&place.path("disk").join("a")), 3);
}

#[test]
fn a_pipe_keeps_nobody_waiting() {
    let place = Place::new("pipes");
    let out = place.path("run");
    for folder in [out.join("unfinished"), place.path("run.unfinished")] {
        fs::create_dir_all(&folder).unwrap();
        for name in FILES {
            assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
        }
    }
    assert!(place.train("run", 1, 1).status().unwrap().success());
    assert_eq!(whole(&out), 1);
    assert!(Command::new("mkfifo").arg(place.path(".new.lock")).status().unwrap().success());
    assert!(refused(place.train("new", 1, 1)).contains("not a regular file"));
}

#[test]
fn what_cannot_be_a_run_is_refused_before_it_starts() {
    let place = Place::new("refused");
    fs::create_dir_all(place.path("taken").join("metrics.csv")).unwrap();
    fs::create_dir_all(place.path("read")).unwrap();
    fs::set_permissions(place.path("read"), fs::Permissions::from_mode(0o555)).unwrap();
    for (out, why) in [
        ("taken", "holds a folder `metrics.csv`"),
        ("read", "is read-only"),
        ("c.etude", "is not a folder"),
        ("c.etude/run", "cannot create `c.etude`"),
        (".", "is the current folder"),
        ("/", "is no place for a run"),
    ] {
        // So long that it would not end if it started.
        let text = refused(place.train(out, 1, 1 << 40));
        assert!(text.contains(why) && text.starts_with("note: the metrics of "), "{out}: {text}");
    }
    assert_eq!(place.names(), ["c.etude", "read", "taken"]);
}

#[test]
fn what_keeps_a_run_from_starting_leaves_no_file() {
    let place = Place::new("start");
    let config = fs::read_to_string(place.path("c.etude")).unwrap();
    for (from, to, why) in [
        ("1e-3 -> 0", "-1e-3 -> 0", "lr is -"),
        ("1e-3 -> 0", "1e-3 -> -1e-4", "step 38"),
        ("adamw {", "adamw { beta1: 1.5,", "beta1 is 1.5 from step 0 on"),
        ("seed: 1", "seed: 1, device: \"cuda:77\"", "NVIDIA"),
    ] {
        fs::write(place.path("c.etude"), config.replace(from, to)).unwrap();
        let mut command = place.train("run", 1, 2);
        // Where there is a driver, there is no such GPU.
        command.env("CUDA_VISIBLE_DEVICES", "");
        let text = refused(command);
        assert!(text.contains(why), "{to}: {text}");
        assert_eq!(place.names(), ["c.etude"], "{to}");
    }
}
