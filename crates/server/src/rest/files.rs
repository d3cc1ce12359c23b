//! The file engine: attachments up, attachments and logos down.
//!
//! Whoever knows a file's name may read it: names of uploads cannot be guessed, and widgets and desks load them as
//! plain pictures. Uploading needs a sign-in, a connector's credentials, or an open web chat at the
//! caller's address.

use std::convert::Infallible;

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::Why;
use tieline_cim::ccm::Uploaded;
use tieline_core::permission::{Action, Resource};

use super::query::Query;
use super::stranger::Anybody;
use crate::app::SharedApp;
use crate::auth::Visitor;
use crate::files::{FileError, FileStat, Files, Stored};
use crate::problem::{ApiError, ClientAddress};

/// Characters of the id a file's name begins with.
const ROOM_CHARS_MAX: usize = 64;

#[derive(Debug, Deserialize)]
pub struct Named {
    filename: String,
}

/// Takes a file. The parts of the form may come in any order.
pub async fn upload(
    State(app): State<SharedApp>,
    caller: Anybody<Visitor>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Answer<Uploaded>, UploadRefused> {
    match caller {
        Anybody::Known(Visitor::Person(person)) => person.may(Resource::Conversations, Action::Manage)?,
        Anybody::Known(Visitor::Connector(_) | Visitor::Open(_)) => {}
        Anybody::Page { address, .. } if app.web.is_chatting(address) => {}
        Anybody::Page { refused, .. } => return Err(refused.into()),
    }
    let mut form = form.map_err(no_form)?;
    let (mut file, mut room) = (None, String::new());
    while let Some(field) = form.next_field().await.map_err(broken_form)? {
        match field.name() {
            Some("file") => file = Some(FilePart::read(field, app.config.files.bytes_max).await?),
            Some("conversationId" | "roomInfo") => {
                room = field.text().await.map_err(broken_form)?.chars().take(ROOM_CHARS_MAX).collect();
            }
            _ => {}
        }
    }
    let file = file.ok_or_else(|| {
        ApiError::bad_request(
            "file",
            "the form has no part called \"file\"",
            "Send the file as part \"file\".",
        )
    })?;
    let stored = file.store(&app.files, &room).await.map_err(refused)?;
    Ok(Answer(Uploaded {
        message: "File uploaded successfully".into(),
        etag: stored.etag,
        name: stored.name,
        kind: stored.mime.into(),
        size: i64::try_from(stored.size).unwrap_or(i64::MAX),
        ..Uploaded::default()
    }))
}

pub async fn download(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Query(Named { filename }): Query<Named>,
) -> Result<Response, ApiError> {
    app.limits.public(address)?;
    match app.files.get(&filename).await {
        Ok(download) => {
            let headers = download.headers();
            Ok((headers, Body::from_stream(download.content)).into_response())
        }
        Err(FileError::NotFound { .. }) if shipped_logo(&filename).is_some() => {
            let picture = shipped_logo(&filename).unwrap_or_default();
            let headers = [
                (header::CONTENT_TYPE, "image/svg+xml"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            ];
            Ok((headers, picture).into_response())
        }
        Err(error) => Err(refused(error)),
    }
}

pub async fn stat(
    State(app): State<SharedApp>,
    _visitor: Visitor,
    Query(Named { filename }): Query<Named>,
) -> Result<Answer<Value>, ApiError> {
    let FileStat { name, mime, size, modified_seconds } = app.files.stat(&filename).await.map_err(refused)?;
    let modified = modified_seconds.saturating_mul(1000);
    Ok(Answer(json!({"name": name, "type": mime, "size": size, "lastModified": modified})))
}

/// The file of a form, read whole: its prefix may come after it.
pub struct FilePart {
    name: String,
    declared_type: Option<String>,
    content: Bytes,
}

impl FilePart {
    pub async fn read(mut field: Field<'_>, bytes_max: usize) -> Result<Self, ApiError> {
        let name = field.file_name().unwrap_or_default().to_owned();
        let declared_type = field.content_type().map(str::to_owned);
        let mut content = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(broken_form)? {
            if content.len() + chunk.len() > bytes_max {
                return Err(refused(FileError::TooLarge { bytes_max }));
            }
            content.extend_from_slice(&chunk);
        }
        Ok(Self { name, declared_type, content: content.freeze() })
    }

    pub async fn store(self, files: &Files, prefix: &str) -> Result<Stored, FileError> {
        let body = stream::iter([Ok::<_, Infallible>(self.content)]);
        files.put(prefix, &self.name, self.declared_type.as_deref(), body).await
    }
}

pub fn refused(error: FileError) -> ApiError {
    match error {
        FileError::NotFound { .. } => ApiError::not_found(error),
        FileError::TooLarge { bytes_max } => {
            ApiError::too_large(error).coded(&Why::FileLarge { max: bytes_max })
        }
        FileError::Refused(why) => ApiError::bad_request("file", &why, "Send another file.").coded(&why),
        FileError::Busy => ApiError::unavailable(std::time::Duration::from_secs(1)),
        FileError::Storage(error) => ApiError::internal(error),
        FileError::Interrupted { .. } => ApiError::bad_request("file", error, "Send the file again."),
    }
}

const SEND_A_FORM: &str = "Send multipart/form-data with a part called \"file\".";

pub fn no_form(rejection: MultipartRejection) -> ApiError {
    ApiError::malformed(rejection.body_text(), SEND_A_FORM)
}

pub fn broken_form(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::too_large("the form is larger than this server accepts");
    }
    ApiError::malformed(error.body_text(), SEND_A_FORM)
}

/// An error as clients of the file engine read it: with a `Message` beside what every error has.
pub struct UploadRefused(ApiError);

impl From<ApiError> for UploadRefused {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for UploadRefused {
    fn into_response(self) -> Response {
        let mut body = self.0.body();
        body["Message"] = body["message"].clone();
        let (parts, _) = self.0.into_response().into_parts();
        let mut response = Answer(body).into_response();
        *response.status_mut() = parts.status;
        // What is to be noted of the refusal.
        *response.extensions_mut() = parts.extensions;
        for (name, value) in &parts.headers {
            if !matches!(*name, header::CONTENT_LENGTH | header::CONTENT_TYPE) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}

/// A plain logo for the channel types that come out of the box, until somebody gives them a better one:
/// `_WHATSAPP.svg` shows a W.
fn shipped_logo(name: &str) -> Option<String> {
    let channel_type = name.strip_prefix('_')?.strip_suffix(".svg")?;
    let initial = channel_type.chars().next().filter(char::is_ascii_uppercase)?;
    let known = channel_type.len() <= 20 && channel_type.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    // A colour of its own for every type, always the same.
    let hue = channel_type.bytes().fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 360);
    known.then(|| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">\
             <circle cx=\"16\" cy=\"16\" r=\"16\" fill=\"hsl({hue} 55% 40%)\"/>\
             <text x=\"16\" y=\"22\" font-family=\"sans-serif\" font-size=\"17\" fill=\"#fff\" \
             text-anchor=\"middle\">{initial}</text></svg>"
        )
    })
}
