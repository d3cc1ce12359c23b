use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{Request, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_server::problem::{ApiError, InTheWay, Json};
use tower::ServiceExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: u32,
}

async fn call(content_type: &str, body: &str) -> Response<Body> {
    let router = Router::new()
        .route("/", post(async |Json(order): Json<Order>| Json(json!({"id": order.id}))))
        .layer(DefaultBodyLimit::max(64));
    let request = Request::post("/").header("content-type", content_type).body(Body::from(body.to_owned()));
    router.oneshot(request.unwrap()).await.unwrap()
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 4096).await.unwrap()).unwrap()
}

#[tokio::test]
async fn bodies() {
    let long = "x".repeat(65);
    for (content_type, body, status, message, field) in [
        ("application/json", "{\"id\":1}", 200, None, None),
        ("text/plain", "{\"id\":1}", 200, None, None),
        ("application/json", "", 400, Some("the body is empty"), None),
        ("application/json", "{", 400, Some("the body is not JSON: EOF while parsing"), None),
        ("application/json", "{}", 400, Some("missing field `id` at line 1 column 2"), Some("id")),
        ("application/json", "{\"ip\":1}", 400, Some("unknown field `ip`"), Some("ip")),
        ("application/json", "{\"id\":\"x\"}", 400, Some("invalid type: string \"x\", expected u32"), None),
        ("application/json", &long, 413, Some("the body is larger than this server accepts"), None),
    ] {
        let response = call(content_type, body).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
        let answer = json_of(response).await;
        if let Some(message) = message {
            assert!(answer["message"].as_str().unwrap().starts_with(message), "{answer}");
        }
        assert_eq!(answer.get("field").and_then(Value::as_str), field, "{answer}");
    }
}

#[tokio::test]
async fn a_conflict_names_what_is_in_the_way() {
    let in_the_way = InTheWay { kind: "channel", id: "7".into(), name: "Web".into() };
    let error = ApiError::conflict("the connector is in use", in_the_way);
    let answer: BTreeMap<String, Value> =
        serde_json::from_value(json_of(axum::response::IntoResponse::into_response(error)).await).unwrap();
    let expected = json!({
        "status": "CONFLICT",
        "message": "the connector is in use",
        "description": "Change or remove the channel \"Web\" first.",
        "code": "conflict",
        "conflict": {"kind": "channel", "id": "7", "name": "Web"},
        "error": {"error_message": "CONFLICT", "error_detail": {"reason": "the connector is in use"}},
    });
    assert_eq!(json!(answer), expected);
}
