//! Requests over one connection, as cheap as they can be made: the generator shares the machine with the hub.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
}

impl Connection {
    /// `url` is `http://address:port`.
    pub async fn open(url: &str) -> Result<Self> {
        let host = url.strip_prefix("http://").context("the address starts with http://")?.to_owned();
        let address: SocketAddr = host.parse()?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host, buffer: Vec::new() })
    }

    /// Posts JSON and waits until the answer is read; anything but 2xx is an error.
    pub async fn post(&mut self, path: &str, token: &str, body: &str) -> Result<()> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let (head, length) = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
            if let Some(found) = head_and_length(&self.buffer)? {
                break found;
            }
        };
        while self.buffer.len() < head + length {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the connection was closed");
        }
        if !self.buffer.starts_with(b"HTTP/1.1 2") {
            bail!("refused: {}", String::from_utf8_lossy(&self.buffer));
        }
        Ok(())
    }
}

/// Where the body begins and how long it is, once the head is there.
pub fn head_and_length(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    let length = match header(head, "content-length") {
        Some(length) => length.parse()?,
        None => 0,
    };
    Ok(Some((end + 4, length)))
}

/// The value of a header in a head.
pub fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut pairs = head.split("\r\n").filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
