//! A bot as somebody else would run it: a process that answers HTTP.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::mpsc;

/// A bot that answers what it was told to, in order, and shows what it was asked.
pub struct RealBot {
    pub uri: String,
    pub answers: Arc<Mutex<VecDeque<Response>>>,
    asked: mpsc::UnboundedReceiver<Asked>,
}

pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub body: Value,
}

type Script = (Arc<Mutex<VecDeque<Response>>>, mpsc::UnboundedSender<Asked>);

impl RealBot {
    pub async fn start() -> Self {
        let (sender, asked) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let router = Router::new().fallback(answer).with_state((Arc::clone(&answers), sender));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { uri, answers, asked }
    }

    pub fn will(&self, answer: impl IntoResponse) {
        self.answers.lock().unwrap().push_back(answer.into_response());
    }

    pub async fn next(&mut self) -> Asked {
        self.asked.recv().await.unwrap()
    }
}

/// Without an answer to give it never answers.
async fn answer(
    State((answers, asked)): State<Script>,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let _ = asked.send(Asked { path: uri.path().to_owned(), headers, bytes, body });
    let next = answers.lock().unwrap().pop_front();
    match next {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}
