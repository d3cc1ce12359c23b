//! Sockets that share one connection of HTTP/2, as browsers and proxies open them.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tieline_core::registry::Role;
use tieline_server::token::Scope;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role as End;

use crate::crash::desk_client::{Desk, SignedIn};
use crate::crash::trunk::Trunk;
use crate::desk::customer_says;
use crate::hub::{TestHub, hub};

const DESKS: &str = "/agent-manager/socket.io/?EIO=4&transport=websocket";

impl TestHub {
    async fn trunk(&self) -> Trunk {
        Trunk::open(&format!("http://{}", self.address)).await.unwrap()
    }

    /// An agent who has just signed in at a desk.
    async fn agent(&self, username: &str) -> SignedIn {
        let user = self.add_user(username, &[Role::Agent]).await;
        let token = self.token_of(&user, Scope::Desk);
        SignedIn { id: user.id.to_string(), user: json!({"tieline_session": token}) }
    }
}

/// The data of the next event of this name.
async fn hear(desk: &mut Desk, event: &str) -> Value {
    loop {
        let told = desk.told().await.unwrap();
        if told.event == event {
            return serde_json::from_str(&told.data).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn desks_that_share_a_connection_are_told_each_its_own() {
    let hub = hub().await;
    let line = hub.register("GENERIC", "7001", None).await;
    let mut trunk = hub.trunk().await;
    let mut amina = Desk::connect_on(&mut trunk, &hub.agent("amina").await).await.unwrap();
    let mut bilal = Desk::connect_on(&mut trunk, &hub.agent("bilal").await).await.unwrap();

    amina.get_ready().await.unwrap();
    customer_says(&hub, &line, "m1", "Hallo").await;
    let offer = hear(&mut amina, "taskRequest").await;
    amina.accept(&offer, "p1").await.unwrap();
    let topic = hear(&mut amina, "onTopicData").await;
    assert_eq!(topic["conversationId"], offer["conversationId"]);
    customer_says(&hub, &line, "m2", "Noch da?").await;
    while !hear(&mut amina, "onCimEvent").await["cimEvent"].as_str().unwrap().contains("Noch da?") {}

    // One goes; the other stays, and has heard nothing of her conversation.
    drop(amina);
    bilal.get_ready().await.unwrap();
    let mut is_ready = false;
    while !is_ready {
        let told = bilal.told().await.unwrap();
        assert!(
            !["taskRequest", "onTopicData", "onCimEvent"].contains(&told.event.as_str()),
            "{}",
            told.data
        );
        is_ready = told.event == "agentPresence" && told.data.contains(r#""name":"READY""#);
    }
}

/// The hub's own page signs in by its cookie, which browsers send from any page that opens a socket here.
#[tokio::test]
async fn a_cookie_counts_on_a_shared_connection_where_the_page_is_the_hubs_own() {
    let hub = hub().await;
    let mut trunk = hub.trunk().await;
    let amina = hub.agent("amina").await;
    let cookie = format!("tieline_session={}", amina.user["tieline_session"].as_str().unwrap());
    let here = format!("http://{}", hub.address);
    for (origin, answer) in [(here.as_str(), "40{"), ("http://elsewhere.example", "44{")] {
        let headers = [("origin", origin), ("cookie", "theme=dark"), ("cookie", cookie.as_str())];
        let wire = trunk.socket(DESKS, &headers).await.unwrap();
        let mut page = WebSocketStream::from_raw_socket(wire, End::Client, None).await;
        page.next().await.unwrap().unwrap();
        page.send("40".into()).await.unwrap();
        let mut told = page.next().await.unwrap().unwrap();
        while told.to_text().unwrap() == "2" {
            told = page.next().await.unwrap().unwrap();
        }
        assert!(told.to_text().unwrap().starts_with(answer), "{origin}: {told}");
    }
}

#[tokio::test]
async fn a_customers_page_may_share_a_connection_too() {
    let hub = hub().await;
    let mut trunk = hub.trunk().await;
    let address = "//web-channel-manager/socket.io/?EIO=4&transport=websocket";
    let wire = trunk.socket(address, &[]).await.unwrap();
    let mut page = WebSocketStream::from_raw_socket(wire, End::Client, None).await;
    let first = page.next().await.unwrap().unwrap();
    assert!(first.to_text().unwrap().starts_with(r#"0{"sid":"#), "{first}");
}

#[tokio::test]
async fn what_is_no_socket_is_not_opened_as_one() {
    let hub = hub().await;
    let mut trunk = hub.trunk().await;
    for (path, status) in [
        ("/healthz", "400"),
        ("/agent-manager/socket.io/?EIO=4&transport=polling", "400"),
        ("/agent-manager/socket.io/?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAAAA", "400"),
        ("/unified-admin/forms", "401"),
        ("/nowhere", "404"),
        ("/ccm/message/receive", "405"),
    ] {
        let refused = trunk.socket(path, &[]).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.starts_with(&format!("the hub opened no socket: {status}")), "{path}: {refused}");
    }
    trunk.socket(DESKS, &[]).await.unwrap();
}
