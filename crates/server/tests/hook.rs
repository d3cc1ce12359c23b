//! A connector's webhook that answers as it is told and shows everything it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tieline_server::signature::{SigningSecret, verify};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Anything that takes longer does not come at all.
const PATIENCE: Duration = Duration::from_secs(20);
const INBOUND_MAX: usize = 10_000;

pub struct Hook {
    base: String,
    answer: Arc<Mutex<(u16, String)>>,
    inbound: mpsc::Receiver<Sent>,
}

/// One attempt, as it arrived.
#[derive(Clone, Debug)]
pub struct Sent {
    pub path: String,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub body: Value,
}

impl Hook {
    /// Answers every attempt with this status until told otherwise.
    pub async fn open(status: u16) -> Self {
        let (sender, inbound) = mpsc::channel(INBOUND_MAX);
        let answer = Arc::new(Mutex::new((status, String::new())));
        let told = Arc::clone(&answer);
        let receive = async move |uri: Uri, headers: HeaderMap, bytes: Bytes| {
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            let answer = told.lock().unwrap().clone();
            sender.try_send(Sent { path: uri.path().into(), headers, bytes, body }).unwrap();
            (StatusCode::from_u16(answer.0).unwrap(), answer.1)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { base, answer, inbound }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn answers(&self, status: u16, text: &str) {
        *self.answer.lock().unwrap() = (status, text.to_owned());
    }

    /// The next attempt.
    pub async fn next(&mut self) -> Sent {
        timeout(PATIENCE, self.inbound.recv()).await.expect("nothing more is sent").unwrap()
    }

    /// Everything that came and was not looked at.
    pub fn so_far(&mut self) -> Vec<Sent> {
        std::iter::from_fn(|| self.inbound.try_recv().ok()).collect()
    }
}

impl Sent {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// What repeats are told by.
    pub fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    pub fn is_signed_with(&self, secret: &str) -> bool {
        let timestamp = self.header("webhook-timestamp");
        let secrets = [SigningSecret::parse(secret).unwrap()];
        let signature = self.header("webhook-signature");
        verify(&secrets, &self.id(), timestamp, signature, &self.bytes, timestamp.parse().unwrap()).is_ok()
    }
}
