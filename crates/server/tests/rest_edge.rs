//! What holds for every route, files, and the API's description of itself.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tieline_server::openapi;
use tieline_server::rest::routes::routes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::interval;

use crate::desk_scene::{check_covers, fixture};
use crate::hub::{hub, hub_with};

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    body
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_like_every_error() {
    let hub = hub().await;
    let stranger = hub.stranger();
    let missing = stranger.get("/ccm/nothing").await;
    assert_eq!(missing.headers["x-content-type-options"], "nosniff");
    assert_eq!(missing.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(missing.expect(404)["code"], "no_such_path");
    let wrong = stranger.delete("/ccm/message/receive").await;
    assert_eq!(wrong.expect(405)["status"], "METHOD_NOT_ALLOWED");
    let preflight = stranger
        .with("origin", "https://shop.example")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "authorization,content-type")
        .call(Method::OPTIONS, "/ccm/message/receive", None)
        .await;
    assert_eq!(
        (preflight.status, &preflight.headers["access-control-allow-origin"]),
        (200, &"*".parse().unwrap())
    );
    assert_eq!(preflight.headers["access-control-allow-headers"], "authorization,content-type");
    assert!(!preflight.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn the_process_says_how_it_is() {
    let hub = hub().await;
    for (path, part) in [
        ("/healthz", "UP"),
        ("/readyz", "READY"),
        ("/metrics", "tieline_http_request_seconds"),
        ("/openapi.json", "\"3.1.0\""),
        ("/docs", "/ccm/message/receive"),
    ] {
        let answer = hub.stranger().get(path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains(part), "{path}: {}", answer.text);
    }
    let page = hub.stranger().get("/docs").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!page.text.contains("<script") && !page.text.contains("style=") && !page.text.contains("://"));
    for link in page.text.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.text.contains(&format!("id=\"{target}\"")), "nothing is at #{target}");
    }
}

#[tokio::test]
async fn a_body_that_trickles_in_is_cut_off() {
    let hub = hub_with(|config| config.listen.request_timeout = Duration::from_secs(1)).await;
    let web = hub.register("WEB", "1000", None).await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    let head = format!(
        "POST /ccm/message/receive HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 1000\r\n\r\n{{",
        web.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut heard, mut said) = stream.split();
    let trickle = async {
        let mut ticks = interval(Duration::from_millis(10));
        while said.write_all(b" ").await.is_ok() {
            ticks.tick().await;
        }
        // The answer may still be on its way.
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        read = heard.read_to_end(&mut answer) => drop(read),
        () = trickle => {}
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("\"timeout\""), "{answer}");
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let hub = hub().await;
    let web = hub.register("WEB", "1000", None).await;
    let upload = "/file-engine/api/uploadFileStream";
    let multipart = hub.bearer(&web.token).with("content-type", "multipart/form-data; boundary=x");
    let file: (&str, Option<&str>, &[u8]) = ("file", Some("developer photo.png"), PNG);
    for parts in [[file, ("conversationId", None, b"13318")], [("roomInfo", None, b"13318"), file]] {
        let stored = multipart.call(Method::POST, upload, Some(form(&parts).into())).await.expect(200);
        check_covers("17", &fixture("17-file-engine-upload-response"), stored.clone());
        let name = stored["name"].as_str().unwrap();
        assert!(name.starts_with("13318_") && name.ends_with("developer_photo.png"), "{name}");
        assert_eq!((&stored["type"], &stored["size"]), (&json!("image/png"), &json!(PNG.len())));
        let path = format!("/file-engine/api/downloadFileStream?filename={name}");
        let down = hub.stranger().get(&path).await;
        assert_eq!((down.status, &down.headers["content-type"]), (200, &"image/png".parse().unwrap()));
        let shown = down.headers["content-disposition"].to_str().unwrap();
        assert!(shown.starts_with("inline"), "desks and widgets show pictures where they stand: {shown}");
        let stat = format!("/file-engine/api/getFileStat?filename={name}");
        assert_eq!(hub.bearer(&web.token).get(&stat).await.expect(200)["size"], PNG.len());
    }
    let big = vec![b'x'; 6 * 1024 * 1024];
    for (parts, status) in [
        (form(&[("file", Some("x.exe"), b"MZ")]), 400),
        (form(&[("file", Some("x.txt"), b"")]), 400),
        (form(&[("conversationId", None, b"1")]), 400),
        (form(&[("file", Some("x.txt"), &big)]), 413),
        (b"nonsense".to_vec(), 400),
    ] {
        let refused = multipart.call(Method::POST, upload, Some(parts.into())).await;
        assert_eq!(refused.status, status, "{}", refused.text);
        assert!(refused.body["Message"].is_string(), "{}", refused.text);
    }
    let stranger = hub.stranger().with("content-type", "multipart/form-data; boundary=x");
    stranger.call(Method::POST, upload, Some(form(&[file]).into())).await.expect(401);
    hub.stranger().get("/file-engine/api/downloadFileStream?filename=nothing.png").await.expect(404);
    hub.stranger().get("/file-engine/api/downloadFileStream").await.expect(400);
}

#[tokio::test]
async fn channel_types_have_logos() {
    let hub = hub().await;
    let admin = hub.admin().await;
    let shipped = hub.stranger().get("/file-engine/api/downloadFileStream?filename=_WHATSAPP.svg").await;
    assert_eq!((shipped.status, &shipped.headers["content-type"]), (200, &"image/svg+xml".parse().unwrap()));
    let path = format!("/ccm/channel-types/{}", hub.channel_type("WEB"));
    let multipart = admin.with("content-type", "multipart/form-data; boundary=x");
    let body = form(&[("file", Some("logo.png"), PNG)]);
    let changed = multipart.call(Method::POST, &format!("{path}/logo"), Some(body.into())).await.expect(200);
    let logo = changed["channelLogo"].as_str().unwrap();
    let down = hub.stranger().get(&format!("/file-engine/api/downloadFileStream?filename={logo}")).await;
    assert_eq!(down.status, 200);
    let text = form(&[("file", Some("logo.txt"), b"no picture")]);
    multipart.call(Method::POST, &format!("{path}/logo"), Some(text.into())).await.expect(400);
}

#[test]
fn the_checked_in_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let document = openapi::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == document, "openapi.json is not what is served; run this test with UPDATE_OPENAPI=1");
}

#[test]
fn every_route_is_in_the_document_and_every_shape_it_names_exists() {
    let document: Value = serde_json::from_str(&openapi::document().to_json().unwrap()).unwrap();
    for route in routes(0) {
        let verb = format!("{:?}", route.verb).to_lowercase();
        assert!(document["paths"][route.path][&verb].is_object(), "{verb} {}", route.path);
        assert!(!route.summary.is_empty() && !route.tag.is_empty(), "{verb} {}", route.path);
    }
    let text = document.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name: String = text[at + 21..].chars().take_while(|letter| *letter != '"').collect();
        assert!(document["components"]["schemas"][&name].is_object(), "{name}");
    }
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}");
        }
    }
}
