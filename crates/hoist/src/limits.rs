//! Every bound of this crate, in one place.

use std::time::Duration;

/// Largest file that a command reads, in bytes.
pub const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Deepest nesting of a file that a command reads.
pub const FILE_DEPTH_MAX: usize = 64;
/// Longest line of an exported audit log, in bytes: an entry holds two bounded documents.
pub const AUDIT_LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Largest answer that the client holds in memory, in bytes. Backups and exports are streamed and not bound by it.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest event of a stream, in bytes.
pub const EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most files that a scan of code looks at.
pub const REFS_FILES_MAX: usize = 1_000_000;
/// Largest file that a scan of code reads, in bytes; a larger one is reported as not read.
pub const REFS_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Most threads of a scan of code.
pub const REFS_THREADS_MAX: usize = 16;
/// Largest output of `git` that is held, in bytes.
pub const GIT_OUTPUT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most flags whose removal is looked for in the history.
pub const REMOVAL_KEYS_MAX: usize = 100;
/// Most commits that are looked at for the removal of one flag.
pub const REMOVAL_COMMITS_MAX: usize = 50;
/// Most pages that a listing follows.
pub const PAGES_MAX: usize = 1_000;
/// Items asked for per page.
pub const PAGE_ITEMS: usize = 200;
/// Most environments that are named when another one was asked for.
pub const ENVIRONMENTS_NAMED: usize = 10;
/// Longest line read from the terminal or from standard input, in bytes.
pub const LINE_BYTES_MAX: u64 = 64 * 1024;
/// Time to reach the server.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for the server to answer a request that is not a stream.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for an answer that is worked for: a back-test asks for weeks of metrics and plays them.
pub const LONG_ANSWER_TIMEOUT: Duration = Duration::from_mins(3);
/// How long the demo's shop keeps an idle connection: shorter than a server does, which hangs up after 10 s on one that has
/// never asked anything, so that no question is sent while the connection is being closed.
pub const SHOP_IDLE_MAX: Duration = Duration::from_secs(5);
/// Wait before a broken stream is opened again.
pub const RECONNECT_WAIT: Duration = Duration::from_millis(500);
/// Time after which a stream that cannot be opened again is given up.
pub const RECONNECT_TIMEOUT: Duration = Duration::from_mins(1);
/// Most problems of one answer that are shown one by one.
pub const PROBLEMS_SHOWN_MAX: usize = 20;
/// Most decisions that the watch view keeps.
pub const WATCH_HISTORY_MAX: usize = 200;
/// Longest reason that can be typed into the watch view, in characters.
pub const WATCH_REASON_CHARS_MAX: usize = 500;
/// Time between two drawings of the watch view when nothing happens.
pub const WATCH_TICK: Duration = Duration::from_millis(250);
/// Time between two drawings of a line that says how far something is.
pub const PROGRESS_TICK: Duration = Duration::from_millis(100);
/// Stack of the thread that walks syntax trees: the walks are recursive, and the depth of a tree is bounded.
pub const SYNTAX_STACK_BYTES: usize = 128 * 1024 * 1024;
/// How often files are added that use a name which became the value.
pub const PROPAGATION_ROUNDS_MAX: usize = 4;
/// How often a cleanup runs the project's own check to find which files it refuses. One file of a thousand is found in 20 runs; a
/// check may take minutes.
pub const CHECK_RUNS_MAX: usize = 64;
/// How much of the end of the output of a repository's own check is looked at.
pub const CHECK_OUTPUT_BYTES_MAX: u64 = 4096;
/// Most characters of what a repository's own check said that are shown.
pub const CHECK_SAYS_CHARS_MAX: usize = 200;
/// Lines of code shown around a place that is left for a person.
pub const BRIEF_CONTEXT_LINES: usize = 3;
/// Most characters of a line in CSV, as ld-find-code-refs has it.
pub const CSV_LINE_CHARS_MAX: usize = 500;
/// Most paths that one call of git is given.
pub const GIT_PATHS_MAX: usize = 200;
/// Most files that the text of a pull request lists: forges cut a text of more than 65,536 characters off.
pub const PULL_REQUEST_FILES_MAX: usize = 100;
