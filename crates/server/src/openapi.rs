//! The OpenAPI 3.1 document, made from the list of routes. `openapi.json` in the repository is this document; a test
//! keeps it so.

use std::collections::BTreeSet;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, Paths, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    ArrayBuilder, ComponentsBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Content as MediaType, Header, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder,
};

use crate::rest::route::{Access, Content, Route, Verb};
use crate::rest::routes::routes;

mod schemas;

pub use schemas::shapes;

const JSON: &str = "application/json";
const PERSON: &str = "person";
const CONNECTOR: &str = "connectorToken";
const BOT: &str = "botToken";
const SIGNATURE: &str = "connectorSignature";
const METRICS: &str = "metricsToken";

/// Status, name and meaning of what can go wrong.
const ERRORS: [(u16, &str, &str); 9] = [
    (400, "Malformed", "The request cannot be understood, or a value will not do."),
    (401, "Unknown", "Nobody known is asking."),
    (403, "Forbidden", "Whoever is asking may not."),
    (404, "Missing", "There is no such object."),
    (409, "InTheWay", "Another object or live work is in the way."),
    (412, "Stale", "Somebody else changed it meanwhile."),
    (413, "TooLarge", "The body is too large."),
    (429, "TooOften", "Too many calls; repeat it after as long as Retry-After says."),
    (503, "NotNow", "Not now; repeat it after as long as Retry-After says."),
];

/// What holds for all of the API, in Markdown.
pub const DESCRIPTION: &str = "\
A hub between customers' channels and contact-centre agents.

People sign in at `/auth/login` and send the token as `Authorization: Bearer`. Connectors send the token they were \
given when they were created, or sign their requests to the Standard Webhooks specification and name themselves in \
the `tieline-connector` header.

Every error has the shape of `Error`: `status` is the HTTP reason in capitals, `message` says what is wrong, \
`description` what to do, `code` is for programs, `field` names the member at fault and `conflict` the object that is \
in the way. `why` is the message by a code that is finer and stays, for screens in other languages. 429 and 503 carry `Retry-After`.

Single objects carry their version as `ETag`; send it as `If-Match` to change nothing but that version (412 \
otherwise). A message sent again with the same `Idempotency-Key`, or the very same message without one, has no second \
effect and the same answer.

Paths under `/ccm` answer without that prefix too, and those under `/cim-customer` under `/cim` as well.

Agents' desks sign in at `/agent-manager/agent/login` and then connect by socket.io at `/agent-manager/socket.io`.";

/// The document as JSON.
#[must_use]
pub fn document() -> OpenApi {
    let routes = routes(0);
    let tags: BTreeSet<&str> = routes.iter().map(|route| route.tag).collect();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Tieline")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(License::new("Apache-2.0"))),
        )
        .paths(paths(&routes))
        .components(Some(components()))
        .tags(Some(tags.into_iter().map(|tag| TagBuilder::new().name(tag).build())))
        .build()
}

fn components() -> utoipa::openapi::Components {
    let person = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The token of somebody who signed in."));
    let connector = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of a channel connector, `tl_…`."));
    let metrics = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The configured `metrics.token`. Callers on the hub's own machine need none."));
    let bot =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The token of a bot, `tl_…`."));
    let signature = ApiKeyValue::with_description(
        "webhook-signature",
        "Standard Webhooks: with `webhook-id`, `webhook-timestamp` and `tieline-connector: <connector id>`.",
    );
    ComponentsBuilder::new()
        .schemas_from_iter(schemas::all())
        .security_scheme(PERSON, SecurityScheme::Http(person.build()))
        .security_scheme(CONNECTOR, SecurityScheme::Http(connector.build()))
        .security_scheme(METRICS, SecurityScheme::Http(metrics.build()))
        .security_scheme(BOT, SecurityScheme::Http(bot.build()))
        .security_scheme(SIGNATURE, SecurityScheme::ApiKey(ApiKey::Header(signature)))
        .responses_from_iter(ERRORS.map(|(_, name, when)| (name, error("Error", when))))
        .build()
}

fn paths(routes: &[Route]) -> Paths {
    let mut paths = PathsBuilder::new().build();
    for route in routes {
        let method = match route.verb {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Put => HttpMethod::Put,
            Verb::Delete => HttpMethod::Delete,
        };
        paths.add_path_operation(route.path, vec![method], operation(route));
    }
    paths
}

fn operation(route: &Route) -> utoipa::openapi::path::Operation {
    let mut operation = OperationBuilder::new()
        .tag(route.tag)
        .summary(Some(route.summary.clone()))
        .operation_id(Some(operation_id(route)))
        .parameters(Some(parameters(route)))
        .request_body(body(route))
        .response(route.status.to_string(), success(route));
    for (status, name, when) in ERRORS.into_iter().filter(|(status, ..)| may_answer(route, *status)) {
        operation = operation.response(status.to_string(), refusal(route, status, name, when));
    }
    for requirement in security(route.access) {
        operation = operation.security(requirement);
    }
    operation.build()
}

/// `getChannelConnectorsByIdHealth`
fn operation_id(route: &Route) -> String {
    let mut id = format!("{:?}", route.verb).to_lowercase();
    for part in route.path.split(['/', '-', '.']).filter(|part| !part.is_empty()) {
        let (by, word) = match part.strip_prefix('{') {
            Some(parameter) => ("By", parameter.trim_end_matches('}')),
            None => ("", part),
        };
        id.push_str(by);
        let mut letters = word.chars();
        id.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        id.push_str(letters.as_str());
    }
    id
}

