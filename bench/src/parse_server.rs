//! The limit of every door: reads a message and answers, and does nothing else.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use tieline_cim::{Message, parse_inbound};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// Serves until the process is killed. Prints its address first.
pub async fn serve() -> Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    println!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/ccm/message/receive", post(receive));
    Ok(axum::serve(listener, router).await?)
}

async fn receive(body: Bytes) -> Result<Json<serde_json::Value>, StatusCode> {
    let message: Message = parse_inbound(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    message.check_inbound().map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(Json(serde_json::json!({"status": "OK", "message": "Message accepted"})))
}

/// The server as a process of its own; it ends when this is dropped.
pub struct ParseServer {
    pub url: String,
    _child: Child,
}

impl ParseServer {
    pub async fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("--parse-server").stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().context("a pipe was asked for")?;
        let url =
            BufReader::new(stdout).lines().next_line().await?.context("the parse server said nothing")?;
        Ok(Self { url, _child: child })
    }
}
