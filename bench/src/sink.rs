//! A webhook that takes everything and checks the order by the numbers alone. The connectors' own receiver reads and
//! verifies every message, which on a small machine takes more time than the hub has left.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Result;
use tieline_connectors::receiver::{PREVIOUS_HEADER, SEQUENCE_HEADER};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http::{head_and_length, header};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Listens until dropped.
pub struct Sink {
    address: SocketAddr,
    books: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

/// What came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub received: u64,
    /// Before the message they name as the one before them.
    pub out_of_order: u64,
    pub last: Option<Instant>,
}

#[derive(Default)]
struct Books {
    count: Count,
    seen: HashSet<u64>,
}

impl Sink {
    pub async fn open() -> Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let books: Arc<Mutex<Books>> = Arc::default();
        let shared = Arc::clone(&books);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let books = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &books).await {
                        eprintln!("the sink lost a connection: {error:#}");
                    }
                });
            }
        });
        Ok(Self { address, books, server })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn count(&self) -> Count {
        lock(&self.books).count
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(mut stream: TcpStream, books: &Mutex<Books>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let Some((body, length)) = head_and_length(&buffer)? else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        while buffer.len() < body + length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let head = std::str::from_utf8(&buffer[..body])?;
        let number = |name| header(head, name).and_then(|value| value.parse().ok());
        lock(books).enter(number(SEQUENCE_HEADER), number(PREVIOUS_HEADER));
        buffer.drain(..body + length);
        stream.write_all(ANSWER).await?;
    }
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    fn enter(&mut self, sequence: Option<u64>, previous: Option<u64>) {
        let (Some(sequence), Some(previous)) = (sequence, previous) else { return };
        self.count.received += 1;
        self.count.last = Some(Instant::now());
        if previous != 0 && !self.seen.contains(&previous) {
            self.count.out_of_order += 1;
        }
        self.seen.insert(sequence);
    }
}
