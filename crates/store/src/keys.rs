//! Keys: who can read what.
//!
//! ```text
//! master key ──wraps──► data keys (numbered; the newest is used) ──seal──► the tenant's own: registry, agents, …
//!                  │                                          └──wrap──► customer keys
//!                  └──► index key: blind indexes, never replaced
//! ```
//!
//! A customer's key is random, stays the same for life and seals everything said by and about the customer. It is
//! stored once, wrapped: destroying that row erases the customer from every row, log file and later backup at once,
//! and wrapping it anew is all that a new data key asks for.
//!
//! A write looks which data keys there are before it seals ([`Vault::follow`]). So once a new one is committed,
//! nothing is put under an earlier one any more, by whatever process; `rotation` builds on that.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::{Zeroize, Zeroizing};

use tieline_core::conversation::Mark;
use tieline_core::customer::Identity;
use tieline_core::id::CustomerId;
use tieline_core::time::At;

use crate::error::{Error, Result};
use crate::rows::{BlindIndex, CustomerRow, KeyRow, MessageHash, Purpose, Rows, RowsMut, WrappedKey};
use crate::seal::{KEY_BYTES, Kid, OWN_KEY, Place, SealKey, kid_of, random};

/// Customer keys kept unwrapped, at 45 bytes each: as many as two hash tables of 16,384 places hold.
const CUSTOMER_KEYS_MAX: usize = 2 * 14_336;

const TENANT_INFO: &[u8] = b"tieline tenant v1";
const CUSTOMERS_INFO: &[u8] = b"tieline customer keys v1";

/// 32 secret bytes from outside the store. Wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

/// The key a store is opened with; with `previous`, what that one still wraps is wrapped anew.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    pub current: MasterKey,
    pub previous: Option<MasterKey>,
}

/// The text was neither base64 nor hexadecimal digits of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes, written in base64 or as 64 hexadecimal digits")]
pub struct NotAMasterKey;

impl MasterKey {
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    #[must_use]
    pub fn generate() -> Self {
        Self::from_bytes(random())
    }

    pub fn parse(text: &str) -> Result<Self, NotAMasterKey> {
        let text = text.trim();
        let bytes =
            if text.len() == 2 * KEY_BYTES { hex::decode(text).ok() } else { BASE64.decode(text).ok() };
        let bytes = Zeroizing::new(bytes.ok_or(NotAMasterKey)?);
        let bytes = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| NotAMasterKey)?;
        Ok(Self::from_bytes(bytes))
    }

    /// For writing a new key to its file.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(self.0.as_slice()))
    }

    /// For deriving further secrets from it.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn wrap(&self, kid: Kid, purpose: Purpose, secret: &[u8; KEY_BYTES]) -> KeyRow {
        let wrapped = SealKey::new(OWN_KEY, &self.0).seal(&key_place(kid, purpose), secret);
        KeyRow { kid, purpose, wrapped, created_at: wall_clock() }
    }

    fn unwrap(&self, row: &KeyRow) -> Option<Secret> {
        let place = key_place(row.kid, row.purpose);
        secret(SealKey::new(OWN_KEY, &self.0).open(&place, row.wrapped.clone()).ok()?)
    }
}

