//! Listening at a socket from before its client may speak.
//!
//! The socket library tells a client that it is connected, and only then calls whoever serves the socket. What the
//! client says in between, nobody hears, and the library drops without a word. So an ear is put up while a socket is
//! being let in, and taken over by whoever serves it.
//!
//! Promises: what a client sends is heard in the order it was sent; a closed socket is noticed, however early.

use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::SocketRef;
use socketioxide::handler::FromMessageParts;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub struct Ear<T> {
    pub heard: mpsc::Receiver<T>,
    /// The socket is closed.
    pub closed: CancellationToken,
    /// More was said than there is room for, and not all of it was heard.
    pub flooded: CancellationToken,
}

/// Where an ear waits to be taken over.
type Kept<T> = Arc<Mutex<Option<Ear<T>>>>;

impl<T: FromMessageParts<LocalAdapter> + Send + Sync + 'static> Ear<T> {
    /// Begins to listen, with room for so many things said.
    pub fn put_up(socket: &SocketRef, room: usize) {
        let (said, heard) = mpsc::channel(room);
        let (closed, flooded) = (CancellationToken::new(), CancellationToken::new());
        let flood = flooded.clone();
        // Called for one message after the other; only the future it returns would be run out of order.
        socket.on_fallback(move |message: T| {
            if let Err(mpsc::error::TrySendError::Full(_)) = said.try_send(message) {
                flood.cancel();
            }
            ready(())
        });
        let close = closed.clone();
        socket.on_disconnect(move || {
            close.cancel();
            ready(())
        });
        let kept: Kept<T> = Arc::new(Mutex::new(Some(Self { heard, closed, flooded })));
        socket.extensions.insert(kept);
    }

    /// The ear that was put up; `None` the second time.
    pub fn take(socket: &SocketRef) -> Option<Self> {
        let kept = socket.extensions.get::<Kept<T>>()?;
        kept.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
