//! The web channel without sockets: what pages send becomes messages, what the hub sends becomes what widgets paint,
//! and whose chat it is.

use serde_json::{Value, json};
use tieline_cim::{Message, SenderType};
use tieline_connectors::Accepted;
use tieline_connectors::web::chat::{Browser, News, Session};
use tieline_connectors::web::{Chat, Identity, Request, inbound, outbound};

fn fixture(name: &str) -> Value {
    let path = format!("{}/../cim/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn jonas() -> Identity {
    Identity { service: "7001".into(), customer: "+4915170011223".into() }
}

#[test]
fn who_a_socket_says_it_is() {
    for (auth, expected) in [
        (json!({"serviceIdentifier": " 7001 ", "channelCustomerIdentifier": "+4915170011223"}), Ok(jonas())),
        (json!({"serviceIdentifier": 7001, "channelCustomerIdentifier": "+4915170011223"}), Ok(jonas())),
        (json!({"serviceIdentifier": "7001"}), Err("channelCustomerIdentifier")),
        (
            json!({"serviceIdentifier": "7001", "channelCustomerIdentifier": "x".repeat(256)}),
            Err("channelCustomerIdentifier"),
        ),
        (json!({"serviceIdentifier": "", "channelCustomerIdentifier": "x"}), Err("serviceIdentifier")),
        (Value::Null, Err("serviceIdentifier")),
    ] {
        match (Identity::of_auth(&auth), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(invalid), Err(field)) => assert!(invalid.to_string().contains(field), "{invalid}"),
            (found, expected) => panic!("{auth}: {found:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn a_request_for_a_chat() {
    for (name, first) in
        [("33-widget-CHAT_REQUESTED", "Jonas"), ("54-widget-CHAT_REQUESTED-sample-widget", "Jonas")]
    {
        let sent = fixture(name);
        let message = inbound::start(&jonas(), &sent, "b1").unwrap();
        assert_eq!(message.check_inbound(), Ok(()));
        let header = json!(message.header);
        assert_eq!(header["intent"], "START_CHAT");
        assert_eq!(header["sender"]["id"], "460df46c-adf9-11ed-afa1-0242ac120002");
        assert_eq!(header["channelData"]["customerFirstName"], first);
        assert_eq!(header["channelData"]["customerLastName"], "Brandt");
        let attributes = &header["channelData"]["additionalAttributes"];
        assert_eq!(attributes[0], sent["additionalAttributes"][0], "what was filled in travels whole");
        assert_eq!(attributes[1]["value"], "b1");
    }
    let mut other = fixture("33-widget-CHAT_REQUESTED");
    other["channelCustomerIdentifier"] = "+49000".into();
    assert!(inbound::start(&jonas(), &other, "b1").is_err());
    let mut forged = fixture("33-widget-CHAT_REQUESTED");
    forged["additionalAttributes"][0] =
        json!({"key": inbound::BROWSER, "type": "String100", "value": "thief"});
    let message = inbound::start(&jonas(), &forged, "b1").unwrap();
    let attributes = &message.header.channel_data.additional_attributes;
    assert_eq!(attributes.iter().map(|one| one.value.as_str().unwrap()).collect::<Vec<_>>(), ["b1"]);
}

#[test]
fn messages_of_widgets() {
    let text = inbound::said(&jonas(), &fixture("34-widget-MESSAGE_RECEIVED-client-to-server")).unwrap();
    assert_eq!(text.body.markdown_text(), Some("Mein Router startet dauernd neu."));
    assert_eq!(text.header.sender.kind, SenderType::Connector);
    assert_eq!(text.check_inbound(), Ok(()));
    let files = fixture("53-widget-MESSAGE_RECEIVED-files-client-to-server");
    for file in files.as_array().unwrap() {
        let message = inbound::said(&jonas(), file).unwrap();
        assert_eq!(message.check_inbound(), Ok(()), "{file}");
        let attachment = &json!(message.body)["attachment"];
        assert_eq!(attachment["mediaUrl"], file["body"]["attachment"]["mediaUrl"]);
        // Of pictures and recordings pages say what they are in `type` alone.
        assert_eq!(attachment["mimeType"], file["body"]["attachment"]["type"], "{file}");
    }
    let customer = fixture("34-widget-MESSAGE_RECEIVED-client-to-server")["customer"].clone();
    let said = |header: Value, body: Value| {
        inbound::said(
            &jonas(),
            &json!({"type": "PLAIN", "header": header, "body": body, "customer": customer, "timestamp": ""}),
        )
    };
    let plain = json!({"type": "PLAIN", "markdownText": "x"});
    for member in ["replyToMessageId", "originalMessageId"] {
        let reply = said(json!({"intent": "REPLY_TO", member: "m1"}), plain.clone()).unwrap();
        assert_eq!(reply.header.original_message_id.as_deref(), Some("m1"));
        assert_eq!(json!(reply.header)["intent"], "REPLY_TO");
    }
    let read = json!({"type": "DELIVERYNOTIFICATION", "markdownText": "", "messageId": "m1", "status": "READ", "reasonCode": 200});
    assert_eq!(json!(said(json!({}), read).unwrap().body)["messageId"], "m1");
    for body in [
        json!({"markdownText": "x"}),
        json!(null),
        json!({"type": "PLAIN", "markdownText": "x".repeat(4097)}),
    ] {
        assert!(said(json!({}), body.clone()).is_err(), "{body}");
    }
    assert!(said(json!({}), json!({"type": "PLAIN", "markdownText": "ü".repeat(4096)})).is_ok());
    // A page that sends a whole message is taken at its word, but not for who it is.
    let mut whole = fixture("01-connector-inbound-plain-whatsapp");
    whole["header"]["channelData"]["serviceIdentifier"] = "7001".into();
    whole["header"]["channelData"]["channelCustomerIdentifier"] = "+4915170011223".into();
    whole["header"]["sender"] = json!({"id": "x", "type": "AGENT", "senderName": "boss"});
    let message = inbound::said(&jonas(), &whole).unwrap();
    assert_eq!(
        (message.id.as_deref(), message.header.sender.kind),
        (whole["id"].as_str(), SenderType::Connector)
    );
    whole["header"]["channelData"]["channelCustomerIdentifier"] = "+49000".into();
    assert!(inbound::said(&jonas(), &whole).is_err());
}

#[test]
fn the_echo_is_what_widgets_paint() {
    let message = inbound::said(&jonas(), &fixture("34-widget-MESSAGE_RECEIVED-client-to-server")).unwrap();
    let expected = fixture("35-widget-MESSAGE_RECEIVED-server-echo");
    let customer = serde_json::from_value(expected["header"]["customer"].clone()).unwrap();
    let accepted = Accepted {
        customer: Some(customer),
        conversation_id: expected["header"]["conversationId"].as_str().map(str::to_owned),
        channel_session_id: expected["header"]["channelSessionId"].as_str().map(str::to_owned),
        attempts: 1,
        duration: std::time::Duration::ZERO,
    };
    let echo = Message {
        id: expected["id"].as_str().map(str::to_owned),
        ..inbound::echo(&message, &accepted, 1_727_179_102_000)
    };
    let shown = outbound::shown(&echo, false);
    assert_eq!(shown["body"], expected["body"]);
    for member in ["sender", "timestamp", "conversationId", "channelSessionId", "channelData", "intent"] {
        assert_eq!(shown["header"][member], expected["header"][member], "{member}");
    }
}

fn of(body: Value) -> Message {
    let message = json!({"id": "m", "header": {"sender": {"id": "a", "type": "AGENT", "senderName": "<b>lena</b>"}}, "body": body});
    serde_json::from_value(message).unwrap()
}

#[test]
fn what_widgets_look_for_is_there() {
    for (body, pointer, expected) in [
        (json!({"type": "PLAIN", "markdownText": null}), "/markdownText", json!("")),
        (
            json!({"type": "FILE", "attachment": {"mediaUrl": "/a", "type": "text/plain"}}),
            "/attachment/mimeType",
            json!("text/plain"),
        ),
        (
            json!({"type": "VIDEO", "attachment": {"mediaUrl": "/a", "type": "text/plain"}}),
            "/additionalDetails",
            json!({}),
        ),
        (
            json!({"type": "FILE", "additionalDetails": {"fileName": "mine"}, "attachment": {"mediaUrl": "/a"}}),
            "/additionalDetails/fileName",
            json!("mine"),
        ),
        (
            json!({"type": "FILE", "caption": "c", "attachment": {"mediaUrl": "/a", "mediaName": "manual.pdf"}}),
            "/additionalDetails/fileName",
            json!("manual.pdf"),
        ),
        (
            json!({"type": "FILE", "caption": "Manual", "attachment": {"mediaUrl": "/a"}}),
            "/additionalDetails/fileName",
            json!("Manual"),
        ),
        (
            json!({"type": "FILE", "attachment": {"mediaUrl": "https://example.org/b/manual.pdf?key=x#page=2"}}),
            "/additionalDetails/fileName",
            json!("manual.pdf"),
        ),
        (
            json!({"type": "FILE", "attachment": {"mediaUrl": "/api/downloadFileStream?filename=7_a.pdf&v=1"}}),
            "/additionalDetails/fileName",
            json!("7_a.pdf"),
        ),
        (json!({"type": "FILE", "attachment": {}}), "/additionalDetails/fileName", json!("")),
        (
            json!({"type": "IMAGE", "attachment": {"mediaUrl": "/a", "mimeType": "image/png"}}),
            "/attachment/mimeType",
            json!("image/png"),
        ),
        (
            json!({"type": "URL", "mediaUrl": "https://example.org/a"}),
            "/attachment/mediaUrl",
            json!("https://example.org/a"),
        ),
        (
            json!({"type": "BUTTON", "markdownText": "Choose"}),
            "/additionalDetails/interactive/body/text",
            json!("Choose"),
        ),
        (
            json!({"type": "BUTTON", "markdownText": "Choose"}),
            "/additionalDetails/interactive/header/text",
            json!(""),
        ),
    ] {
        for legacy in [true, false] {
            let shown = outbound::shown(&of(body.clone()), legacy);
            assert_eq!(shown["body"].pointer(pointer), Some(&expected), "{body}");
        }
    }
    let button = fixture("body-02-button");
    let message: Message = serde_json::from_value(button).unwrap();
    assert_eq!(
        outbound::shown(&message, false)["body"]["additionalDetails"],
        json!(message)["body"]["additionalDetails"]
    );
}

#[test]
fn contacts_without_a_number_become_a_text_for_widgets_that_stop_at_them() {
    let contact = |name: &str, phones: Value| json!({"name": {"formattedName": name}, "phones": phones});
    let number = json!([{"phone": "+49 30 1"}]);
    for (contacts, expected) in [
        (json!([contact("Lena <b>Vogt</b>", json!([]))]), "Lena &lt;b&gt;Vogt&lt;/b&gt;"),
        (
            json!([contact("Lena", json!([{"phone": null}])), contact("Omar", number.clone())]),
            "Lena\nOmar, +49 30 1",
        ),
        (json!([]), ""),
    ] {
        let message = of(json!({"type": "CONTACT", "contacts": contacts}));
        let shown = outbound::shown(&message, true);
        assert_eq!(shown["body"], json!({"type": "PLAIN", "markdownText": expected}), "{contacts}");
        assert_eq!(outbound::shown(&message, false)["body"]["type"], "CONTACT");
    }
    let message = of(json!({"type": "CONTACT", "contacts": [contact("Omar", number)]}));
    assert_eq!(outbound::shown(&message, true)["body"]["contacts"][0]["phones"][0]["phone"], "+49 30 1");
}

#[test]
fn a_place_becomes_a_link_for_widgets_that_stop_at_it() {
    let message: Message = serde_json::from_value(fixture("body-11-location")).unwrap();
    let shown = outbound::shown(&message, true);
    assert_eq!(shown["body"]["type"], "URL");
    let link = shown["body"]["attachment"]["mediaUrl"].as_str().unwrap();
    assert!(link.starts_with("https://www.openstreetmap.org/?mlat="), "{link}");
    assert_eq!(outbound::shown(&message, false)["body"]["type"], "LOCATION");
}

#[test]
fn nothing_that_leaves_for_an_old_widget_is_markup() {
    let shown = outbound::shown(
        &of(json!({"type": "PLAIN", "markdownText": "<script>alert(\"1\") & 'x'</script>"})),
        true,
    );
    assert_eq!(
        shown["body"]["markdownText"],
        "&lt;script&gt;alert(&quot;1&quot;) &amp; &#39;x&#39;&lt;/script&gt;"
    );
    assert_eq!(shown["header"]["sender"]["senderName"], "&lt;b&gt;lena&lt;/b&gt;");
    for (link, safe) in [
        ("https://example.org/a?b=1&c=ü", "https://example.org/a?b=1&c=ü"),
        (
            "/file-engine/api/downloadFileStream?filename=a.png",
            "/file-engine/api/downloadFileStream?filename=a.png",
        ),
        ("javascript:alert(1)", ""),
        (" JavaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("java\nscript:alert(1)", ""),
        ("https://example.org/\" onclick=\"x", "https://example.org/%22%20onclick=%22x"),
    ] {
        let shown = outbound::shown(&of(json!({"type": "IMAGE", "attachment": {"mediaUrl": link}})), true);
        assert_eq!(shown["body"]["attachment"]["mediaUrl"], safe);
    }
    let untouched = outbound::shown(&of(json!({"type": "PLAIN", "markdownText": "a < b"})), false);
    assert_eq!(untouched["body"]["markdownText"], "a < b");
}

fn announced(kind: &str, session: &str, browser: Option<&str>) -> Message {
    let attributes: Vec<Value> = browser
        .map(|browser| json!({"key": inbound::BROWSER, "type": "String100", "value": browser}))
        .into_iter()
        .collect();
    let header = json!({
        "sender": {"id": "h", "type": "SYSTEM"},
        "channelData": {"serviceIdentifier": "7001", "channelCustomerIdentifier": "x", "additionalAttributes": attributes},
        "channelSessionId": session,
        "conversationId": format!("c-{session}"),
    });
    let body = match kind {
        "PLAIN" => json!({"type": "PLAIN", "markdownText": "hello"}),
        notice => {
            json!({"type": "NOTIFICATION", "notificationType": notice, "notificationData": {"reason": "AGENT"}})
        }
    };
    serde_json::from_value(json!({"id": "m", "header": header, "body": body})).unwrap()
}

#[test]
fn whose_chat_it_is() {
    let mut chat = Chat::default();
    let (home, cafe) = (Browser("home".into()), Browser("cafe".into()));
    chat.arrives(1, home.clone());
    assert_eq!(chat.asks(1), Request::Begin);
    chat.begins(1, "s1".into(), "c-s1".into());
    assert_eq!(chat.hears(&announced("CHANNEL_SESSION_STARTED", "s1", Some("home"))), News::Started);
    // A second tab of the browser has it at once; another browser has not.
    chat.arrives(2, home.clone());
    chat.arrives(3, cafe.clone());
    assert_eq!(chat.followers().collect::<Vec<_>>(), [1, 2]);
    assert_eq!([1, 2, 3].map(|tab| chat.asks(tab)), [Request::Join, Request::Join, Request::Refuse]);
    assert_eq!([1, 2, 3].map(|tab| chat.is_let_in(tab)), [true, true, false]);
    assert_eq!(chat.hears(&announced("PLAIN", "s1", None)), News::Said);
    assert!(chat.gives(1, "m") && !chat.gives(1, "m"), "nothing is given twice");
    // Once the first browser is gone the other begins anew; what is still said in the old session is not for it.
    chat.leaves(1);
    assert!(!chat.is_deserted());
    chat.leaves(2);
    assert!(chat.is_deserted());
    assert_eq!(chat.asks(3), Request::Replace);
    chat.ends();
    chat.begins(3, "s2".into(), "c-s2".into());
    assert_eq!(chat.hears(&announced("PLAIN", "s1", None)), News::Stale);
    assert_eq!(chat.hears(&announced("CHANNEL_SESSION_ENDED", "s1", None)), News::Stale);
    assert_eq!(chat.followers().collect::<Vec<_>>(), [3]);
    assert_eq!(chat.hears(&announced("CHANNEL_SESSION_ENDED", "s2", None)), News::Ended("AGENT".into()));
    chat.ends();
    chat.leaves(3);
    assert!(chat.is_over());
}

#[test]
fn after_a_restart_a_chat_is_still_its_browsers() {
    let session =
        Session { id: "s1".into(), conversation: "c1".into(), browser: Some(Browser("home".into())) };
    let mut chat = Chat::adopted(session);
    assert!(chat.is_deserted());
    chat.arrives(1, Browser("cafe".into()));
    assert!(!chat.is_let_in(1));
    chat.arrives(2, Browser("home".into()));
    assert!(chat.is_let_in(2) && !chat.is_deserted());
    assert_eq!([1, 2].map(|tab| chat.asks(tab)), [Request::Refuse, Request::Join]);
}