impl From<MasterKey> for MasterKeys {
    fn from(current: MasterKey) -> Self {
        Self { current, previous: None }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

type Secret = Zeroizing<[u8; KEY_BYTES]>;

fn secret(opened: Vec<u8>) -> Option<Secret> {
    let opened = Zeroizing::new(opened);
    <[u8; KEY_BYTES]>::try_from(opened.as_slice()).ok().map(Zeroizing::new)
}

fn customer_key_place(id: CustomerId) -> Place {
    Place::id("customer_key", id)
}

fn key_place(kid: Kid, purpose: Purpose) -> Place {
    let purpose = match purpose {
        Purpose::Data => b"d",
        Purpose::Index => b"i",
    };
    Place::number("sealing_key", u64::from(kid)).and(purpose)
}

fn wall_clock() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Thirty-two bytes, as HKDF wants its output length told.
struct KeyLen;

impl hkdf::KeyType for KeyLen {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

/// A data key, as the two keys that are used.
struct DataKey {
    tenant: SealKey,
    /// Wraps customers' keys.
    customers: SealKey,
}

impl DataKey {
    fn new(kid: Kid, secret: &Secret) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret.as_slice());
        let derive = |info: &[u8]| {
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            prk.expand(&[info], KeyLen)
                .and_then(|okm| okm.fill(key.as_mut_slice()))
                .expect("32 bytes are within HKDF's reach");
            SealKey::new(kid, &key)
        };
        Self { tenant: derive(TENANT_INFO), customers: derive(CUSTOMERS_INFO) }
    }

    fn wrap(&self, id: CustomerId, secret: &Secret) -> WrappedKey {
        let wrapped = self.customers.seal(&customer_key_place(id), secret.as_slice());
        wrapped.try_into().expect("sealing adds the same to every key")
    }

    fn unwrap(&self, id: CustomerId, wrapped: &WrappedKey) -> Result<Secret> {
        let place = customer_key_place(id);
        let opened = self.customers.open(&place, wrapped.to_vec())?;
        secret(opened).ok_or_else(|| place.corrupt("it is not a key"))
    }
}

type DataKeys = BTreeMap<Kid, Arc<DataKey>>;

/// The keys of one moment.
struct Ring {
    data: DataKeys,
    index: hmac::Key,
}

impl Ring {
    fn newest(&self) -> (Kid, &Arc<DataKey>) {
        let (kid, key) = self.data.last_key_value().expect("a ring is made with at least one data key");
        (*kid, key)
    }
}

/// All keys of an open store.
pub(crate) struct Vault {
    master: MasterKeys,
    ring: RwLock<Arc<Ring>>,
    customers: Mutex<CustomerKeys>,
}

/// What is known about the key to a customer's rows.
#[derive(Clone)]
pub(crate) enum Owner {
    Known(Arc<SealKey>),
    Erased,
    Unknown,
}

impl Vault {
    /// Unwraps the store's keys, makes them for a new store, and rewraps those still under the previous master key.
    pub(crate) fn open(rows: &mut dyn RowsMut, master: MasterKeys) -> Result<Self> {
        if rows.keys()?.is_empty() {
            rows.put_key(master.current.wrap(1, Purpose::Index, &Zeroizing::new(random())))?;
            rows.put_key(master.current.wrap(2, Purpose::Data, &Zeroizing::new(random())))?;
        }
        let (mut data, mut index) = (BTreeMap::new(), None);
        for row in rows.keys()? {
            let secret = match (master.current.unwrap(&row), &master.previous) {
                (Some(secret), _) => secret,
                (None, Some(previous)) => {
                    let secret = previous.unwrap(&row).ok_or(Error::WrongMasterKey)?;
                    let created_at = row.created_at;
                    rows.put_key(KeyRow {
                        created_at,
                        ..master.current.wrap(row.kid, row.purpose, &secret)
                    })?;
                    secret
                }
                (None, None) => return Err(Error::WrongMasterKey),
            };
            match row.purpose {
                Purpose::Data => {
                    data.insert(row.kid, Arc::new(DataKey::new(row.kid, &secret)));
                }
                Purpose::Index => index = Some(hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice())),
            }
        }
        match (data.is_empty(), index) {
            (false, Some(index)) => Ok(Self {
                master,
                ring: RwLock::new(Arc::new(Ring { data, index })),
                customers: Mutex::default(),
            }),
            _ => Err(Error::Corrupt {
                table: "sealing_key",
                row: "table".into(),
                reason: "keys are missing".into(),
            }),
        }
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses from now on the data keys that are in the store, and no others. Every write begins with it.
    pub(crate) fn follow(&self, rows: &dyn Rows) -> Result<()> {
        let stored = rows.data_kids()?;
        if !stored.iter().eq(self.ring().data.keys()) {
            let data = self.unwrap_data_keys(rows)?;
            self.take_in(data);
        }
        Ok(())
    }

