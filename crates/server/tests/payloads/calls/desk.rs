//! What installed desks call, with the cookie of their sign-in and nothing else.

use serde_json::{Value, json};

use super::{Call, Order, delete, get, post, put};
use crate::desk_scene::fixture;
use crate::payloads::tenant::JONAS;

const NOBODY: &str = "000000000000000000000001";

pub fn calls() -> Vec<Call> {
    // Supervisors look on before the last chat becomes another customer's.
    let groups = [at_sign_in(), while_working(), of_customers(), of_supervisors(), of_conversations()];
    groups.into_iter().flatten().collect()
}

/// In the order an installed desk makes them.
fn at_sign_in() -> Vec<Call> {
    vec![
        get("page", "/unified-admin/agent-desk-settings", "[DeskOptions]"),
        post(
            "page",
            "/agent-manager/agent/login",
            json!({"password": "a long password", "username": "omar"}),
            "Login",
        ),
        post(
            "page",
            "/agent-manager/agent/login",
            json!({"password": "a long password", "username": "omar"}),
            "Login",
        )
        .captured("19-agent-login-response"),
        post(
            "page",
            "/agent-manager/agent/login",
            json!({"username": "omar", "roles": [], "finesseUrl": "", "password": "a long password", "authToken": "",
                   "authWithSSO": false}),
            "Login",
        ),
        post(
            "page",
            "/agent-manager/agent/login",
            json!({"password": "wrong", "username": "omar"}),
            "RefusedAtDesk",
        )
        .status(401),
        get("lena", "/unified-admin/locale-setting", "[LocaleSetting]"),
        get("lena", "/unified-admin/reasons", "[Reason]"),
        get("lena", "/cim-customer/agentSetting?user_Id=$lena", "AgentSetting"),
        get("lena", "/unified-admin/pull-mode-list", "[PullModeList]"),
        get("lena", "/cim-customer/customerSchema", "[CustomerSchemaAttribute]").ordered(
            "",
            "sortOrder",
            Order::Rising,
        ),
        get("lena", "/team-announcement/announcement/?teamIds=$team&status=active", "[Announcement]"),
        get("lena", "/file-engine/api/downloadFileStream?filename=_WEB.svg", "").content(),
    ]
}

fn while_working() -> Vec<Call> {
    let help = "/routing-engine/precision-queues/available-agents?conversationId=$conversation&agentId=$lena";
    vec![
        get("lena", "/unified-admin/forms/62d07f4f0980a50a91210bef", "WrapUpForm"),
        get("lena", "/routing-engine/precision-queues", "[PrecisionQueue]"),
        get("lena", help, "[QueueAvailability]"),
        get("lena", help, "").captured("56-rest-available-agents-response"),
        get("lena", "/routing-engine/media-routing-domains", "[MediaRoutingDomain]"),
        get("lena", "/routing-engine/tasks?agentId=$lena", "[Task]"),
        put(
            "lena",
            "/cim-customer/agentSetting/$lena",
            json!({"theme": "dark", "language": "en"}),
            "AgentSetting",
        ),
        put("lena", "/team-announcement/announcement/seenStatus/$announcement", json!({}), "Announcement"),
        get("lena", "/team-announcement/announcement/$announcement", "Announcement"),
        get("lena", "/file-engine/api/downloadFileStream?filename=$file", "").content(),
        get("lena", "/file-engine/api/getFileStat?filename=$file", "FileStat"),
    ]
}

