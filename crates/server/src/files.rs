//! Attachments and logos, kept in a folder or an S3-compatible store.
//!
//! Promises: a file's content agrees with its ending and its declared type; nothing larger than the limit is taken
//! in; a name cannot leave the store; the name of an uploaded file cannot be guessed, so that whoever knows it may
//! read it. SVG images with active content are refused.
//!
//! Left to others: who may upload, and the routes. A download should be answered with [`Download::headers`].

use std::fmt::{Display, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::rand;
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode};
use reqwest::Url;
use secrecy::ExposeSecret;
use serde_json::Value;
use tieline_cim::Why;
use tieline_core::time::At;
use tokio::sync::Semaphore;

use crate::config::{FilesConfig, FilesKind, S3Config};

mod content;

pub use content::is_known_extension;

/// Uploads held in memory at once; with the size limit this bounds memory.
const UPLOADS_IN_FLIGHT_MAX: usize = 16;
const PREFIX_CHARS_MAX: usize = 40;
const ORIGINAL_CHARS_MAX: usize = 100;
/// File systems allow 255 bytes for a name.
const ORIGINAL_BYTES_MAX: usize = 160;
const NAME_BYTES_MAX: usize = 250;
/// 64 random bits in a name: too many to try.
const RANDOM_BYTES: usize = 8;
const ETAG_BYTES: usize = 16;

/// Stores and returns files. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    bytes_max: usize,
    extensions: Arc<[String]>,
    uploads: Arc<Semaphore>,
}

/// A stored file, as the uploader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What to ask for to get it back; shown to people.
    pub name: String,
    pub mime: &'static str,
    pub size: u64,
    /// The first 16 bytes of the content's SHA-256 in hexadecimal: as long as the MD5 clients expect, but safe.
    pub etag: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStat {
    pub name: String,
    pub mime: &'static str,
    pub size: u64,
    /// Seconds since 1970.
    pub modified_seconds: i64,
}

/// A file on its way out.
pub struct Download {
    pub stat: FileStat,
    pub content: BoxStream<'static, Result<Bytes, object_store::Error>>,
}

/// Why a file is not stored or not found; the text is for the person who uploads.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{}", Why::FileLarge { max: *.bytes_max })]
    TooLarge { bytes_max: usize },
    /// It cannot be taken as it is.
    #[error("{0}")]
    Refused(Why),
    #[error("the upload broke off: {reason}")]
    Interrupted { reason: String },
    #[error("{name:?} is not the name of a file here")]
    NotFound { name: String },
    #[error("too many uploads at once; try again")]
    Busy,
    #[error("the file store failed: {0}")]
    Storage(#[source] object_store::Error),
}

/// Why the file store cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum FilesUnusable {
    #[error("cannot create the folder {} of files.path", .path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot use the file store: {0}")]
    Store(#[from] object_store::Error),
}

impl Files {
    pub fn new(config: &FilesConfig) -> Result<Self, FilesUnusable> {
        let store: Arc<dyn ObjectStore> = match config.kind {
            FilesKind::Folder => Arc::new(folder(&config.path)?),
            FilesKind::S3 => Arc::new(s3(&config.s3)?),
        };
        Ok(Self {
            store,
            bytes_max: config.bytes_max,
            extensions: config.extensions.iter().map(|extension| extension.to_lowercase()).collect(),
            uploads: Arc::new(Semaphore::new(UPLOADS_IN_FLIGHT_MAX)),
        })
    }

