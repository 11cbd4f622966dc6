//! Runs what the documentation tells people to run.
//!
//! The `sh` blocks of a page are one script, in a scratch folder with a server that keeps its data in `hoist-data`
//! there. A `console` block is what the block before it must print. Blocks in other languages are checked as far as
//! that goes without installing anything.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

type Outcome = Result<(), Box<dyn Error>>;

/// The address that pages write; the server of the test listens elsewhere.
const WRITTEN_ADDRESS: &str = "127.0.0.1:8080";

/// How long the server may take to say where it listens.
const START_TIME_MAX: Duration = Duration::from_mins(1);

/// What a block that is not run may begin with, and why it cannot be run here.
const NOT_RUN: [(&str, &str); 10] = [
    ("make ", "builds the product or runs these very tests"),
    ("cargo install ", "builds the product"),
    ("npm ", "installs packages from the network"),
    ("python3 -m pip ", "installs packages from the network"),
    ("hoist serve", "does not return; the test runs it beside the page"),
    ("hoist setup ", "reads a code that a new server prints"),
    ("hoist rollout watch ", "follows a rollout for as long as it takes"),
    ("hoist flag off KEY ", "KEY is the reader's; the guide runs the command with a real one"),
    ("hoist rollout rollback KEY ", "KEY is the reader's; the guide runs the command with a real one"),
    ("hoist eval KEY ", "KEY is the reader's; the guide runs the command with a real one"),
];

macro_rules! pages {
    ($($name:ident => $path:literal,)*) => {
        $(
            #[test]
            fn $name() -> Outcome {
                run_page($path)
            }
        )*

        const PAGES: &[&str] = &[$($path,)*];
    };
}

pages! {
    readme => "README.md",
    concepts => "docs/concepts.md",
    first_rollout => "docs/first-rollout.md",
    before_the_start => "docs/before-the-start.md",
    after_a_rollback => "docs/after-a-rollback.md",
    plans => "docs/plans.md",
    guards => "docs/guards.md",
    analyze => "docs/analyze.md",
    api => "docs/api.md",
    operations => "docs/operations.md",
    tracking => "docs/tracking.md",
    stale => "docs/stale.md",
    refs => "docs/refs.md",
    cleanup => "docs/cleanup.md",
}

#[test]
fn every_page_with_commands_is_listed() -> Outcome {
    let mut pages = vec!["README.md".to_owned()];
    for entry in std::fs::read_dir(root().join("docs"))? {
        let path = entry?.path();
        if let (Some("md"), Some(name)) = (path.extension().and_then(|it| it.to_str()), path.file_name()) {
            pages.push(format!("docs/{}", name.to_string_lossy()));
        }
    }
    for page in pages {
        let commands = blocks(&std::fs::read_to_string(root().join(&page))?).into_iter().any(|block| block.is_run());
        assert!(!commands || PAGES.contains(&page.as_str()), "{page} has commands; add it to the list in this file");
    }
    Ok(())
}

/// One fenced block of a page.
#[derive(Debug, PartialEq)]
struct Block {
    /// The line that the fence stands on, from 1.
    line: usize,
    /// What follows the fence, such as `sh no-run`.
    info: String,
    text: String,
}