fn of_customers() -> Vec<Call> {
    let preference = json!({"user_Id": "$lena", "pageSize": 25, "columns": [{"field": "firstName", "header": "First Name",
        "type": "string"}], "sortOption": {"field": "firstName", "order": "asc"}});
    let found = |address: &str| {
        format!(
            "/cim-customer/customers?channelType=WEB&customerChannelIdentifier={}",
            address.replace('+', "%2B")
        )
    };
    let city = json!({"key": "city", "label": "City", "description": "", "type": "string", "length": "50", "isRequired": false,
        "defaultValue": "", "isPii": false, "isChannelIdentifier": false, "channelTypes": [], "isDeleteAble": true, "sortOrder": 9});
    let mila = json!({"firstName": "Mila", "phoneNumber": ["+49301234567"], "web": ["mila"], "isAnonymous": false, "labels": ["$label"]});
    vec![
        get("lena", "/cim-customer/attributeTypes", "[AttributeType]"),
        get("lena", "/cim-customer/userPreference?user_Id=$lena", "Preferences"),
        get("lena", "/cim-customer/userPreference?user_Id=$lena", "")
            .captured("57-rest-userPreference-response"),
        post("lena", "/cim-customer/userPreference", preference.clone(), "Preference"),
        put("lena", "/cim-customer/userPreference/$lena", preference, "Preference"),
        get("lena", "/cim-customer/customers?limit=25&offset=0&sort=&paginateQuery=", "Customers"),
        get(
            "lena",
            "/cim-customer/customers?limit=25&offset=0&sort=firstName:desc&paginateQuery=firstName:jo",
            "Customers",
        )
        .ordered("/docs", "firstName", Order::Falling),
        get("lena", &found(JONAS), "Found"),
        get("lena", &found("nobody"), "NobodyFound"),
        post("lena", "/cim-customer/customers", mila.clone(), "Customer").status(201).keeps("mila", "/_id"),
        get("lena", "/cim-customer/customers/$mila", "Customer"),
        get("lena", "/cim/customers/$mila", "Customer"),
        put("lena", "/cim-customer/customers/$mila", mila, "Customer"),
        delete("sara", "/cim-customer/customers/$mila"),
        get("lena", "/cim-customer/label", "[Label]"),
        post(
            "sara",
            "/cim-customer/label",
            json!({"name": "Late", "createdBy": "sara", "colorCode": "#00aaff"}),
            "Label",
        )
        .status(201)
        .keeps("late", "/_id"),
        put(
            "sara",
            "/cim-customer/label?_id=$late",
            json!({"name": "Later", "createdBy": "sara", "colorCode": "#0af"}),
            "Label",
        ),
        delete("sara", "/cim-customer/label?_id=$late"),
        post("ada", "/cim-customer/customerSchema", city.clone(), "CustomerSchemaAttribute")
            .status(201)
            .keeps("city", "/_id"),
        put("ada", "/cim-customer/customerSchema/$city", city, "CustomerSchemaAttribute"),
        put(
            "ada",
            "/cim-customer/customerSchemaOrder",
            json!([{"_id": "$city", "sortOrder": 5}]),
            "[CustomerSchemaAttribute]",
        )
        .ordered("", "sortOrder", Order::Rising),
        delete("ada", "/cim-customer/customerSchema/$city"),
    ]
}

