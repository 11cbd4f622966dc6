//! Instructions per repeat: the difference of two runs of this program under callgrind, so that set-up cancels out.

use std::process::Command;

const FEW: u64 = 50;
const MANY: u64 = 550;
/// Rows that are slower than a hundredth of a millisecond are long enough to be counted in fewer repeats.
const LONG_NANOS: f64 = 10_000.0;
const FEW_LONG: u64 = 2;
const MANY_LONG: u64 = 6;

/// Returns whether valgrind is there.
pub fn is_available() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Returns the instructions of one repeat, which takes `nanos`, of a row by an engine.
pub fn instructions(engine: &str, row: &str, nanos: f64) -> Option<u64> {
    let (few, many) = if nanos > LONG_NANOS { (FEW_LONG, MANY_LONG) } else { (FEW, MANY) };
    Some((collected(engine, row, many)? - collected(engine, row, few)?) / (many - few))
}

fn collected(engine: &str, row: &str, repeats: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["repeat", engine, row, &repeats.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stderr).ok()?;
    let line = text.lines().find(|line| line.contains("Collected :"))?;
    line.split_whitespace().last()?.parse().ok()
}
