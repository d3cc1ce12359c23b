//! Where the figures come from.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
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
            filesystem: said("stat", &["-f", "-c", "%T", &std::env::temp_dir().display().to_string()]),
            date: said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            version: said("git", &["describe", "--always", "--dirty"]),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, model, memory_mib, kernel, filesystem, date, version } = self;
        write!(
            f,
            "{date}, version {version}: {cores} cores ({model}), {memory_mib} MiB, Linux {kernel}, {filesystem}."
        )
    }
}

/// Memory a process occupies.
pub fn resident_bytes(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/status")))?;
    Ok(kib(&status, "VmRSS").context("the process says nothing of its memory")? * 1024)
}

fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a program of the system says, in one line; "unknown" when it says nothing.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
