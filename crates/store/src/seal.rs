//! Sealing: how a body becomes a blob that only the holder of a key, at one place, can open.
//!
//! A blob is a version byte, the data key's number (four bytes, big-endian; [`OWN_KEY`] for any other key), a random
//! nonce of twelve bytes, and the ciphertext of AES-256-GCM-SIV with its tag. The additional data names the place: table, row and the
//! columns beside the body, so a blob copied elsewhere, or a row whose columns were altered, does not open.
//! Which key belongs to whom is `keys`' business.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use tieline_core::id::Id;

use crate::error::{Error, Result};

pub(crate) const KEY_BYTES: usize = 32;
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 4 + NONCE_LEN;
const TAG_BYTES: usize = 16;
/// What sealing adds to a body.
pub(crate) const OVERHEAD_BYTES: usize = HEADER_BYTES + TAG_BYTES;
/// Longest additional data: a table name, a row and four ids.
const PLACE_BYTES_MAX: usize = 96;
/// Bodies are rarely shorter; growing a buffer costs more than this.
const BODY_BYTES_GUESS: usize = 1024;

/// Number of a data key.
pub(crate) type Kid = u32;

/// In place of a data key's number: the blob's owner has a key of its own.
pub(crate) const OWN_KEY: Kid = 0;

/// Where a blob belongs. Fixed length per table, so no two places share their bytes.
#[derive(Clone)]
pub(crate) struct Place {
    table: &'static str,
    row: RowName,
    bytes: [u8; PLACE_BYTES_MAX],
    len: usize,
}

#[derive(Clone, Copy)]
enum RowName {
    Number(u64),
    Id(Id),
}

impl Place {
    pub(crate) fn number(table: &'static str, number: u64) -> Self {
        Self::new(table, RowName::Number(number)).and(&number.to_be_bytes())
    }

    pub(crate) fn id(table: &'static str, id: impl Into<Id>) -> Self {
        let id = id.into();
        Self::new(table, RowName::Id(id)).and(&id.0)
    }

    fn new(table: &'static str, row: RowName) -> Self {
        Self { table, row, bytes: [0; PLACE_BYTES_MAX], len: 0 }.and(table.as_bytes()).and(&[0])
    }

    /// Binds a further column to the body.
    pub(crate) fn and(mut self, column: &[u8]) -> Self {
        let end = self.len + column.len();
        assert!(end + 4 <= PLACE_BYTES_MAX, "a place fits its buffer");
        self.bytes[self.len..end].copy_from_slice(column);
        self.len = end;
        self
    }

    fn aad(&self, kid: Kid) -> Aad<Self> {
        Aad::from(self.clone().and(&kid.to_be_bytes()))
    }

    pub(crate) fn corrupt(&self, reason: impl Into<String>) -> Error {
        let row = match self.row {
            RowName::Number(number) => number.to_string(),
            RowName::Id(id) => id.to_string(),
        };
        Error::Corrupt { table: self.table, row, reason: reason.into() }
    }
}

impl AsRef<[u8]> for Place {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A key ready for use. The library wipes its schedule when it is dropped.
pub(crate) struct SealKey {
    kid: Kid,
    key: LessSafeKey,
}

impl SealKey {
    pub(crate) fn new(kid: Kid, secret: &[u8; KEY_BYTES]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, secret).expect("the secret has the length of a key");
        Self { kid, key: LessSafeKey::new(key) }
    }

    pub(crate) fn seal_json<T: Serialize + ?Sized>(&self, place: &Place, value: &T) -> Vec<u8> {
        let mut blob = self.header(BODY_BYTES_GUESS);
        serde_json::to_writer(&mut blob, value).expect("our values have a JSON form");
        self.finish(place, blob)
    }

    pub(crate) fn seal(&self, place: &Place, body: &[u8]) -> Vec<u8> {
        let mut blob = self.header(body.len() + TAG_BYTES);
        blob.extend_from_slice(body);
        self.finish(place, blob)
    }

    fn header(&self, room: usize) -> Vec<u8> {
        let mut blob = Vec::with_capacity(HEADER_BYTES + room);
        blob.push(VERSION);
        blob.extend_from_slice(&self.kid.to_be_bytes());
        blob.extend_from_slice(&random::<NONCE_LEN>());
        blob
    }

