//! What administrators call.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Call, Order, call, delete, get, post, put};

pub fn calls() -> Vec<Call> {
    of_administrators().into_iter().chain(registry().into_iter().flat_map(Registered::calls)).collect()
}

/// What is registered beyond lists and single objects.
fn of_administrators() -> Vec<Call> {
    let thresholds = |of: &str| format!("/conversation-monitor/{of}-sla-thresholds");
    vec![
        get("root", "/routing-engine/precision-queues/$billing/steps", "[Step]"),
        get("root", "/routing-engine/precision-queues/$billing", "").captured("40-admin-precision-queue"),
        get("root", "/ccm/channels/routing-id?routingObjectId=$queue", "[Channel]"),
        get("root", "/ccm/channels/service-identifier/7001", "Channel"),
        get("root", "/unified-admin/forms/all", "[Form]"),
        get("root", "/unified-admin/forms/getAllFormTitles", "[FormTitle]"),
        get("root", "/unified-admin/forms/getFormByTitle/Before%20the%20chat", "Form"),
        get("root", "/unified-admin/forms/$form,62d07f4f0980a50a91210bef", "[Form]"),
        post(
            "root",
            &thresholds("agent"),
            json!([{"percentage": 50, "action": "CHANGE_COLOR"}]),
            "[Threshold]",
        )
        .ordered("", "percentage", Order::Rising),
        get("root", &thresholds("agent"), "[Threshold]"),
        post(
            "root",
            &thresholds("customer"),
            json!([{"percentage": 50, "action": "NOTIFY_CUSTOMER", "text": "?"}]),
            "[Threshold]",
        ),
        get("root", &thresholds("customer"), "[Threshold]"),
        put("root", "/routing-engine/agents/$omar", json!({"associatedRoutingAttributes": []}), "Agent"),
    ]
}

/// An object of the registry: made, listed, read, replaced and deleted.
struct Registered {
    path: &'static str,
    id: &'static str,
    shape: &'static str,
    list: &'static str,
    object: Value,
    made: u16,
    deleted: u16,
}

impl Registered {
    fn calls(self) -> Vec<Call> {
        let one = format!("{}/$made", self.path);
        let removed = match self.deleted {
            204 => delete("root", &one),
            _ => call("root", Method::DELETE, &one, None, "FormDeleted"),
        };
        vec![
            post("root", self.path, self.object.clone(), self.shape).status(self.made).keeps("made", self.id),
            get("root", self.path, self.list),
            get("root", &one, self.shape),
            put("root", &one, self.object, self.shape),
            removed,
            get("root", &one, "Refused").status(404),
        ]
    }
}

fn registry() -> Vec<Registered> {
    let noun =
        |path, id, shape, list, object| Registered { path, id, shape, list, object, made: 201, deleted: 204 };
    let question = json!({"key": "name", "label": "Name", "helpText": "", "attributeType": "INPUT", "valueType": "shortAnswer",
        "isRequired": true, "categoryOptions": {}});
    let channel = json!({
        "name": "Second", "serviceIdentifier": "7009", "channelType": {"id": "$webType"}, "channelConnector": {"id": "$connector"},
        "channelConfig": {"channelMode": "HYBRID", "responseSla": 20, "customerActivityTimeout": 300, "botId": "$bot",
            "routingPolicy": {"agentSelectionPolicy": "LONGEST_AVAILABLE", "routeToLastAgent": false, "routingMode": "PUSH",
                "routingObjectId": "$queue", "agentRequestTtl": 120}},
    });
    let forms = Registered {
        path: "/unified-admin/forms",
        id: "/id",
        shape: "Form",
        list: "[Form]",
        object: json!({"formTitle": "Survey", "formDescription": "", "sections": [{"attributes": [question]}]}),
        made: 200,
        deleted: 200,
    };
    vec![
        noun(
            "/ccm/channel-types",
            "/id",
            "ChannelType",
            "[ChannelType]",
            json!({"name": "PIGEON", "channelLogo": "_WEB.svg", "isInteractive": true, "mediaRoutingDomain": "$mrd"}),
        ),
        noun(
            "/ccm/channel-provider-interfaces",
            "/id",
            "ChannelProvider",
            "[ChannelProvider]",
            json!({"name": "Loft", "supportedChannelTypes": [{"id": "$webType"}], "providerWebhook": null,
                "channelProviderConfigSchema": [{"key": "HOST-URL", "label": "Host", "helpText": "", "attributeType": "INPUT",
                    "valueType": "String100", "isRequired": false, "categoryOptions": {}}]}),
        ),
        noun(
            "/ccm/channel-connectors",
            "/id",
            "ChannelConnector",
            "[ChannelConnector]",
            json!({"name": "Loft", "channelProviderInterface": {"id": "$provider"}, "channelProviderConfigs": []}),
        ),
        noun("/ccm/channels", "/id", "Channel", "[Channel]", channel),
        noun(
            "/ccm/widget-configs",
            "/id",
            "WidgetConfig",
            "[WidgetConfig]",
            json!({"widgetIdentifier": "Second", "theme": "blue", "title": "", "subTitle": "", "form": ""}),
        ),
        noun(
            "/routing-engine/media-routing-domains",
            "/id",
            "MediaRoutingDomain",
            "[MediaRoutingDomain]",
            json!({"name": "Video", "description": "", "type": "64f6edf8b89b71cc6cb60917", "maxRequests": 2, "interruptible": true}),
        ),
        noun(
            "/routing-engine/routing-attributes",
            "/id",
            "RoutingAttribute",
            "[RoutingAttribute]",
            json!({"name": "Farsi", "description": "", "type": "BOOLEAN", "defaultValue": 1}),
        ),
        noun(
            "/routing-engine/precision-queues",
            "/id",
            "PrecisionQueue",
            "[PrecisionQueue]",
            json!({"name": "Sales", "mrd": {"id": "$mrd"}, "serviceLevelType": 1, "serviceLevelThreshold": 60, "agentSlaDuration": null,
                "steps": []}),
        ),
        noun(
            "/unified-admin/pull-mode-list",
            "/id",
            "PullModeList",
            "[PullModeList]",
            json!({"name": "Mail", "description": ""}),
        ),
        noun(
            "/unified-admin/reasons",
            "/id",
            "Reason",
            "[Reason]",
            json!({"name": "Lunch", "description": "", "type": "NOT_READY", "code": 9}),
        ),
        noun("/unified-admin/team", "/teamId", "Team", "[Team]", json!({"teamName": "Night"})),
        forms,
        noun(
            "/bot-framework/bot-connectors",
            "/botId",
            "Bot",
            "[Bot]",
            json!({"botId": null, "botType": "RASA", "botName": "Rasa", "botUri": "http://rasa:5005"}),
        ),
        noun(
            "/business-calendar/calendars",
            "/id",
            "Calendar",
            "[Calendar]",
            json!({"name": "Night shift", "description": "", "color": "#000000"}),
        ),
    ]
}