fn parameters(route: &Route) -> Vec<Parameter> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let named = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = named.map(|name| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
        parameter.required(Required::True).schema(Some(text())).build()
    });
    let in_query = route.query.iter().map(|(name, meaning)| {
        let parameter = ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query);
        parameter.required(Required::False).description(Some(*meaning)).schema(Some(text())).build()
    });
    let header = |name: &str, meaning: &str| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        parameter.required(Required::False).description(Some(meaning)).schema(Some(text())).build()
    };
    let mut parameters: Vec<Parameter> = in_path.chain(in_query).collect();
    if route.conditional {
        parameters.push(header("If-Match", "Change this version only: an ETag."));
    }
    if route.idempotent {
        parameters.push(header("Idempotency-Key", "What a repetition of this request is known by."));
    }
    parameters
}

fn body(route: &Route) -> Option<utoipa::openapi::request_body::RequestBody> {
    let body = RequestBodyBuilder::new().required(Some(Required::True));
    Some(match route.takes {
        Content::Nothing => return None,
        Content::Form => {
            let file = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::Custom("binary".into())));
            let form = ObjectBuilder::new()
                .property("file", file)
                .property("conversationId", ObjectBuilder::new().schema_type(Type::String))
                .required("file");
            body.content("multipart/form-data", MediaType::new(Some(RefOr::T(form.build().into())))).build()
        }
        takes => body.content(JSON, MediaType::new(schema(takes))).build(),
    })
}

fn success(route: &Route) -> utoipa::openapi::Response {
    let mut response = ResponseBuilder::new().description(match route.status {
        201 => "Created.",
        204 => "Done.",
        _ => "What was asked for.",
    });
    let media: &[&str] = match route.gives {
        Content::Nothing => &[],
        Content::File => &["application/octet-stream"],
        Content::Lines => &["application/x-ndjson", "text/csv"],
        Content::Text => &["text/plain"],
        Content::Page => &["text/html"],
        Content::Form | Content::Json(_) | Content::List(_) | Content::OneOrList(_) => &[JSON],
    };
    for media in media {
        response = response.content(*media, MediaType::new(schema(route.gives)));
    }
    if route.versioned {
        response = response.header("ETag", header("The version, for If-Match."));
    }
    if route.idempotent {
        response = response.header("tieline-sequence", header("The message's place in the log."));
    }
    if matches!(route.gives, Content::List(_)) && route.query.iter().any(|(name, _)| *name == "after") {
        response = response.header("Link", header("With a limit, the next page: rel=\"next\"."));
    }
    response.build()
}

fn schema(content: Content) -> Option<RefOr<Schema>> {
    Some(match content {
        Content::Json(name) => RefOr::Ref(Ref::from_schema_name(name)),
        Content::List(name) => {
            RefOr::T(Schema::Array(ArrayBuilder::new().items(Ref::from_schema_name(name)).build()))
        }
        Content::OneOrList(name) => {
            let choice = OneOfBuilder::new().item(Ref::from_schema_name(name));
            let list = ArrayBuilder::new().items(Ref::from_schema_name(name));
            RefOr::T(Schema::OneOf(choice.item(Schema::Array(list.build())).build()))
        }
        Content::File | Content::Lines | Content::Text | Content::Page | Content::Form => {
            RefOr::T(ObjectBuilder::new().schema_type(Type::String).build().into())
        }
        Content::Nothing => return None,
    })
}

fn header(meaning: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(RefOr::T(Schema::from(text)))).description(Some(meaning)).build()
}

/// Refusals by a handler may have a shape of their own; what stands before every handler answers with the one shape.
fn refusal(route: &Route, status: u16, name: &str, when: &str) -> RefOr<utoipa::openapi::Response> {
    match route.refuses {
        "Error" => RefOr::Ref(Ref::from_response_name(name)),
        _ if status == 503 => RefOr::Ref(Ref::from_response_name(name)),
        own => RefOr::T(error(own, when)),
    }
}

fn error(shape: &str, when: &str) -> utoipa::openapi::Response {
    let schema = RefOr::Ref(Ref::from_schema_name(shape));
    ResponseBuilder::new().description(when).content(JSON, MediaType::new(Some(schema))).build()
}

/// Whether a route can be answered with this error.
fn may_answer(route: &Route, status: u16) -> bool {
    let takes = route.takes != Content::Nothing;
    let guarded = route.access != Access::Public;
    match status {
        named if route.also.contains(&named) => true,
        400 => takes || !route.query.is_empty() || route.conditional,
        401 => guarded || route.takes == Content::Json("SignIn") || route.refuses != "Error",
        403 => route.access != Access::Watcher && (guarded || route.refuses != "Error"),
        404 => route.path.contains('{') || route.idempotent,
        409 => guarded && route.verb != Verb::Get,
        412 => route.conditional,
        429 => route.limited,
        413 => takes,
        _ => true,
    }
}

fn security(access: Access) -> Vec<SecurityRequirement> {
    let by = |scheme: &str| SecurityRequirement::new(scheme, Vec::<String>::new());
    match access {
        Access::Public => Vec::new(),
        Access::Person => vec![by(PERSON)],
        Access::Watcher => vec![by(METRICS), SecurityRequirement::default()],
        Access::Bot => vec![by(BOT)],
        Access::Visitor => vec![by(PERSON), by(CONNECTOR), by(SIGNATURE)],
    }
}