    /// Writes a further data key, which the next write will use.
    pub(crate) fn add_data_key(&self, rows: &mut dyn RowsMut) -> Result<Kid> {
        let kid = rows.keys()?.iter().map(|row| row.kid).max().unwrap_or_default() + 1;
        rows.put_key(self.master.current.wrap(kid, Purpose::Data, &Zeroizing::new(random())))?;
        Ok(kid)
    }

    fn unwrap_data_keys(&self, rows: &dyn Rows) -> Result<DataKeys> {
        let known = self.ring();
        let mut data = DataKeys::new();
        for row in rows.keys()?.into_iter().filter(|row| row.purpose == Purpose::Data) {
            let key = match known.data.get(&row.kid) {
                Some(key) => Arc::clone(key),
                None => {
                    let previous =
                        || self.master.previous.as_ref().and_then(|previous| previous.unwrap(&row));
                    let secret =
                        self.master.current.unwrap(&row).or_else(previous).ok_or(Error::WrongMasterKey)?;
                    Arc::new(DataKey::new(row.kid, &secret))
                }
            };
            data.insert(row.kid, key);
        }
        Ok(data)
    }

    /// A reader may see a moment that is past: what it found never takes a newer key's place.
    fn take_in(&self, data: DataKeys) {
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        if data.last_key_value().map(|(kid, _)| *kid) >= Some(ring.newest().0) {
            *ring = Arc::new(Ring { data, index: ring.index.clone() });
        }
    }

    fn data_key(&self, rows: &dyn Rows, place: &Place, kid: Kid) -> Result<Arc<DataKey>> {
        if let Some(key) = self.ring().data.get(&kid) {
            return Ok(Arc::clone(key));
        }
        let data = self.unwrap_data_keys(rows)?;
        let found = data.get(&kid).cloned();
        self.take_in(data);
        found.ok_or_else(|| place.corrupt(format!("its key {kid} is not in the store")))
    }

    pub(crate) fn seal_json<T: serde::Serialize>(&self, place: &Place, value: &T) -> Vec<u8> {
        self.ring().newest().1.tenant.seal_json(place, value)
    }

    pub(crate) fn seal(&self, place: &Place, body: &[u8]) -> Vec<u8> {
        self.ring().newest().1.tenant.seal(place, body)
    }

    pub(crate) fn open_blob(&self, rows: &dyn Rows, place: &Place, blob: Vec<u8>) -> Result<Vec<u8>> {
        self.data_key(rows, place, kid_of(place, &blob)?)?.tenant.open(place, blob)
    }

    pub(crate) fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        rows: &dyn Rows,
        place: &Place,
        blob: Vec<u8>,
    ) -> Result<T> {
        self.data_key(rows, place, kid_of(place, &blob)?)?.tenant.open_json(place, blob)
    }

    /// The same content under the newest data key; `None` when it is under that one, or under a customer's own.
    pub(crate) fn resealed(&self, rows: &dyn Rows, place: &Place, blob: &[u8]) -> Result<Option<Vec<u8>>> {
        let kid = kid_of(place, blob)?;
        if kid == OWN_KEY || kid == self.ring().newest().0 {
            return Ok(None);
        }
        let body = Zeroizing::new(self.open_blob(rows, place, blob.to_vec())?);
        Ok(Some(self.seal(place, &body)))
    }

    /// A customer's key under the newest data key; `None` when it is.
    pub(crate) fn rewrapped(
        &self,
        rows: &dyn Rows,
        id: CustomerId,
        wrapped: &WrappedKey,
    ) -> Result<Option<WrappedKey>> {
        let place = customer_key_place(id);
        let (kid, ring) = (kid_of(&place, wrapped)?, self.ring());
        let (newest, data) = ring.newest();
        if kid == newest {
            return Ok(None);
        }
        let secret = self.data_key(rows, &place, kid)?.unwrap(id, wrapped)?;
        Ok(Some(data.wrap(id, &secret)))
    }

