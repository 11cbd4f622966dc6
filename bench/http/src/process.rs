//! The servers under measurement, and what the kernel says about them.

use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

/// A server in a process of its own; it ends with this value.
pub(crate) struct Server {
    command: Command,
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts `hoist serve` on the first core.
    pub(crate) async fn hoist(program: &str, data: &Path) -> Result<Self> {
        Self::serve(on_first_core(program.as_ref()), data).await
    }

    /// Starts `hoist serve` on all cores.
    pub(crate) async fn hoist_everywhere(program: &str, data: &Path) -> Result<Self> {
        Self::serve(Command::new(program), data).await
    }

    async fn serve(mut command: Command, data: &Path) -> Result<Self> {
        let address = free_address()?;
        command.arg("serve").arg("--data").arg(data).arg("--http").arg(address.to_string()).env("HOIST_LOG", "warn");
        Self::start(command, address).await
    }

    pub(crate) async fn bare() -> Result<Self> {
        let address = free_address()?;
        let mut command = on_first_core(std::env::current_exe()?.as_os_str());
        command.arg("bare").arg(address.to_string());
        Self::start(command, address).await
    }

    async fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("cannot start a server")?;
        let server = Self { command, child, address };
        server.listens().await?;
        Ok(server)
    }

    async fn listens(&self) -> Result<()> {
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("a server did not answer within ten seconds")
    }

    /// Ends the server as a power cut would, and starts it again at the same address. Returns once it listens.
    pub(crate) async fn kill_and_start_again(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.child = self.command.spawn().context("cannot start a server again")?;
        self.listens().await
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the processor time that the server has used so far, in milliseconds.
    pub(crate) fn processor_millis(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        // Fields 14 and 15, counted from 1; the name in brackets may hold anything.
        let rest = stat.rsplit_once(')').context("no stat")?.1;
        let ticks: u64 = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        // The kernel reports in hundredths of a second, whatever its own tick is.
        Ok(ticks as f64 * 10.0)
    }

    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().next().context("no VmRSS")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn cores() -> usize {
    // Asked of the machine: this process keeps to one of its cores.
    std::fs::read_dir("/sys/devices/system/cpu")
        .map_or(1, |entries| entries.flatten().filter(|entry| is_core(&entry.file_name())).count())
}

/// Returns the command that starts a server on the first core, where `taskset` is there to do so. It begins there, so
/// that a server which makes as many threads as it has cores makes as many as it has.
fn on_first_core(program: &OsStr) -> Command {
    if cores() > 1 && has_taskset() {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program);
        return command;
    }
    Command::new(program)
}

/// Keeps this process, which makes the load, on the second core.
pub(crate) fn stay_on_second_core() {
    if cores() < 2 || !has_taskset() {
        return eprintln!("one core, or no taskset: servers and load share what there is");
    }
    keep_to("1");
}

/// Lets this process use every core again.
pub(crate) fn use_every_core() {
    if cores() > 1 {
        keep_to(&format!("0-{}", cores() - 1));
    }
}

fn keep_to(cores: &str) {
    let own = std::process::id().to_string();
    let _moved = Command::new("taskset").args(["-a", "-c", "-p", cores, &own]).stdout(Stdio::null()).status();
}

fn is_core(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_prefix("cpu"));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Lets this process, and those that it starts, have as many files open as the system allows, where `prlimit` is there.
pub(crate) fn raise_descriptors() {
    let own = std::process::id().to_string();
    let hard =
        Command::new("prlimit").args(["--pid", &own, "--nofile", "--output", "HARD", "--noheadings", "--raw"]).output();
    let hard = hard.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let raised = Command::new("prlimit").args(["--pid", &own, &format!("--nofile={}", hard.trim())]).status();
    if !raised.is_ok_and(|status| status.success()) {
        eprintln!("prlimit is missing or refused: ten thousand streams may be more than this process may open");
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
