//! A second factor through the front door: set up, asked for, taken once, and taken away.

use serde_json::{Value, json};
use tieline_core::registry::settings::SETTINGS_ID;
use tieline_core::second_factor::{Step, step_at};
use tieline_server::totp;

use crate::hub::{Client, TestHub, hub, hub_with};

const PASSWORD: &str = "correct horse";
const LOGIN: &str = "/auth/login";
const FACTOR: &str = "/auth/second-factor";

async fn make(hub: &TestHub, username: &str, role: &str) {
    let account = json!({"username": username, "password": PASSWORD, "roles": [role]});
    hub.admin().await.post("/unified-admin/users", account).await.expect(201);
}

fn credentials(username: &str, code: Option<&str>) -> Value {
    let mut sent = json!({"username": username, "password": PASSWORD});
    if let Some(code) = code {
        sent["code"] = code.into();
    }
    sent
}

/// Somebody who signs in at the API.
async fn sign_in(hub: &TestHub, username: &str, code: Option<&str>) -> (Client, Value) {
    let session = hub.stranger().post(LOGIN, credentials(username, code)).await.expect(200);
    (hub.bearer(session["token"].as_str().unwrap()), session)
}

/// What somebody who set up a second factor has.
struct Enrolled {
    secret: String,
    /// The step whose code it was set up with.
    step: Step,
    recovery: Vec<String>,
    /// His browser, which goes on.
    browser: Client,
}

impl Enrolled {
    /// A code that is good after that of `step`, now and for half a minute at least.
    fn next_code(&self) -> String {
        totp::code(&self.secret, self.step + 1).unwrap()
    }
}

async fn enrol(hub: &TestHub, client: &Client) -> Enrolled {
    let begun = client.post("/auth/second-factor/enrolment", json!({"password": PASSWORD})).await;
    assert_eq!(begun.headers["cache-control"], "no-store");
    let begun = begun.expect(200);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["address"].as_str().unwrap().contains(&secret), "{begun}");
    let step = step_at(hub.app.now());
    let code = totp::code(&secret, step).unwrap();
    let confirmed = client.put(FACTOR, json!({"enrolment": begun["enrolment"], "code": code})).await;
    let cookie = confirmed.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session = confirmed.expect(200);
    let recovery: Vec<String> = serde_json::from_value(session["recoveryCodes"].clone()).unwrap();
    assert_eq!((recovery.len(), &session["enrolmentDue"]), (10, &json!(false)));
    Enrolled { secret, step, recovery, browser: hub.stranger().with("cookie", &cookie) }
}