    /// Stores an upload as `<prefix>_<random>_<original name>`; of the prefix, letters and digits are kept.
    pub async fn put<E: Display>(
        &self,
        prefix: &str,
        original_name: &str,
        declared_type: Option<&str>,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, FileError> {
        let _turn = self.uploads.try_acquire().map_err(|_| FileError::Busy)?;
        let original = sanitised(original_name);
        self.check_extension(&original)?;
        let bytes = self.collect(body).await?;
        let prefix: String =
            prefix.chars().filter(char::is_ascii_alphanumeric).take(PREFIX_CHARS_MAX).collect();
        let name = format!("{prefix}_{}_{original}", random_hex());
        self.store_checked(name, declared_type, bytes, PutMode::Create).await
    }

    /// Stores a file of ours, such as a channel's logo, under exactly this name; replaces what is there.
    pub async fn put_named(&self, name: &str, bytes: Bytes) -> Result<Stored, FileError> {
        locate(name)?;
        self.check_extension(name)?;
        if bytes.len() > self.bytes_max {
            return Err(FileError::TooLarge { bytes_max: self.bytes_max });
        }
        self.store_checked(name.to_owned(), None, bytes, PutMode::Overwrite).await
    }

    pub async fn get(&self, name: &str) -> Result<Download, FileError> {
        let found = self.store.get(&locate(name)?).await.map_err(|error| storage(name, error))?;
        Ok(Download { stat: stat(name, &found.meta), content: found.into_stream() })
    }

    pub async fn stat(&self, name: &str) -> Result<FileStat, FileError> {
        let meta = self.store.head(&locate(name)?).await.map_err(|error| storage(name, error))?;
        Ok(stat(name, &meta))
    }

    pub async fn delete(&self, name: &str) -> Result<(), FileError> {
        self.store.delete(&locate(name)?).await.map_err(|error| storage(name, error))
    }

    /// Deletes a file that was stored at this time or later; leaves an older one.
    pub async fn delete_if_from(&self, name: &str, from: At) -> Result<(), FileError> {
        match self.stat(name).await? {
            stat if At::from_millis(stat.modified_seconds.saturating_mul(1000)) < from => Ok(()),
            _ => self.delete(name).await,
        }
    }

    fn check_extension(&self, name: &str) -> Result<(), FileError> {
        let extension = content::extension(name);
        if self.extensions.contains(&extension) && is_known_extension(&extension) {
            return Ok(());
        }
        Err(FileError::Refused(Why::FileType { ending: extension, accepted: self.extensions.join(", ") }))
    }

    async fn collect<E: Display>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Bytes, FileError> {
        let mut body = pin!(body);
        let mut collected = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| FileError::Interrupted { reason: error.to_string() })?;
            if collected.len() + chunk.len() > self.bytes_max {
                return Err(FileError::TooLarge { bytes_max: self.bytes_max });
            }
            collected.extend_from_slice(&chunk);
        }
        Ok(collected.freeze())
    }

    async fn store_checked(
        &self,
        name: String,
        declared_type: Option<&str>,
        bytes: Bytes,
        mode: PutMode,
    ) -> Result<Stored, FileError> {
        if bytes.is_empty() {
            return Err(FileError::Refused(Why::FileEmpty));
        }
        let mime = content::check(&content::extension(&name), declared_type, &bytes);
        let mime = mime.map_err(FileError::Refused)?;
        let location = locate(&name)?;
        let size = bytes.len() as u64;
        let etag = hex::encode(&digest::digest(&SHA256, &bytes).as_ref()[..ETAG_BYTES]);
        self.store.put_opts(&location, bytes.into(), mode.into()).await.map_err(FileError::Storage)?;
        Ok(Stored { name, mime, size, etag })
    }
}

impl Download {
    /// Headers that let a browser show the file, and nothing in it act.
    pub fn headers(&self) -> HeaderMap {
        let charset = if self.stat.mime.starts_with("text/") { "; charset=utf-8" } else { "" };
        let mut headers = HeaderMap::new();
        let mut set = |name, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, format!("{}{charset}", self.stat.mime));
        set(header::CONTENT_LENGTH, self.stat.size.to_string());
        set(
            header::CONTENT_DISPOSITION,
            format!("inline; filename*=UTF-8''{}", percent_encoded(&self.stat.name)),
        );
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff".into());
        set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox".into());
        headers
    }
}

fn folder(path: &std::path::Path) -> Result<LocalFileSystem, FilesUnusable> {
    std::fs::create_dir_all(path).map_err(|source| FilesUnusable::Folder { path: path.into(), source })?;
    // A file we acknowledge must survive a crash, as a message does.
    Ok(LocalFileSystem::new_with_prefix(path)?.with_fsync(true))
}

fn s3(config: &S3Config) -> Result<impl ObjectStore, FilesUnusable> {
    let mut builder = AmazonS3Builder::from_env().with_region(&config.region);
    if let Some(bucket) = &config.bucket {
        builder = builder.with_bucket_name(bucket);
    }
    if let Some(endpoint) = &config.endpoint {
        let address = endpoint.as_str().trim_end_matches('/');
        builder = builder.with_endpoint(address).with_allow_http(endpoint.scheme() == "http");
    }
    if let Some(id) = &config.access_key_id {
        builder = builder.with_access_key_id(id);
    }
    if let Some(secret) = &config.secret_access_key {
        builder = builder.with_secret_access_key(secret.expose_secret());
    }
    Ok(builder.build()?)
}

