//! The front door: the real binary, the real socket.io client. What is asked of the hub is in `web/protocol`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const ADMIN: &str = "ada";
const PASSWORD: &str = "a very long password";
const START_TIMEOUT: Duration = Duration::from_secs(20);
const STORY_TIMEOUT: Duration = Duration::from_secs(300);

#[tokio::test]
async fn installed_desks_connectors_and_widgets_get_what_they_expect() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    make_administrator(&config).await;
    // A pipe nobody reads would hold the hub up once it is full.
    let log = folder.path().join("hub.log");
    let (mut hub, url) = serve(&config, &log).await;

    let story = protocol_tests().await;
    let run = Command::new("node")
        // All agents of a hub serve its default queue: stories at the same time would take each other's customers.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .current_dir(&story)
        .envs([("TIELINE_URL", url.as_str()), ("TIELINE_ADMIN", ADMIN), ("TIELINE_PASSWORD", PASSWORD)])
        .kill_on_drop(true)
        .output();
    let told = timeout(STORY_TIMEOUT, run).await.expect("the story ends in time").unwrap();

    hub.kill().await.unwrap();
    let logs = std::fs::read_to_string(log).unwrap();
    assert!(
        told.status.success(),
        "{}\n{}\nThe hub's log:\n{logs}",
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr),
    );
}

/// A hub of its own, whose webhooks may go to this machine.
fn configured(folder: &Path) -> PathBuf {
    let path = folder.join("tieline.toml");
    let at = |name: &str| format!("{:?}", folder.join(name));
    let text = format!(
        "listen.address = \"127.0.0.1:0\"\n\
         store.path = {}\n\
         keys.master_key_file = {}\n\
         files.path = {}\n\
         delivery.allow_addresses = [\"127.0.0.0/8\"]\n\
         auth.login_attempts_per_minute = 1000\n\
         web.requests_per_second = 1000\n\
         web.requests_burst = 1000\n",
        at("tieline.db"),
        at("master.key"),
        at("files"),
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn tieline(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
    command.arg("--config").arg(config).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn make_administrator(config: &Path) {
    let mut made =
        tieline(config).args(["user", ADMIN, "--role", "admin"]).stdin(Stdio::piped()).spawn().unwrap();
    made.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await.unwrap();
    let made = made.wait_with_output().await.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The running hub, whose log goes to a file, and its address.
async fn serve(config: &Path, log: &Path) -> (Child, String) {
    let log = std::fs::File::create(log).unwrap();
    let mut hub = tieline(config).arg("serve").stderr(log).spawn().unwrap();
    let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, url)) = line.split_once("listens on ") {
                return url.to_owned();
            }
        }
        panic!("the hub ended before it listened");
    };
    let url = timeout(START_TIMEOUT, listening).await.expect("the hub starts in time");
    (hub, url)
}

/// The folder of the protocol tests, with what they need installed.
async fn protocol_tests() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/protocol");
    if !folder.join("node_modules").exists() {
        let installed =
            Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output().await;
        let installed = installed.unwrap();
        assert!(installed.status.success(), "npm ci: {}", String::from_utf8_lossy(&installed.stderr));
    }
    folder
}