    /// A key for a customer who has none yet, and what its row must hold.
    pub(crate) fn new_customer_key(&self, id: CustomerId) -> (CustomerSecret, WrappedKey) {
        let secret = Zeroizing::new(random());
        let wrapped = self.ring().newest().1.wrap(id, &secret);
        (CustomerSecret(secret), wrapped)
    }

    /// How many erasures there have been. Asked before rows are read, it tells whether they may be out of date.
    pub(crate) fn erasures(&self) -> u64 {
        self.customers().erasures
    }

    /// `erasures` is how many there had been before this moment's rows were read.
    pub(crate) fn owner(&self, rows: &dyn Rows, id: CustomerId, erasures: u64) -> Result<Owner> {
        if let Some(key) = self.cached_key(id) {
            return Ok(Owner::Known(key));
        }
        match rows.customer(id)? {
            Some(row) => self.owner_by_row(rows, &row, erasures),
            None => Ok(Owner::Unknown),
        }
    }

    /// The same, from the customer's row.
    pub(crate) fn owner_by_row(&self, rows: &dyn Rows, row: &CustomerRow, erasures: u64) -> Result<Owner> {
        if let Some(key) = self.cached_key(row.id) {
            return Ok(Owner::Known(key));
        }
        let Some(wrapped) = &row.key else { return Ok(Owner::Erased) };
        let place = customer_key_place(row.id);
        let data = self.data_key(rows, &place, kid_of(&place, wrapped)?)?;
        let secret = CustomerSecret(data.unwrap(row.id, wrapped)?);
        let key = secret.key();
        let mut customers = self.customers();
        // An erasure since this moment's rows were read may have been this customer's.
        if customers.erasures == erasures {
            customers.put(row.id, secret);
        }
        Ok(Owner::Known(key))
    }

    fn cached_key(&self, id: CustomerId) -> Option<Arc<SealKey>> {
        let secret = self.customers().get(id);
        secret.map(|secret| secret.key())
    }

    /// Keeps the key of a customer whose row was just committed.
    pub(crate) fn remember(&self, id: CustomerId, secret: CustomerSecret) {
        self.customers().put(id, secret);
    }

    /// Forgets the keys of customers whose erasure was just committed, or may have been.
    pub(crate) fn forget(&self, ids: &[CustomerId]) {
        let mut customers = self.customers();
        customers.erasures += 1;
        for id in ids {
            customers.wipe(*id);
        }
    }

    fn customers(&self) -> std::sync::MutexGuard<'_, CustomerKeys> {
        self.customers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn identity_index(&self, identity: &Identity) -> BlindIndex {
        let tag = self.hash(&[identity.attribute.as_bytes(), &[0], identity.value.as_bytes()]);
        let mut index = BlindIndex::default();
        index.copy_from_slice(&tag.as_ref()[..16]);
        index
    }

    pub(crate) fn mark_index(&self, mark: &Mark) -> BlindIndex {
        let (kind, bytes) = match mark {
            Mark::Agent(id) => (b"a", id.0.0.as_slice()),
            Mark::Queue(id) => (b"q", id.0.0.as_slice()),
            Mark::Channel(id) => (b"c", id.0.0.as_slice()),
            Mark::WrapUp(value) => (b"w", value.as_bytes()),
        };
        let tag = self.hash(&[b"\0conversation\0", kind, bytes]);
        let mut index = BlindIndex::default();
        index.copy_from_slice(&tag.as_ref()[..16]);
        index
    }

    /// Providers put numbers into the ids of messages, so these too are hashed with a key.
    pub(crate) fn message_hash(&self, id: &str) -> MessageHash {
        let tag = self.hash(&[b"\0message\0", id.as_bytes()]);
        let mut hash = [0; 8];
        hash.copy_from_slice(&tag.as_ref()[..8]);
        MessageHash::from_be_bytes(hash)
    }