fn of_conversations() -> Vec<Call> {
    let topics = "/conversation-manager/customer-topics";
    let at = |rest: &str| format!("{topics}{rest}");
    let history = at("/customer/$customer/activities?limit=50&offset=0&activity-type=ALL");
    let mut activity = fixture("18-third-party-activity-request");
    activity["header"]["conversationId"] = json!("$conversation");
    activity["header"]["channelSessionId"] = Value::Null;
    let mut sms = fixture("15-ccm-message-send-sms-request");
    sms["header"]["channelData"]["channelCustomerIdentifier"] = json!("+4915170011225");
    // The desk posts what it sent once more, for the customer it was answered.
    let mut sms_as_activity = sms.clone();
    sms_as_activity["header"]["customer"] = json!({"_id": "$customer", "firstName": "Jonas"});
    let mut outbound = sms.clone();
    outbound["id"] = json!("outbound-1");
    outbound["header"]["intent"] = json!("AGENT_OUTBOUND");
    outbound["header"]["timestamp"] = json!("");
    outbound["header"]["channelData"] = json!({"channelCustomerIdentifier": "+4915170011226",
        "serviceIdentifier": "+493055501077",
        "additionalAttributes": [{"key": "agentId", "type": "String100", "value": "$lena"}]});
    outbound["body"]["markdownText"] = json!("");
    let past = json!({"currentCustomer": {"_id": "$passerBy"}, "newCustomer": {"_id": "$customer"}});
    let unknown = json!({"currentCustomer": {"_id": NOBODY}, "newCustomer": {"_id": "$customer"}});
    vec![
        get("lena", &history, "History").ordered("/docs", "timestamp", Order::Falling),
        get("lena", &at("/$conversation/conversation-data"), "Pairs"),
        post("lena", &at("/$conversation/conversation-data"), json!({"order": "7"}), "Pairs"),
        post(
            "lena",
            &at("/$conversation/conversation-data"),
            json!([{"key": "order", "value": "8", "type": "String50"}]),
            "Pairs",
        ),
        post(
            "lena",
            &at(&format!("/{JONAS}/conversation-data-by-identifier")),
            json!({"order": "9"}),
            "Pairs",
        ),
        get("lena", &at(&format!("/get/{JONAS}")), "Conversation"),
        post("lena", "/conversation-manager/activities", activity, "Accepted"),
        get("lena", "/ccm/channels/defaultoutbound?channelTypeId=$smsType", "Channel"),
        get("lena", "/ccm/channels/defaultoutbound?channelTypeId=$webType", "")
            .captured("14-ccm-error-response")
            .status(404),
        get("lena", "/ccm/channel-types", "[ChannelType]"),
        post("lena", "/ccm/message/send", sms.clone(), "Sent"),
        post("lena", "/ccm/message/send", sms.clone(), "").captured("16-ccm-message-send-sms-response"),
        post("lena", "/conversation-manager/activities", sms_as_activity, "Accepted"),
        post("lena", "/ccm/message/receive", outbound, "Accepted"),
        put("lena", &at("/update-past-conversations"), unknown, "Refused").status(404),
        put("lena", &at("/update-past-conversations"), past, "Linked"),
        post("lena", "/cim-customer/customers", json!({"firstName": "Nora"}), "Customer")
            .status(201)
            .keeps("nora", "/_id"),
        put(
            "lena",
            &at("/$conversation/update-customer"),
            json!({"_id": "$nora", "firstName": "Nora", "web": []}),
            "Customer",
        ),
    ]
}

fn of_supervisors() -> Vec<Call> {
    let everything = || json!({"teamId": "$team", "queues": []});
    let mut calls = vec![
        get("sara", "/team-announcement/announcement?page=1&limit=1000,&supervisorIds=", "[Announcement]"),
        post(
            "sara",
            "/team-announcement/announcement",
            json!({"announcementText": "Tea", "teams": ["$team"], "scheduledTime": "", "expiryTime": ""}),
            "Announcement",
        )
        .status(201)
        .keeps("tea", "/id"),
        put(
            "sara",
            "/team-announcement/announcement/$tea",
            json!({"announcementText": "Tea?", "teams": ["$team"]}),
            "Announcement",
        ),
        delete("sara", "/team-announcement/announcement/$tea"),
        get("sara", "/routing-engine/agents", "[Agent]"),
    ];
    for base in ["/realtime-reports", "/cim-reporting"] {
        let at = |rest: &str| format!("{base}/{rest}/detail");
        calls.extend([
            post("sara", &at("queue-active-chats"), everything(), "[QueueChats]"),
            post("sara", &at("queue-active-chats"), everything(), "")
                .captured("58-rest-queue-active-chats-response"),
            post("sara", &at("queued-chats"), json!({"teamId": "", "queues": []}), "[QueueChats]"),
            get("sara", &at("bot-active-chats"), "[QueueChats]"),
            post("sara", &at("agent-activity"), json!({"teams": ["$team"]}), "AgentActivity"),
            post("sara", &at("agent-activity"), json!({"teams": ["$team"]}), "")
                .captured("59-rest-agent-activity-response"),
            get("sara", &format!("{}?queueId=$queue", at("agent-activity")), "AgentActivity"),
        ]);
    }
    calls
}
