//! The screens and the chat widget, in a real browser against the real binary. The stories are in `web/e2e`.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

const STORIES_TIMEOUT: Duration = Duration::from_secs(1200);

#[tokio::test]
async fn the_screens_do_in_a_browser_what_they_promise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let prepared = Command::new("make")
        .args(["screens", "browser", "web/protocol/node_modules"])
        .current_dir(&root)
        .output()
        .await
        .unwrap();
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    let run = Command::new("npx")
        .args(["playwright", "test"])
        .current_dir(root.join("web/e2e"))
        .env("TIELINE_BIN", env!("CARGO_BIN_EXE_tieline"))
        .kill_on_drop(true)
        .output();
    let told = timeout(STORIES_TIMEOUT, run).await.expect("the stories end in time").unwrap();
    assert!(
        told.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr)
    );
}
