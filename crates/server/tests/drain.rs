//! The real binary, told to stop in the middle of a request.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::crash::desk_client::{Desk, sign_in};
use crate::crash::hub::{Hub, PASSWORD};
use crate::crash::tenant::{Admin, Connector, Handling};
use crate::crash::trunk::Trunk;
use crate::hub::text_message;

const PATIENCE: Duration = Duration::from_secs(60);
const LINE: &str = "7000";

/// A post whose headers the hub has read and whose body it waits for.
struct HalfSent {
    stream: BufReader<TcpStream>,
    rest: String,
}

impl HalfSent {
    async fn begin(hub: &Hub, connector: &Connector, message: &Value) -> Self {
        use secrecy::ExposeSecret;
        let body = message.to_string();
        let (half, rest) = body.split_at(body.len() / 2);
        let mut stream = BufReader::new(TcpStream::connect(hub.address()).await.unwrap());
        let head = format!(
            "POST /ccm/message/receive HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            connector.token.expose_secret(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test]
async fn told_to_stop_the_hub_finishes_what_it_began_and_takes_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::prepare(Path::new(env!("CARGO_BIN_EXE_tieline")), folder.path(), "").await.unwrap();
    hub.start().await.unwrap();
    let admin = Admin::sign_in(&hub.url()).await.unwrap();
    let connector = admin.register(None).await.unwrap();
    let handling = Handling { mode: "HYBRID", inactivity_secs: 3600 };
    admin.open_channel(&connector, LINE, handling).await.unwrap();
    let half_sent = HalfSent::begin(&hub, &connector, &text_message("first", "ann", LINE, "hello")).await;

    // A desk on a connection that others may share does not hold the drain up either.
    admin.hire("amina").await.unwrap();
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let me = sign_in(&http, &hub.url(), "amina", PASSWORD).await.unwrap();
    let mut trunk = Trunk::open(&hub.url()).await.unwrap();
    let mut desk = Desk::connect_on(&mut trunk, &me).await.unwrap();

    hub.terminate().await.unwrap();
    let ready = async {
        loop {
            let answer = http.get(format!("{}/readyz", hub.url())).send().await.unwrap();
            if answer.status() != 200 {
                return answer;
            }
        }
    };
    let ready = timeout(PATIENCE, ready).await.unwrap();
    assert_eq!((ready.status().as_u16(), &ready.headers()["retry-after"]), (503, &"5".parse().unwrap()));
    let ready: Value = serde_json::from_str(&ready.text().await.unwrap()).unwrap();
    assert_eq!(ready["code"], "stopping");
    for (path, status) in [("/ccm/message/receive", 503), ("/healthz", 200)] {
        let answer = http.get(format!("{}{path}", hub.url())).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }

    let told_of_the_end = async { while desk.told().await.is_ok() {} };
    timeout(PATIENCE, told_of_the_end).await.unwrap();

    let answer = half_sent.finish().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    let ended = timeout(PATIENCE, hub.ended()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(0), "{}", hub.log());
    assert!(!hub.log().contains("cut off"), "{}", hub.log());
    assert!(TcpStream::connect(hub.address()).await.is_err());

    hub.start().await.unwrap();
    let admin = Admin::sign_in(&hub.url()).await.unwrap();
    let timeline = admin.get("/conversation-manager/messages/first/timeline").await.unwrap();
    assert_eq!(timeline[0]["messageId"], "first");
}
