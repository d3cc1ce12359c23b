//! Files in a folder and in an S3-compatible store: both keep the same promises.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tieline_server::config::{FilesConfig, FilesKind, S3Config};
use tieline_server::files::{FileError, Files, Stored};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const BUCKET: &str = "tieline-files";
const KEY: &str = "the-id-of-a-key";
const SECRET: &str = "the-secret-of-a-key";

/// A file store, and the folder its files end up in.
struct Shelf {
    files: Files,
    path: PathBuf,
    _folder: TempDir,
}

impl Shelf {
    /// One of each kind.
    async fn all() -> [Self; 2] {
        [Self::folder(), Self::s3().await]
    }

    fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("files");
        let config = FilesConfig { path: path.clone(), bytes_max: 1024, ..FilesConfig::default() };
        Self { files: Files::new(&config).unwrap(), path, _folder: folder }
    }

    async fn s3() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BUCKET);
        std::fs::create_dir(&path).unwrap();
        let s3 = S3Config {
            endpoint: Some(serve_s3(folder.path()).await.parse().unwrap()),
            bucket: Some(BUCKET.into()),
            access_key_id: Some(KEY.into()),
            secret_access_key: Some(SECRET.into()),
            ..S3Config::default()
        };
        let config = FilesConfig { kind: FilesKind::S3, bytes_max: 1024, s3, ..FilesConfig::default() };
        Self { files: Files::new(&config).unwrap(), path, _folder: folder }
    }

    /// The folder beside which files are kept.
    fn outside(&self) -> &Path {
        self.path.parent().unwrap()
    }

    fn held(&self) -> usize {
        std::fs::read_dir(&self.path).unwrap().count()
    }
}

/// A server that checks signatures and keeps buckets as folders.
async fn serve_s3(root: &Path) -> String {
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let failed = async |_| StatusCode::INTERNAL_SERVER_ERROR;
    let router = Router::new().fallback_service(HandleError::new(service.build(), failed));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

async fn put(files: &Files, prefix: &str, name: &str, content: &[u8]) -> Result<Stored, FileError> {
    let chunks: Vec<_> =
        content.chunks(7).map(|chunk| Ok::<_, Infallible>(Bytes::copy_from_slice(chunk))).collect();
    files.put(prefix, name, None, stream::iter(chunks)).await
}

async fn content(files: &Files, name: &str) -> Vec<u8> {
    let chunks: Vec<Bytes> = files.get(name).await.unwrap().content.try_collect().await.unwrap();
    chunks.concat()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_until_it_is_deleted() {
    for shelf in &Shelf::all().await {
        let files = &shelf.files;
        let stored = put(files, "13318", "my photo ن.PNG", PNG).await.unwrap();
        assert!(
            stored.name.starts_with("13318_") && stored.name.ends_with("_my_photo_ن.PNG"),
            "{}",
            stored.name
        );
        assert_eq!(stored.name.split('_').nth(1).unwrap().len(), 16);
        assert_eq!((stored.mime, stored.size, stored.etag.len()), ("image/png", PNG.len() as u64, 32));
        assert_eq!(content(files, &stored.name).await, PNG);

        let stat = files.stat(&stored.name).await.unwrap();
        assert_eq!((stat.mime, stat.size), ("image/png", PNG.len() as u64));
        let headers = files.get(&stored.name).await.unwrap().headers();
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers["content-disposition"].to_str().unwrap().ends_with("_my_photo_%D9%86.PNG"));

        files.delete(&stored.name).await.unwrap();
        for missing in [files.stat(&stored.name).await.err(), files.get(&stored.name).await.err()] {
            assert!(matches!(missing, Some(FileError::NotFound { .. })), "{missing:?}");
        }
    }
}

#[tokio::test]
async fn the_same_upload_twice_has_two_names() {
    for shelf in &Shelf::all().await {
        let files = &shelf.files;
        let one = put(files, "1", "a.txt", b"x").await.unwrap();
        let two = put(files, "1", "a.txt", b"x").await.unwrap();
        assert_ne!(one.name, two.name);
        assert_eq!(one.etag, two.etag);
    }
}

#[tokio::test]
async fn refusals() {
    for shelf in &Shelf::all().await {
        let files = &shelf.files;
        for (name, content, expected) in [
            ("a.txt", vec![], "the file is empty"),
            ("a.txt", vec![b'x'; 1025], "the file is larger than 1024 bytes"),
            ("a.exe", vec![b'x'], "files of type \"exe\" are not accepted; accepted are png, "),
            ("a", vec![b'x'], "files of type \"\" are not accepted"),
            ("a.pdf", PNG.to_vec(), "the content is not that of a .pdf file, but image/png"),
            ("a.svg", b"<svg onload='x'/>".to_vec(), "the image contains a script, which is not accepted"),
        ] {
            let refused = put(files, "1", name, &content).await.unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
        let broken = stream::iter([Ok(Bytes::from_static(b"x")), Err("connection reset")]);
        let refused = files.put("1", "a.txt", None, broken).await.unwrap_err();
        assert_eq!(refused.to_string(), "the upload broke off: connection reset");
        let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 100]))).boxed();
        assert!(matches!(
            files.put("1", "a.txt", None, endless).await,
            Err(FileError::TooLarge { bytes_max: 1024 })
        ));
        assert_eq!(shelf.held(), 0);
    }
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    for shelf in &Shelf::all().await {
        let files = &shelf.files;
        std::fs::write(shelf.outside().join("secret.txt"), "secret").unwrap();
        for name in ["../../secret.txt", "..%2F..%2Fsecret.txt", "..\\..\\secret.txt", "/etc/passwd", "", "."]
        {
            assert!(matches!(files.get(name).await, Err(FileError::NotFound { .. })), "{name}");
            assert!(matches!(files.delete(name).await, Err(FileError::NotFound { .. })), "{name}");
        }
        let stored = put(files, "../..", "../../x.txt", b"x").await.unwrap();
        assert!(stored.name.starts_with('_') && !stored.name.contains('/'), "{}", stored.name);
        assert!(shelf.path.join(stored.name).exists());
    }
}

#[tokio::test]
async fn logos_keep_their_name_and_can_be_replaced() {
    for shelf in &Shelf::all().await {
        let files = &shelf.files;
        for image in ["<svg/>", "<svg></svg>"] {
            let stored = files.put_named("_WEB.svg", image.into()).await.unwrap();
            assert_eq!((stored.name.as_str(), stored.mime), ("_WEB.svg", "image/svg+xml"));
            assert_eq!(content(files, "_WEB.svg").await, image.as_bytes());
        }
        assert!(matches!(
            files.put_named("../x.svg", "<svg/>".into()).await,
            Err(FileError::NotFound { .. })
        ));
    }
}
