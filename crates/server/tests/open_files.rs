//! The real binary where programs are started with room for few files.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::crash::hub::Hub;

const PATIENCE: Duration = Duration::from_secs(60);

/// Systems start programs with room for few files, and let them have more when they ask.
#[tokio::test]
async fn a_hub_started_with_room_for_few_sockets_serves_as_many_as_the_system_allows() {
    const ROOM: usize = 128;
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("with-room-for-few");
    let tieline = env!("CARGO_BIN_EXE_tieline");
    std::fs::write(&script, format!("#!/bin/sh\nulimit -Sn {ROOM}\nexec '{tieline}' \"$@\"\n")).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut hub = Hub::prepare(&script, folder.path(), "").await.unwrap();
    hub.start().await.unwrap();
    let mut open = Vec::new();
    for _ in 0..3 * ROOM {
        let mut stream = BufReader::new(TcpStream::connect(hub.address()).await.unwrap());
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n").await.unwrap();
        let mut line = String::new();
        timeout(PATIENCE, stream.read_line(&mut line)).await.unwrap().unwrap();
        assert_eq!(line, "HTTP/1.1 200 OK\r\n", "connection {}", open.len());
        open.push(stream);
    }
}