    fn hash(&self, parts: &[&[u8]]) -> hmac::Tag {
        let ring = self.ring();
        let mut context = hmac::Context::with_key(&ring.index);
        for part in parts {
            context.update(part);
        }
        context.sign()
    }
}

/// A customer's key at rest: a twentieth of the room of one that is ready for use. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct CustomerSecret(Secret);

impl CustomerSecret {
    pub(crate) fn key(&self) -> Arc<SealKey> {
        Arc::new(SealKey::new(OWN_KEY, &self.0))
    }
}

/// Recently used customer keys in two generations: when the young one is full it becomes the old one, and what
/// was not asked for in the meantime is dropped. Both have their full size from the start: growing would leave
/// copies of keys behind that nobody wipes.
struct CustomerKeys {
    young: HashMap<CustomerId, CustomerSecret>,
    old: HashMap<CustomerId, CustomerSecret>,
    /// Rises with every erasure.
    erasures: u64,
}

impl Default for CustomerKeys {
    fn default() -> Self {
        let generation = || HashMap::with_capacity(CUSTOMER_KEYS_MAX / 2);
        Self { young: generation(), old: generation(), erasures: 0 }
    }
}

impl CustomerKeys {
    fn get(&mut self, id: CustomerId) -> Option<CustomerSecret> {
        if let Some(secret) = self.young.get(&id) {
            return Some(secret.clone());
        }
        let secret = self.old.get(&id)?.clone();
        self.put(id, secret.clone());
        Some(secret)
    }

    fn put(&mut self, id: CustomerId, secret: CustomerSecret) {
        if self.young.len() >= CUSTOMER_KEYS_MAX / 2 {
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
        self.young.insert(id, secret);
    }

    fn wipe(&mut self, id: CustomerId) {
        for generation in [&mut self.young, &mut self.old] {
            // Removing moves the value and leaves its bytes in the table.
            if let Some(secret) = generation.get_mut(&id) {
                secret.0.zeroize();
            }
            generation.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_read_in_base64_and_hex_and_never_shown() {
        let key = MasterKey::from_bytes([255; KEY_BYTES]);
        for text in
            [key.to_base64().to_string(), hex::encode([255; KEY_BYTES]), format!("{}\n", "ff".repeat(32))]
        {
            assert_eq!(*MasterKey::parse(&text).unwrap().0, [255; KEY_BYTES], "{text}");
        }
        for text in ["", "c2hvcnQ=", "zz", &"g".repeat(64)] {
            assert_eq!(MasterKey::parse(text).unwrap_err(), NotAMasterKey, "{text}");
        }
        assert_eq!(format!("{key:?}"), "MasterKey(..)");
    }

    #[test]
    fn a_wrapped_key_opens_with_its_master_number_and_purpose_only() {
        let master = MasterKey::generate();
        let row = master.wrap(2, Purpose::Data, &Zeroizing::new([9; KEY_BYTES]));
        assert_eq!(*master.unwrap(&row).unwrap(), [9; KEY_BYTES]);
        assert!(MasterKey::generate().unwrap(&row).is_none());
        assert!(master.unwrap(&KeyRow { kid: 3, ..row.clone() }).is_none());
        assert!(master.unwrap(&KeyRow { purpose: Purpose::Index, ..row }).is_none());
    }

    #[test]
    fn the_key_cache_is_bounded_and_keeps_what_is_used() {
        let mut keys = CustomerKeys::default();
        let key = CustomerSecret(Zeroizing::new([1; KEY_BYTES]));
        let id = |n: u32| {
            let mut bytes = [0; 12];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            CustomerId(tieline_core::id::Id(bytes))
        };
        let room = (keys.young.capacity(), keys.old.capacity());
        for n in 0..100_000 {
            keys.put(id(n), key.clone());
            assert!(keys.get(id(0)).is_some());
            assert!(keys.young.len() + keys.old.len() <= CUSTOMER_KEYS_MAX);
        }
        assert!(keys.get(id(1)).is_none());
        assert_eq!((keys.young.capacity(), keys.old.capacity()), room);
    }
}
