//! Where the figures come from.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;

#[derive(Serialize)]
pub struct Machine {
    cores: usize,
    model: String,
    memory_mib: u64,
    kernel: String,
    /// Of the folder the hubs keep their stores in.
    filesystem: String,
    date: String,
    version: String,
    /// Programs that wanted a core in the last minute before; other than about 0, others were measured too.
    load_before: f64,
}

impl Machine {
    pub fn here() -> Result<Self> {
        let cpus = std::fs::read_to_string("/proc/cpuinfo")?;
        let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let memory = std::fs::read_to_string("/proc/meminfo")?;
        Ok(Self {
            cores: std::thread::available_parallelism()?.get(),
            model: model.map_or("unknown", |(_, model)| model).to_owned(),
            memory_mib: kib(&memory, "MemTotal").unwrap_or_default() / 1024,
            kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            filesystem: said("df", &["--output=fstype", &std::env::temp_dir().display().to_string()]),
            date: said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            version: said("git", &["describe", "--always", "--dirty"]),
            load_before: std::fs::read_to_string("/proc/loadavg")?
                .split(' ')
                .next()
                .and_then(|load| load.parse().ok())
                .context("the system does not say its load")?,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, model, memory_mib, kernel, filesystem, date, version, load_before } = self;
        write!(
            f,
            "{date}, version {version}: {cores} cores ({model}), {memory_mib} MiB, Linux {kernel}, {filesystem}. \
             Load of the minute before: {load_before}."
        )
    }
}

/// Memory of a process.
#[derive(Clone, Copy)]
pub struct Occupied {
    /// Everything that is in memory, pages of mapped files included.
    pub resident_bytes: f64,
    /// What is the process's own: the rest could be read from files again.
    pub private_bytes: f64,
}

impl Occupied {
    pub fn by(pid: u32) -> Result<Self> {
        let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/status")))?;
        let bytes = |name| {
            let kib = kib(&status, name).context("the process says nothing of its memory")?;
            anyhow::Ok(kib as f64 * 1024.0)
        };
        Ok(Self { resident_bytes: bytes("VmRSS")?, private_bytes: bytes("RssAnon")? })
    }
}

/// Processor time a process has used, in all its threads.
pub fn processor_time(pid: u32) -> Result<Duration> {
    /// The kernel's unit of times in `/proc`.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat")))?;
    let (_, rest) = stat.rsplit_once(')').context("a process has a name")?;
    let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND))
}

/// Has the system let this process open as many files and sockets as it may, and says how many.
pub fn open_files_max() -> Result<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(maximum.unwrap_or(u64::MAX))
}

fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The last line of what a program of the system says; "unknown" when it says nothing.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().last().unwrap_or("unknown").to_owned()
}
