//! Posts as fast as a hub takes them, at as little cost as possible: the generator shares the machine with the hub.
//!
//! Each connection posts one message and waits for the answer before the next (closed loop), so a slow hub is asked
//! less, and latency is that of a connector which does the same. Requests are built once per connection; ids, customer
//! and timestamp are written over in place. Of answers only status, `Content-Length`, `Retry-After` and `Connection`
//! are read.
//!
//! Left to others: TLS, checking what the hub does with the messages ([`crate::simulate`] does).

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tieline_cim::{Message, Sender, SenderType, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::latency::{Latencies, Summary};
use crate::{clock, random};

pub const CONNECTIONS_MAX: u32 = 10_000;
/// Of a body, give or take its envelope.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_HEAD_BYTES_MAX: usize = 16 * 1024;
const ANSWER_BODY_BYTES_MAX: usize = 1024 * 1024;
/// A busy hub is left alone this long at most.
const BUSY_PAUSE_MAX: Duration = Duration::from_secs(5);
const RECONNECT_PAUSE: Duration = Duration::from_millis(100);
/// Failures in a row after which a connection is given up.
const FAILURES_MAX: u32 = 10;
const SENDER_ID: &str = "a1b7f3de-2f4a-4f39-8a2e-64c1f0f9d3b7";

/// What to post, and how much of it.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// `http://host:port`, with a path prefix if need be.
    pub base: String,
    pub token: SecretString,
    pub service_identifier: String,
    /// Customers that write in turn, at least 1.
    pub conversations: u64,
    /// 1 to [`CONNECTIONS_MAX`]; no more than conversations are used, for each has one connection of its own.
    pub connections: u32,
    pub amount: Amount,
    /// Of the JSON, if that is more than the envelope needs.
    pub body_bytes: usize,
    /// With an `Idempotency-Key` on every post.
    pub keyed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Messages(u64),
    Duration(Duration),
}

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LoadReport {
    pub connections: u32,
    pub body_bytes: usize,
    pub duration_ms: u64,
    pub accepted: u64,
    pub accepted_per_second: f64,
    /// Of accepted posts, from the first byte sent to the last byte read.
    pub latency: Summary,
    /// Answers 429 and 503; the post was repeated later.
    pub busy: u64,
    /// Other answers than 2xx, by status; not repeated.
    pub refused: BTreeMap<u16, u64>,
    /// Broken connections and the like; the post was repeated on a new connection.
    pub errors: BTreeMap<String, u64>,
}

/// Why there was no load.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{base:?} is no http:// address")]
    Address { base: String },
    #[error("{option} must be {expected}")]
    Option { option: &'static str, expected: String },
    #[error("cannot connect to {address}: {error}")]
    Connect { address: String, error: io::Error },
}

/// Opens all connections, then posts until the amount is reached.
///
/// # Errors
/// If not all connections can be opened, or the options make no sense.
pub async fn post_load(options: LoadOptions) -> Result<LoadReport, LoadError> {
    let target = Target::of(&options)?;
    let template = Template::new(&options, &target);
    let connections = options.connections.min(u32::try_from(options.conversations).unwrap_or(u32::MAX));
    let mut streams = Vec::new();
    for _ in 0..connections {
        let connected = target.connect().await;
        let refused = |error| LoadError::Connect { address: target.address.clone(), error };
        streams.push(connected.map_err(refused)?);
    }
    let begun = Instant::now();
    let body_bytes = template.body_bytes;
    let work = Arc::new(Work::new(&options, target, begun));
    let mut workers = JoinSet::new();
    for (first, stream) in (0..).zip(streams) {
        let worker = Worker {
            work: Arc::clone(&work),
            template: template.clone(),
            wire: Wire::new(stream),
            conversation: first,
            step: u64::from(connections),
        };
        workers.spawn(worker.post_all());
    }
    while workers.join_next().await.is_some() {}
    let duration = begun.elapsed();
    let (mut report, latencies) = std::mem::take(&mut *work.result());
    report.latency = latencies.summary();
    report.connections = connections;
    report.body_bytes = body_bytes;
    report.duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let accepted = report.accepted as f64;
    report.accepted_per_second = accepted / duration.as_secs_f64().max(f64::MIN_POSITIVE);
    Ok(report)
}

struct Target {
    address: String,
    /// As the `Host` header says it.
    host: String,
    path: String,
}

