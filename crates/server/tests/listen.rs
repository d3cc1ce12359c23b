use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tieline_server::config::ListenConfig;
use tieline_server::listen::{Door, Drained};
use tieline_server::problem::{ClientAddress, TrustedProxies};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

fn listen(drain_timeout: Duration) -> ListenConfig {
    ListenConfig { address: "127.0.0.1:0".parse().unwrap(), drain_timeout, ..ListenConfig::default() }
}

/// A router whose `/slow` says when it has begun and waits until it may end.
fn slow(begun: &Arc<Notify>, end: &Arc<Notify>) -> Router {
    let (begun, end) = (Arc::clone(begun), Arc::clone(end));
    let handler = async move || {
        begun.notify_one();
        end.notified().await;
        "done"
    };
    Router::new().route("/slow", get(handler)).route("/", get("here"))
}

async fn get_text(url: String) -> reqwest::Result<String> {
    reqwest::get(url).await?.text().await
}

#[tokio::test]
async fn requests_under_way_finish_and_new_ones_are_refused() {
    let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let door = Door::bind(&listen(Duration::from_secs(10))).await.unwrap();
    let url = format!("http://{}/", door.address());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(door.serve(slow(&begun, &end), async { stopped.await.unwrap_or(()) }));
    let under_way = tokio::spawn(get_text(format!("{url}slow")));
    begun.notified().await;

    stop.send(()).unwrap();
    // Whoever comes now is still answered, and not waited for.
    assert_eq!(get_text(url.clone()).await.unwrap(), "here");
    let late = tokio::spawn(get_text(format!("{url}slow")));
    begun.notified().await;
    end.notify_one();
    assert_eq!(under_way.await.unwrap().unwrap(), "done");
    assert_eq!(serving.await.unwrap(), Drained::Completely);
    assert!(late.await.unwrap().is_err());
    assert!(get_text(url).await.is_err());
}

#[tokio::test]
async fn who_connected_before_the_end_and_asks_after_it_is_answered_once() {
    let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let door = Door::bind(&listen(Duration::from_secs(10))).await.unwrap();
    let address = door.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(door.serve(slow(&begun, &end), async { stopped.await.unwrap_or(()) }));
    let under_way = tokio::spawn(get_text(format!("http://{address}/slow")));
    begun.notified().await;
    // Connections are taken in their order: when the second is answered, the first is there.
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n";
    idle.write_all(request).await.unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");

    stop.send(()).unwrap();
    let (mut rest, mut answer) = (String::new(), String::new());
    idle.read_to_string(&mut rest).await.unwrap();
    silent.write_all(request).await.unwrap();
    silent.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("here"), "{answer}");
    end.notify_one();
    assert_eq!(under_way.await.unwrap().unwrap(), "done");
    assert_eq!(serving.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn a_body_nobody_reads_does_not_hold_up_others_on_its_connection() {
    let (begun, never) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let door = Door::bind(&listen(Duration::ZERO)).await.unwrap();
    let url = format!("http://{}", door.address());
    let unread = {
        let begun = Arc::clone(&begun);
        // Holds the body without reading it.
        async move |_body: Body| {
            begun.notify_one();
            never.notified().await;
        }
    };
    let router = Router::new().route("/unread", post(unread)).route("/", post(async |said: String| said));
    let serving = tokio::spawn(door.serve(router, std::future::pending()));
    let http = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let stuck = tokio::spawn(http.post(format!("{url}/unread")).body(vec![0; 4 * 1024 * 1024]).send());
    begun.notified().await;
    for _ in 0..100 {
        let answer = http.post(&url).body("x".repeat(20_000)).send();
        let answer = timeout(Duration::from_secs(20), answer).await.expect("held up").unwrap();
        assert_eq!(answer.text().await.unwrap().len(), 20_000);
    }
    stuck.abort();
    serving.abort();
}

#[tokio::test]
async fn a_client_that_does_not_get_round_to_asking_is_shown_out() {
    let mut config = listen(Duration::ZERO);
    config.header_timeout = Duration::from_millis(50);
    let door = Door::bind(&config).await.unwrap();
    let address = door.address();
    let serving = tokio::spawn(door.serve(Router::new().route("/", get("here")), std::future::pending()));
    for (sent, answered) in [
        ("", ""),
        ("G", ""),
        ("PRI * HTTP/2.0\r\n", ""),
        ("GET / HTTP/1.1\r\nHost: hub\r\nX-Slow: ", ""),
        ("GET / HTTP/1.1\r\nHost: hub\r\n\r\nGET / HT", "HTTP/1.1 200 OK\r\n"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut heard = String::new();
        // Ends when the connection does.
        let ended = timeout(Duration::from_secs(20), stream.read_to_string(&mut heard)).await;
        ended.unwrap_or_else(|_| panic!("{sent:?} holds the connection")).unwrap();
        assert_eq!(heard.lines().next(), answered.lines().next(), "{sent}: {heard}");
    }
    serving.abort();
}

#[tokio::test]
async fn draining_ends_after_its_timeout() {
    let (begun, never) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let door = Door::bind(&listen(Duration::ZERO)).await.unwrap();
    let under_way = tokio::spawn(get_text(format!("http://{}/slow", door.address())));
    let stop = {
        let begun = Arc::clone(&begun);
        async move { begun.notified().await }
    };
    assert_eq!(door.serve(slow(&begun, &never), stop).await, Drained::TimedOut);
    under_way.abort();
}

#[tokio::test]
async fn handlers_see_the_client_behind_a_trusted_proxy() {
    for (trusted, expected) in [("10.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8", "9.9.9.9")] {
        let door = Door::bind(&listen(Duration::ZERO)).await.unwrap();
        let router = Router::new()
            .route("/", get(async |ClientAddress(client): ClientAddress| client.to_string()))
            .layer(Extension(TrustedProxies::new(&[trusted.parse().unwrap()])));
        let call = reqwest::Client::new().get(format!("http://{}/", door.address()));
        let serving = tokio::spawn(door.serve(router, std::future::pending()));
        let answer = call.header("x-forwarded-for", "9.9.9.9").send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), expected);
        serving.abort();
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let first = Door::bind(&listen(Duration::ZERO)).await.unwrap();
    let config = ListenConfig { address: first.address(), ..ListenConfig::default() };
    let error = Door::bind(&config).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on {}: ", first.address())), "{error}");
}