/// The place of a name. Only letters, digits, `.`, `-` and `_` are ever part of a name, so none can lead elsewhere.
fn locate(name: &str) -> Result<Path, FileError> {
    let fits = name.len() <= NAME_BYTES_MAX && !name.is_empty() && !name.starts_with('.');
    let not_found = || FileError::NotFound { name: name.to_owned() };
    if !fits || !name.chars().all(may_be_in_name) {
        return Err(not_found());
    }
    Path::parse(name).map_err(|_| not_found())
}

/// Names of files here whose addresses are values of a JSON text.
pub fn names_in(json: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(json) {
        gather_names(&value, &mut found);
    }
    found
}

fn gather_names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(name_in(text)),
        Value::Array(items) => items.iter().for_each(|item| gather_names(item, found)),
        Value::Object(members) => members.values().for_each(|member| gather_names(member, found)),
        _ => {}
    }
}

fn name_in(address: &str) -> Option<String> {
    let (_, query) = address.split_once("/downloadFileStream?")?;
    let asked = Url::parse(&format!("query:?{query}")).ok()?;
    let (_, name) = asked.query_pairs().find(|(key, _)| key == "filename")?;
    locate(&name).ok().map(|_| name.into_owned())
}

fn may_be_in_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

/// The name with everything but letters, digits, `.`, `-` and `_` replaced by `_`; shortened before its ending.
fn sanitised(name: &str) -> String {
    let clean: String =
        name.trim().chars().map(|letter| if may_be_in_name(letter) { letter } else { '_' }).collect();
    let (stem, ending) = clean.rsplit_once('.').map_or((clean.as_str(), ""), |(stem, ending)| (stem, ending));
    let dot = usize::from(!ending.is_empty());
    let chars_left = ORIGINAL_CHARS_MAX.saturating_sub(ending.chars().count() + dot);
    let mut bytes_left = ORIGINAL_BYTES_MAX.saturating_sub(ending.len() + dot);
    let fits = |letter: &char| {
        let fits = letter.len_utf8() <= bytes_left;
        bytes_left = bytes_left.saturating_sub(letter.len_utf8());
        fits
    };
    let mut short: String = stem.chars().take(chars_left).take_while(fits).collect();
    if short.is_empty() {
        short.push_str("file");
    }
    if dot == 1 {
        short.push('.');
        short.push_str(ending);
    }
    short
}

fn random_hex() -> String {
    let mut bytes = [0; RANDOM_BYTES];
    rand::fill(&mut bytes).expect("the operating system provides random bytes");
    hex::encode(bytes)
}

/// As it stands in a query or a header.
pub(crate) fn percent_encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn stat(name: &str, meta: &ObjectMeta) -> FileStat {
    FileStat {
        name: name.to_owned(),
        mime: content::mime(&content::extension(name)),
        size: meta.size,
        modified_seconds: meta.last_modified.timestamp(),
    }
}

fn storage(name: &str, error: object_store::Error) -> FileError {
    match error {
        object_store::Error::NotFound { .. } => FileError::NotFound { name: name.to_owned() },
        error => FileError::Storage(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_letters_and_digits_only() {
        for (name, expected) in [
            ("photo.png", "photo.png"),
            ("my photo (1).png", "my_photo__1_.png"),
            ("a&b#c+d%e/f\\g.pdf", "a_b_c_d_e_f_g.pdf"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("تصویر.jpg", "تصویر.jpg"),
            ("archive.tar.PDF", "archive.tar.PDF"),
            (".png", "file.png"),
            ("", "file"),
            ("line\nbreak\0.txt", "line_break_.txt"),
        ] {
            assert_eq!(sanitised(name), expected, "{name}");
        }
        let long = sanitised(&format!("{}.png", "x".repeat(500)));
        assert_eq!((long.len(), long.ends_with("x.png")), (100, true));
        let wide = sanitised(&format!("{}.png", "語".repeat(500)));
        assert!(wide.len() <= ORIGINAL_BYTES_MAX && wide.ends_with("語.png"), "{wide}");
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_found() {
        for name in [
            "",
            ".",
            "..",
            "../x.png",
            "a/b.png",
            "a\\b.png",
            "/etc/passwd",
            ".hidden",
            "a%2Fb",
            "a\0.png",
            "x#1",
        ] {
            assert!(matches!(locate(name), Err(FileError::NotFound { .. })), "{name}");
        }
        for name in ["_WEB.svg", "1_0a_x.png", "تصویر.jpg", "a..b.png"] {
            assert!(locate(name).is_ok(), "{name}");
        }
    }
}