impl Block {
    fn is_run(&self) -> bool {
        self.info == "sh"
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = vec![];
    let mut inside = false;
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), blocks.last_mut()) {
            (Some(_), _) if inside => inside = false,
            (Some(info), _) => {
                blocks.push(Block { line: index + 1, info: info.trim().to_owned(), text: String::new() });
                inside = true;
            }
            (None, Some(block)) if inside => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

/// Runs the commands of one page and checks everything else on it.
fn run_page(path: &str) -> Outcome {
    let blocks = blocks(&std::fs::read_to_string(root().join(path))?);
    for block in &blocks {
        check_unrun(path, block)?;
    }
    if !blocks.iter().any(Block::is_run) {
        return Ok(());
    }
    let scratch = tempfile::tempdir()?;
    let server = Server::start(scratch.path())?;
    let script = script(&blocks, &server.address, scratch.path());
    let output = shell(&script, scratch.path())?;
    let printed = |line: usize| std::fs::read_to_string(scratch.path().join(format!("out-{line}"))).unwrap_or_default();
    if !output.status.success() {
        let last = std::fs::read_to_string(scratch.path().join("block"))?;
        let line: usize = last.trim().parse()?;
        return Err(format!("{path}:{line}: the block failed ({}):\n{}", output.status, printed(line)).into());
    }
    for (block, expected) in blocks.iter().zip(blocks.iter().skip(1)) {
        if block.is_run() && expected.info == "console" {
            let printed = printed(block.line);
            if let Some(missing) = first_missing(&expected.text, &printed) {
                let place = format!("{path}:{}", expected.line);
                return Err(format!("{place}: `{missing}` was not printed. What was:\n{printed}").into());
            }
        }
    }
    Ok(())
}

/// Checks a block that is not run: a reason for that, or its syntax.
fn check_unrun(path: &str, block: &Block) -> Outcome {
    let place = format!("{path}:{}", block.line);
    let checker: &[&str] = match block.info.as_str() {
        "sh no-run" => {
            let commands = block.text.lines().filter(|line| !line.starts_with(['#', ' ']) && !line.is_empty());
            for command in commands {
                let known = NOT_RUN.iter().any(|(start, _)| command.starts_with(start.trim_end()));
                assert!(known, "{place}: `{command}` can be run, so it has to be; or give a reason in this test");
            }
            return Ok(());
        }
        "json" => {
            let _: serde_json::Value =
                serde_json::from_str(&block.text).map_err(|error| format!("{place}: {error}"))?;
            return Ok(());
        }
        "js" => &["node", "--check", "block.mjs"],
        "python" => &["python3", "-m", "py_compile", "block.mjs"],
        _ => return Ok(()),
    };
    let scratch = tempfile::tempdir()?;
    std::fs::write(scratch.path().join("block.mjs"), &block.text)?;
    let (program, arguments) = checker.split_first().ok_or("no checker")?;
    let output = Command::new(program).args(arguments).current_dir(scratch.path()).output()?;
    assert!(output.status.success(), "{place}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Puts the blocks together. Each writes to a file of its own, and leaves its line behind in case it fails.
fn script(blocks: &[Block], address: &str, scratch: &Path) -> String {
    let mut script = String::from("set -o pipefail\n");
    for block in blocks.iter().filter(|block| block.is_run()) {
        let line = block.line;
        let folder = scratch.display();
        let text = block.text.replace(WRITTEN_ADDRESS, address);
        // Writing to a string cannot fail.
        let _ = writeln!(script, "echo {line} >{folder}/block; exec >{folder}/out-{line} 2>&1\n{text}");
    }
    script
}

/// Runs a script with nothing in its environment but what a new user would have.
fn shell(script: &str, scratch: &Path) -> Result<Output, Box<dyn Error>> {
    let output = command("bash", scratch).args(["-eu", "-c", script]).stdin(Stdio::null()).output()?;
    Ok(output)
}

/// Returns a command that runs in the scratch folder and finds the built binary.
fn command(program: &str, scratch: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_hoist"));
    let mut folders: Vec<PathBuf> = binary.parent().map(Path::to_path_buf).into_iter().collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut command = Command::new(program);
    command.current_dir(scratch).env_clear().env("HOME", scratch).env("LANG", "C.UTF-8").env("NO_COLOR", "1");
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    command
}

/// Returns the first expected line that was not printed after the one before it. A line is compared whole, but for the
/// space around it; `...` stands for anything.
fn first_missing<'e>(expected: &'e str, printed: &str) -> Option<&'e str> {
    let mut lines = printed.lines();
    expected
        .lines()
        .filter(|line| !line.trim().is_empty() && line.trim() != "...")
        .find(|line| !lines.any(|printed| fits(line.trim(), printed.trim())))
}

/// Returns whether a line is as expected.
fn fits(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split("...");
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(end)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A server beside the page; it ends with the test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(scratch: &Path) -> Result<Self, Box<dyn Error>> {
        let mut process = command("hoist", scratch)
            .args(["serve", "--data", "hoist-data", "--http", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (send, addresses) = mpsc::channel();
        let streams: [Option<Box<dyn std::io::Read + Send>>; 2] = [
            process.stdout.take().map(|stream| Box::new(stream) as _),
            process.stderr.take().map(|stream| Box::new(stream) as _),
        ];
        for stream in streams.into_iter().flatten() {
            let send = send.clone();
            // The thread reads to the end, so that the server never blocks on a full pipe.
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    // Nobody listens any more once the address is known.
                    let _ = address(&line).map(|address| send.send(address));
                }
            });
        }
        drop(send);
        if let Ok(address) = addresses.recv_timeout(START_TIME_MAX) {
            return Ok(Self { process, address });
        }
        process.kill()?;
        Err("the server did not say where it listens".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which its page has then noticed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the address with a real port that a line names.
fn address(line: &str) -> Option<String> {
    let at = line.find("127.0.0.1:")?;
    let port: String = line.get(at + "127.0.0.1:".len()..)?.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty() && port != "0").then(|| format!("127.0.0.1:{port}"))
}

#[test]
fn blocks_are_read_with_their_place() {
    let page = "a\n```sh\nb\nc\n```\n\n```sh no-run\nmake d\n```\n";
    let expected = [("sh", 2, "b\nc\n"), ("sh no-run", 7, "make d\n")].map(|(info, line, text)| Block {
        line,
        info: info.to_owned(),
        text: text.to_owned(),
    });
    assert_eq!(blocks(page), expected);
}

#[test]
fn expected_lines_occur_in_order() {
    let printed = "KEY   STATE\na     on\nb     off after 12 ms\n";
    assert_eq!(first_missing("a ... on\nb ... after ... ms\n", printed), None);
    assert_eq!(first_missing("...\nb ... off ...\n\n", printed), None);
    assert_eq!(first_missing("off\n", printed), Some("off"));
    assert_eq!(first_missing("a ... o\n", printed), Some("a ... o"));
    assert_eq!(first_missing("KEY\n", printed), Some("KEY"));
    assert_eq!(first_missing("b ...\na ...\n", printed), Some("a ..."));
    assert_eq!(first_missing("c\n", printed), Some("c"));
}

#[test]
fn the_address_is_read_from_a_line_of_the_log() {
    assert_eq!(address("listening address=127.0.0.1:40123 x"), Some("127.0.0.1:40123".to_owned()));
    assert_eq!(address("listening on http://127.0.0.1:40123"), Some("127.0.0.1:40123".to_owned()));
    assert_eq!(address("binding 127.0.0.1:0"), None);
    assert_eq!(address("nothing"), None);
}
