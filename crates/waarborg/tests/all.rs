//! The program as a process. The rest of its tests are in the crate `tests`; this one is here because
//! Cargo builds a program for the tests of its own package only, and those of `tests` start it too.

use std::process::Command;

#[test]
fn it_says_which_version_it_is() {
    let done = Command::new(env!("CARGO_BIN_EXE_waarborg")).arg("--version").output().expect("it starts");
    assert!(done.status.success());
    assert_eq!(String::from_utf8_lossy(&done.stdout), format!("waarborg {}\n", env!("CARGO_PKG_VERSION")));
}