    /// Encrypts what follows the header where it stands.
    fn finish(&self, place: &Place, mut blob: Vec<u8>) -> Vec<u8> {
        let (header, body) = blob.split_at_mut(HEADER_BYTES);
        let nonce = Nonce::try_assume_unique_for_key(&header[5..]).expect("a header ends with a nonce");
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, place.aad(self.kid), body)
            .expect("a body is far below the cipher's limit");
        blob.extend_from_slice(tag.as_ref());
        blob
    }

    pub(crate) fn open(&self, place: &Place, mut blob: Vec<u8>) -> Result<Vec<u8>> {
        let kid = kid_of(place, &blob)?;
        if kid != self.kid {
            return Err(place.corrupt(format!("it is sealed with key {kid}, its owner has key {}", self.kid)));
        }
        let (header, body) = blob.split_at_mut(HEADER_BYTES);
        let nonce = Nonce::try_assume_unique_for_key(&header[5..]).expect("a header ends with a nonce");
        let len = self
            .key
            .open_in_place(nonce, place.aad(kid), body)
            .map_err(|_| place.corrupt("its seal is broken"))?
            .len();
        blob.drain(..HEADER_BYTES);
        blob.truncate(len);
        Ok(blob)
    }

    pub(crate) fn open_json<T: DeserializeOwned>(&self, place: &Place, blob: Vec<u8>) -> Result<T> {
        let body = self.open(place, blob)?;
        // The message of a parse error may quote the body: only its position is told.
        serde_json::from_slice(&body).map_err(|error| {
            place.corrupt(format!("its content is not understood (at byte {})", error.column()))
        })
    }
}

/// Which data key a blob needs.
pub(crate) fn kid_of(place: &Place, blob: &[u8]) -> Result<Kid> {
    match blob {
        [VERSION, a, b, c, d, rest @ ..] if rest.len() >= NONCE_LEN + TAG_BYTES => {
            Ok(Kid::from_be_bytes([*a, *b, *c, *d]))
        }
        [version, ..] if *version != VERSION => Err(place.corrupt(format!("unknown seal version {version}"))),
        _ => Err(place.corrupt("it is too short")),
    }
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: [u8; KEY_BYTES] = [7; KEY_BYTES];

    fn key() -> SealKey {
        SealKey::new(3, &SECRET)
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_again(body: Vec<u8>, row: u64) {
            let place = Place::number("event", row);
            let blob = key().seal(&place, &body);
            prop_assert_eq!(blob.len(), body.len() + OVERHEAD_BYTES);
            prop_assert_eq!(key().open(&place, blob).unwrap(), body);
        }

        #[test]
        fn an_altered_blob_does_not_open(body: Vec<u8>, at: prop::sample::Index, flip in 1_u8..) {
            let place = Place::number("event", 1);
            let mut blob = key().seal(&place, &body);
            let at = at.index(blob.len());
            blob[at] ^= flip;
            prop_assert!(key().open(&place, blob).is_err());
        }

        #[test]
        fn a_shortened_blob_does_not_open(body: Vec<u8>, len: prop::sample::Index) {
            let place = Place::number("event", 1);
            let mut blob = key().seal(&place, &body);
            blob.truncate(len.index(blob.len()));
            prop_assert!(key().open(&place, blob).is_err());
        }

        #[test]
        fn a_blob_opens_at_its_own_place_only(body: Vec<u8>, row: u64, other: u64, column: [u8; 12]) {
            prop_assume!(row != other);
            let blob = key().seal(&Place::number("event", row), &body);
            for place in [
                Place::number("event", other),
                Place::number("entry", row),
                Place::number("event", row).and(&column),
            ] {
                prop_assert!(key().open(&place, blob.clone()).is_err());
            }
        }
    }

    #[test]
    fn another_key_does_not_open() {
        let place = Place::number("event", 1);
        let blob = key().seal(&place, b"salaam");
        assert!(SealKey::new(3, &[8; KEY_BYTES]).open(&place, blob.clone()).is_err());
        assert!(SealKey::new(4, &SECRET).open(&place, blob).is_err());
    }

    #[test]
    fn the_same_body_never_makes_the_same_blob() {
        let place = Place::number("event", 1);
        assert_ne!(key().seal(&place, b"salaam"), key().seal(&place, b"salaam"));
    }
}