impl Target {
    fn of(options: &LoadOptions) -> Result<Self, LoadError> {
        let bad = || LoadError::Address { base: options.base.clone() };
        let ensure = |holds: bool, option, expected: String| {
            if holds { Ok(()) } else { Err(LoadError::Option { option, expected }) }
        };
        let connections = 1..=CONNECTIONS_MAX;
        ensure(connections.contains(&options.connections), "connections", format!("1 to {CONNECTIONS_MAX}"))?;
        ensure(options.conversations > 0, "conversations", "at least 1".into())?;
        ensure(options.body_bytes <= BODY_BYTES_MAX, "the body", format!("at most {BODY_BYTES_MAX} bytes"))?;
        let token = options.token.expose_secret();
        ensure(token.chars().all(|c| c.is_ascii_graphic()), "the token", "printable ASCII".into())?;
        let url = Url::parse(&options.base).map_err(|_| bad())?;
        let host = url.host_str().filter(|_| url.scheme() == "http").ok_or_else(bad)?.to_owned();
        let address = format!("{host}:{}", url.port_or_known_default().ok_or_else(bad)?);
        let path = format!("{}/ccm/message/receive", url.path().trim_end_matches('/'));
        Ok(Self { host: address.clone(), address, path })
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A whole request, with places to write over.
#[derive(Clone)]
struct Template {
    request: Vec<u8>,
    body_bytes: usize,
    ids: Vec<usize>,
    customer: usize,
    timestamp: usize,
}

/// Placeholders have the width of what replaces them and occur nowhere else.
const ID_PLACE: &str = "~message-id-place-16hex-digits~~";
const CUSTOMER_PLACE: &str = "~customer-place~";
const TIMESTAMP_PLACE: i64 = 9_876_543_210_123;

impl Template {
    fn new(options: &LoadOptions, target: &Target) -> Self {
        let mut message = Message::plain("");
        message.id = Some(ID_PLACE.to_owned());
        message.header.sender = Sender::new(SenderType::Connector, SENDER_ID, "LOAD_CONNECTOR");
        message.header.channel_data.channel_customer_identifier = CUSTOMER_PLACE.to_owned();
        message.header.channel_data.service_identifier.clone_from(&options.service_identifier);
        message.header.timestamp = Some(Timestamp::from_ms(TIMESTAMP_PLACE));
        let written = |message: &Message| serde_json::to_string(message).expect("a message is plain data");
        let envelope = written(&message).len();
        message.body =
            tieline_cim::Body::plain("x".repeat(options.body_bytes.saturating_sub(envelope).max(1)));
        let body = written(&message);
        let key = if options.keyed { format!("Idempotency-Key: {ID_PLACE}\r\n") } else { String::new() };
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             {key}Content-Length: {}\r\n\r\n{body}",
            target.path,
            target.host,
            options.token.expose_secret(),
            body.len(),
        );
        let place = |text: &str| request.find(text).expect("the placeholder was just written");
        Self {
            ids: request.match_indices(ID_PLACE).map(|(at, _)| at).collect(),
            customer: place(CUSTOMER_PLACE),
            timestamp: place(&TIMESTAMP_PLACE.to_string()),
            body_bytes: body.len(),
            request: request.into_bytes(),
        }
    }

    fn fill(&mut self, run: u64, message: u64, conversation: u64) {
        let id = format!("{run:016x}{message:016x}");
        for at in &self.ids {
            self.request[*at..at + ID_PLACE.len()].copy_from_slice(id.as_bytes());
        }
        let customer = format!("load{conversation:012}");
        self.request[self.customer..self.customer + CUSTOMER_PLACE.len()]
            .copy_from_slice(&customer.as_bytes()[..CUSTOMER_PLACE.len()]);
        let now = format!("{:013}", clock::now_ms());
        self.request[self.timestamp..self.timestamp + 13].copy_from_slice(&now.as_bytes()[..13]);
    }
}

/// What all connections share.
struct Work {
    run: u64,
    target: Target,
    conversations: u64,
    messages: AtomicU64,
    messages_max: u64,
    end: Option<Instant>,
    result: Mutex<(LoadReport, Latencies)>,
}

impl Work {
    fn new(options: &LoadOptions, target: Target, begun: Instant) -> Self {
        let (messages_max, end) = match options.amount {
            Amount::Messages(messages) => (messages, None),
            Amount::Duration(duration) => (u64::MAX, Some(begun + duration)),
        };
        Self {
            run: random::fresh(),
            target,
            conversations: options.conversations,
            messages: AtomicU64::new(0),
            messages_max,
            end,
            result: Mutex::default(),
        }
    }

    /// The number of the next message, if there is to be one.
    fn next(&self) -> Option<u64> {
        let message = self.messages.fetch_add(1, Ordering::Relaxed);
        (message < self.messages_max && !self.is_over()).then_some(message)
    }

    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    fn result(&self) -> MutexGuard<'_, (LoadReport, Latencies)> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    work: Arc<Work>,
    template: Template,
    wire: Wire,
    conversation: u64,
    /// To the next conversation of this connection.
    step: u64,
}

impl Worker {
    async fn post_all(mut self) {
        let first = self.conversation;
        while let Some(message) = self.work.next() {
            self.template.fill(self.work.run, message, self.conversation);
            if !self.post().await {
                return;
            }
            self.conversation += self.step;
            if self.conversation >= self.work.conversations {
                self.conversation = first;
            }
        }
    }