#[tokio::test]
async fn a_code_is_asked_for_and_each_is_good_once() {
    let hub = hub_with(|config| config.auth.login_attempts_per_minute = 1000).await;
    make(&hub, "amina", "agent").await;
    let (amina, _) = sign_in(&hub, "amina", None).await;
    let before = amina.get(FACTOR).await.expect(200);
    let none = json!({"available": true, "enabled": false, "required": false, "recoveryCodesLeft": 0});
    assert_eq!(before, none);

    let wrong = amina.post("/auth/second-factor/enrolment", json!({"password": "something else"})).await;
    assert_eq!(wrong.expect(400)["field"], "password");
    let forged = amina.put(FACTOR, json!({"enrolment": "x.y.z", "code": "123456"})).await.expect(400);
    assert_eq!(forged["field"], "enrolment");
    let enrolled = enrol(&hub, &amina).await;
    assert_eq!(
        amina.get("/auth/me").await.status,
        401,
        "whoever had signed in with the password alone is out"
    );
    let after = enrolled.browser.get(FACTOR).await;
    assert!(!after.text.contains(&enrolled.secret));
    let has = json!({"available": true, "enabled": true, "required": false, "recoveryCodesLeft": 10});
    assert_eq!(after.expect(200), has);
    let again = enrolled.browser.post("/auth/second-factor/enrolment", json!({"password": PASSWORD})).await;
    again.expect(409);

    let used = totp::code(&enrolled.secret, enrolled.step).unwrap();
    let next = enrolled.next_code();
    let recovery = &enrolled.recovery[0];
    for (code, status, said) in [
        (None, 401, "second_factor_wanted"),
        (Some("000000"), 401, "second_factor_wrong"),
        (Some(used.as_str()), 401, "second_factor_wrong"),
        (Some(next.as_str()), 200, ""),
        (Some(next.as_str()), 401, "second_factor_wrong"),
        (Some(recovery.as_str()), 200, ""),
        (Some(recovery.as_str()), 401, "second_factor_wrong"),
    ] {
        let answer = hub.stranger().post(LOGIN, credentials("amina", code)).await;
        let answered = answer.body["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, answered.as_str()), (status, said), "{code:?}: {}", answer.text);
    }
    // A wrong password is answered the same, whether there is a second factor or not.
    let wrong = json!({"username": "amina", "password": "something else", "code": recovery});
    assert_eq!(hub.stranger().post(LOGIN, wrong).await.expect(401)["code"], "wrong_credentials");
}

#[tokio::test]
async fn it_is_switched_off_with_password_and_code_or_by_an_administrator() {
    let hub = hub().await;
    make(&hub, "amina", "agent").await;
    let (amina, _) = sign_in(&hub, "amina", None).await;
    let enrolled = enrol(&hub, &amina).await;
    let off = |password: &str, code: &str| {
        let sent = json!({"password": password, "code": code});
        let browser = enrolled.browser.clone();
        async move { browser.post("/auth/second-factor/removal", sent).await }
    };
    let code = &enrolled.recovery[1];
    assert_eq!(off("something else", code).await.expect(400)["field"], "password");
    assert_eq!(off(PASSWORD, "000000").await.expect(400)["field"], "code");
    off(PASSWORD, code).await.expect(200);
    let (amina, _) = sign_in(&hub, "amina", None).await;

    let enrolled = enrol(&hub, &amina).await;
    let admin = hub.admin().await;
    let id = hub.user("amina").id;
    let shown = admin.get(&format!("/unified-admin/users/{id}")).await;
    assert!(!shown.text.contains(&enrolled.secret));
    let mut account = shown.expect(200);
    assert_eq!(account["secondFactor"], true);
    account["firstName"] = "Amina".into();
    account["secondFactor"] = false.into();
    let path = format!("/unified-admin/users/{id}");
    assert_eq!(admin.put(&path, account).await.expect(200)["secondFactor"], true, "by its own door alone");
    let path = format!("{path}/second-factor");
    enrolled.browser.delete(&path).await.expect(403);
    admin.delete(&path).await.expect(204);
    enrolled.browser.get("/auth/me").await.expect(401);
    admin.delete(&path).await.expect(404);
    sign_in(&hub, "amina", None).await;
    let own = admin.delete(&format!("/unified-admin/users/{}/second-factor", hub.user("root").id)).await;
    own.expect(403);

    let trail = admin.get(&format!("/audit?subject={id}&limit=100")).await;
    for secret in [&enrolled.secret, &enrolled.recovery[0]] {
        assert!(!trail.text.contains(secret.as_str()));
    }
    let records = trail.expect(200)["records"].as_array().unwrap().clone();
    let deeds: Vec<_> = records.iter().filter_map(|record| record["deed"].as_str()).collect();
    for deed in ["second_factor.set", "second_factor.removed", "second_factor.recovered"] {
        assert!(deeds.contains(&deed), "{deed} in {deeds:?}");
    }
    for record in &records {
        let told = admin.get(&format!("/audit/records/{}", record["sequence"])).await;
        assert!(!told.text.contains(&enrolled.secret), "{}", told.text);
        told.expect(200);
    }
}

#[tokio::test]
async fn whoever_must_have_one_sets_it_up_and_does_nothing_else_before() {
    let hub = hub().await;
    make(&hub, "sara", "supervisor").await;
    let (early, _) = sign_in(&hub, "sara", None).await;
    let admin = hub.admin().await;
    let required = json!({"security": {"secondFactorFor": ["supervisor"]}});
    admin.put(&format!("/unified-admin/general-settings/{SETTINGS_ID}"), required).await.expect(200);
    early.get("/auth/me").await.expect(200);
    let renewed = early.post("/auth/renew", json!({})).await.expect(200);
    assert_eq!(renewed["enrolmentDue"], true, "from the next renewal on");

    let (sara, session) = sign_in(&hub, "sara", None).await;
    assert_eq!(session["enrolmentDue"], true);
    for path in ["/auth/me", "/routing-engine/agents", "/ccm/channels", "/cim-customer/customers"] {
        assert_eq!(sara.get(path).await.expect(403)["code"], "enrolment_due", "{path}");
    }
    assert_eq!(sara.get(FACTOR).await.expect(200)["required"], true);
    let renewed = sara.post("/auth/renew", json!({})).await.expect(200);
    assert_eq!(renewed["enrolmentDue"], true);
    let desk = json!({"username": "sara", "password": PASSWORD});
    let refused = hub.stranger().post("/agent-manager/agent/login", desk).await.expect(403);
    assert_eq!(refused["error"]["error_message"], "ENROLMENT_DUE");

    let enrolled = enrol(&hub, &sara).await;
    enrolled.browser.get("/auth/me").await.expect(200);
    enrolled.browser.get("/routing-engine/agents").await.expect(200);
    sara.get(FACTOR).await.expect(401);
    let (_, session) = sign_in(&hub, "sara", Some(&enrolled.recovery[0])).await;
    assert_eq!(session["enrolmentDue"], false);
}

#[tokio::test]
async fn a_desk_sends_the_code_or_is_told_where_to_work() {
    let hub = hub().await;
    make(&hub, "amina", "agent").await;
    let (amina, _) = sign_in(&hub, "amina", None).await;
    let enrolled = enrol(&hub, &amina).await;
    let next = enrolled.next_code();
    for (code, status, word) in [
        (None, 401, "SECOND_FACTOR_WANTED"),
        (Some("000000"), 401, "SECOND_FACTOR_WRONG"),
        (Some(next.as_str()), 200, ""),
        (Some(next.as_str()), 401, "SECOND_FACTOR_WRONG"),
    ] {
        let sent = json!({"username": "amina", "password": PASSWORD, "otp": code});
        let answer = hub.stranger().post("/agent-manager/agent/login", sent).await;
        let said = answer.body["error"]["error_message"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, said.as_str()), (status, word), "{}", answer.text);
    }
}

#[tokio::test]
async fn codes_are_limited_however_many_passwords_are() {
    let hub = hub_with(|config| config.auth.login_attempts_per_minute = 1000).await;
    make(&hub, "amina", "agent").await;
    let (amina, _) = sign_in(&hub, "amina", None).await;
    let enrolled = enrol(&hub, &amina).await;
    let try_code = |code: &str| {
        let sent = credentials("amina", Some(code));
        let stranger = hub.stranger();
        async move { stranger.post(LOGIN, sent).await.status }
    };
    let mut tries = 1;
    while try_code("000000").await == 401 {
        tries += 1;
    }
    assert_eq!(tries, 10, "with that of the enrolment");
    assert_eq!(try_code(&enrolled.recovery[0]).await, 429);
}
