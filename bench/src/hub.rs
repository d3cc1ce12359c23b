//! A hub as a child process in a folder of its own: started, killed and started again.

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{MissedTickBehavior, interval};

/// Below the ports that outgoing connections are given: while the hub is down nobody may come to sit on its own,
/// not even a client that is connecting to it.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Processes that start one after the other begin so many ports apart.
const PROCESS_STRIDE: u32 = 97;
/// How often a hub that is starting is asked whether it is ready.
const READY_INTERVAL: Duration = Duration::from_millis(2);
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// The first administrator.
pub const ADMIN: &str = "root";
pub const PASSWORD: &str = "a-password-of-tests";

pub struct Hub {
    binary: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
}

impl Hub {
    /// Writes configuration and key into `folder`. `settings` is TOML beyond what a local hub needs.
    ///
    /// # Errors
    /// When the folder cannot be written or the binary does not run.
    pub async fn prepare(binary: &Path, folder: &Path, settings: &str) -> Result<Self> {
        let address = free_address()?;
        let mut text = String::new();
        let place = |name: &str| toml_text(&folder.join(name));
        writeln!(text, "[listen]\naddress = \"{address}\"")?;
        writeln!(text, "[store]\npath = {}", place("tieline.db"))?;
        writeln!(text, "[keys]\nmaster_key_file = {}", place("master.key"))?;
        writeln!(text, "[files]\npath = {}", place("files"))?;
        writeln!(text, "{settings}")?;
        std::fs::write(folder.join("tieline.toml"), text)?;
        let hub = Self { binary: binary.to_owned(), folder: folder.to_owned(), address, child: None };
        let key = hub.folder.join("master.key");
        hub.run(&["key", "new", &key.display().to_string()], "").await?;
        hub.run(&["user", ADMIN, "--role", "admin"], PASSWORD).await?;
        Ok(hub)
    }

    /// `http://host:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("tieline.db")
    }

    /// The operating system's number of the running process.
    ///
    /// # Errors
    /// When none is running.
    pub fn pid(&self) -> Result<u32> {
        self.child.as_ref().and_then(Child::id).context("the hub is not running")
    }

    /// Starts the hub and waits until it says that it is ready. Returns how long that took.
    ///
    /// # Errors
    /// When it ends or does not get ready.
    pub async fn start(&mut self) -> Result<Duration> {
        ensure!(self.child.is_none(), "the hub is running already");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join("hub.log"))?;
        let begun = Instant::now();
        let child = self.command(&["serve"]).stdout(log.try_clone()?).stderr(log).spawn()?;
        let child = self.child.insert(child);
        let mut ticks = interval(READY_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !is_ready(self.address).await {
            if let Some(status) = child.try_wait()? {
                bail!("the hub ended with {status} while it was starting: {}", self.log());
            }
            ensure!(begun.elapsed() < START_TIMEOUT, "the hub is not ready after {START_TIMEOUT:?}");
            ticks.tick().await;
        }
        Ok(begun.elapsed())
    }

    /// `kill -9`: nothing is said, nothing is written any more.
    ///
    /// # Errors
    /// When no hub is running.
    pub async fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the hub is not running")?;
        Ok(child.kill().await?)
    }

    /// Asks the hub to stop, as an operating system or an orchestrator does.
    ///
    /// # Errors
    /// When no hub is running.
    pub async fn terminate(&self) -> Result<()> {
        let told = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.pid()?)).status().await?;
        ensure!(told.success(), "the hub cannot be told to stop");
        Ok(())
    }

    /// Waits until the hub has ended, and says how.
    ///
    /// # Errors
    /// When no hub is running.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let mut child = self.child.take().context("the hub is not running")?;
        Ok(child.wait().await?)
    }

    /// Everything in the store, one JSON object a line.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn export(&self) -> Result<String> {
        self.run(&["export"], "").await
    }

    /// The end of what the hub has logged.
    pub fn log(&self) -> String {
        const LINES: usize = 20;
        let text = std::fs::read_to_string(self.folder.join("hub.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    async fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take().context("a pipe was asked for")?;
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "tieline {} failed: {errors}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(self.folder.join("tieline.toml"))
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// TOML's literal strings take a path as it is.
fn toml_text(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// An address of this machine nobody listens at, and a different one at every call: whoever asked before may not listen
/// yet.
///
/// # Errors
/// When there is none.
pub fn free_address() -> Result<SocketAddr> {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    let first = std::process::id().wrapping_mul(PROCESS_STRIDE);
    for _ in 0..count {
        let tried = TRIED.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + u16::try_from(first.wrapping_add(tried) % count)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port from {} to {} is free", PORTS.start, PORTS.end)
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}