    /// Posts until there is an answer that is final; false if the hub is out of reach or time is up.
    async fn post(&mut self) -> bool {
        let mut failures = 0;
        loop {
            let begun = Instant::now();
            let exchange = self.wire.exchange(&self.work.target, &self.template.request);
            let answer = timeout(ANSWER_TIMEOUT, exchange).await;
            let taken = begun.elapsed();
            match answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(answer) if matches!(answer.status, 429 | 503) => {
                    self.work.result().0.busy += 1;
                    sleep(answer.retry_after.min(BUSY_PAUSE_MAX)).await;
                }
                Ok(answer) => {
                    let mut result = self.work.result();
                    if (200..300).contains(&answer.status) {
                        result.0.accepted += 1;
                        result.1.record(taken);
                    } else {
                        *result.0.refused.entry(answer.status).or_default() += 1;
                    }
                    return true;
                }
                Err(error) => {
                    failures += 1;
                    *self.work.result().0.errors.entry(error.kind().to_string()).or_default() += 1;
                    if failures == FAILURES_MAX {
                        return false;
                    }
                    self.wire.stream = None;
                    sleep(RECONNECT_PAUSE).await;
                }
            }
            if self.work.is_over() {
                return false;
            }
        }
    }
}

/// One connection and what was read from it.
struct Wire {
    /// `None` once it is broken or closed; the next exchange opens it again.
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    retry_after: Duration,
    body_bytes: usize,
    closes: bool,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        Self { stream: Some(stream), buffer: Vec::new() }
    }

    async fn exchange(&mut self, target: &Target, request: &[u8]) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            closed => closed.insert(target.connect().await?),
        };
        self.buffer.clear();
        stream.write_all(request).await?;
        let (head, answer) = loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break (head + 4, Answer::parse(&self.buffer[..head])?);
            }
            if self.buffer.len() > ANSWER_HEAD_BYTES_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
        };
        while self.buffer.len() < head + answer.body_bytes {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if answer.closes {
            self.stream = None;
        }
        Ok(answer)
    }
}

impl Answer {
    /// Without the empty line at the end of the head.
    fn parse(head: &[u8]) -> io::Result<Self> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let head = std::str::from_utf8(head).map_err(|_| invalid())?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let mut answer = Self {
            status: status.ok_or_else(invalid)?,
            retry_after: Duration::from_secs(1),
            body_bytes: 0,
            closes: false,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                answer.body_bytes = value.parse().map_err(|_| invalid())?;
            } else if name.eq_ignore_ascii_case("retry-after") {
                answer.retry_after = value.parse().map_or(answer.retry_after, Duration::from_secs);
            } else if name.eq_ignore_ascii_case("connection") {
                answer.closes = value.eq_ignore_ascii_case("close");
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(io::ErrorKind::Unsupported.into());
            }
        }
        if answer.body_bytes > ANSWER_BODY_BYTES_MAX { Err(invalid()) } else { Ok(answer) }
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, body_bytes, duration_ms, accepted, accepted_per_second, .. } = self;
        let seconds = Duration::from_millis(*duration_ms).as_secs_f64();
        writeln!(f, "accepted   {accepted} in {seconds:.1} s, {accepted_per_second:.0} per second")?;
        writeln!(f, "sent       {body_bytes} bytes each over {connections} connections")?;
        write!(f, "latency    {}", self.latency)?;
        if self.busy > 0 {
            write!(f, "\nbusy       {} answers", self.busy)?;
        }
        self.refused
            .iter()
            .try_for_each(|(status, count)| write!(f, "\nrefused    {count} with {status}"))?;
        self.errors.iter().try_for_each(|(kind, count)| write!(f, "\nerror      {count} {kind}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let answer = |status, body_bytes| Answer {
            status,
            retry_after: Duration::from_secs(1),
            body_bytes,
            closes: false,
        };
        for (head, expected) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 12\r\ndate: x", Some(answer(200, 12))),
            ("HTTP/1.1 204 No Content", Some(answer(204, 0))),
            (
                "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nConnection: close",
                Some(Answer { retry_after: Duration::from_secs(7), closes: true, ..answer(503, 0) }),
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", None),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9999999999", None),
            ("HTTP/1.0 200 OK", None),
            ("nonsense", None),
            ("HTTP/1.1 2é0", None),
        ] {
            assert_eq!(Answer::parse(head.as_bytes()).ok(), expected, "{head}");
        }
    }
}
