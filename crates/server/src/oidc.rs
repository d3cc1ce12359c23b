//! The provider of OpenID Connect people may sign in with: the authorization code flow with PKCE, state and nonce.
//!
//! Promises: what comes out of [`Provider::claims`] was said by the configured issuer, to us, about the sign-in that was
//! begun here; calls to the provider are bounded in time and size and follow no redirects; nothing it says about a person
//! is logged.
//!
//! Left to others: carrying the [`Begun`] from start to end (`rest::openid`), and what becomes of the person ([`claims`]).

pub mod claims;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwapOption;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use reqwest::Url;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tieline_core::time::{At, Span};

use crate::config::{Config, OidcConfig};

/// Where the provider sends people back to.
pub const CALLBACK: &str = "/auth/oidc/callback";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// Of one answer of the provider.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How long what the provider said of itself, with its keys, is believed.
const METADATA_MAX_AGE: Span = Span::secs(10 * 60);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub struct Provider {
    pub config: OidcConfig,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    callback: RedirectUrl,
    http: reqwest::Client,
    metadata: ArcSwapOption<(At, CoreProviderMetadata)>,
}

/// A sign-in under way, as whoever began it carries it along.
#[derive(Serialize, Deserialize)]
pub struct Begun {
    pub state: String,
    nonce: String,
    verifier: String,
    /// The page to come back to.
    pub to: String,
}

/// Why the provider is of no use for a sign-in. The text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("the provider cannot be reached or does not describe itself: {0}")]
    Unreachable(String),
    #[error("the provider did not take the sign-in: {0}")]
    Refused(String),
    #[error("what the provider said cannot be believed: {0}")]
    Unbelievable(String),
}

/// Why a call to the provider failed.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer has more than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
}

/// Whatever else the provider tells of a person.
#[derive(Debug, Serialize, Deserialize)]
struct Told(Map<String, Value>);

impl AdditionalClaims for Told {}

impl Provider {
    /// `None` when none is configured.
    ///
    /// # Errors
    /// When the configuration was not checked, or no HTTP client can be made.
    pub fn configured(config: &Config) -> anyhow::Result<Option<Self>> {
        let oidc = &config.auth.oidc;
        let Some(issuer) = &oidc.issuer else { return Ok(None) };
        let public_url = config.listen.public_url.as_ref().context("listen.public_url is required")?;
        let client_id = oidc.client_id.clone().context("auth.oidc.client_id is required")?;
        let callback = format!("{}{CALLBACK}", public_url.as_str().trim_end_matches('/'));
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .redirect(Policy::none())
            .build()?;
        Ok(Some(Self {
            issuer: IssuerUrl::new(issuer.clone())?,
            client_id: ClientId::new(client_id),
            client_secret: oidc
                .client_secret
                .as_ref()
                .map(|secret| ClientSecret::new(secret.expose_secret().to_owned())),
            callback: RedirectUrl::new(callback)?,
            http,
            metadata: ArcSwapOption::empty(),
            config: oidc.clone(),
        }))
    }

    /// Where to send somebody who wants to sign in, and what he carries along.
    pub async fn begin(&self, to: &str, now: At) -> Result<(Url, Begun), Unusable> {
        let client = self.client(self.metadata(now).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let scopes = self.config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let begun = Begun {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            to: to.to_owned(),
        };
        Ok((url, begun))
    }

    /// Whether an answer that names its sender comes from the provider (RFC 9207).
    pub fn is_issuer(&self, named: &str) -> bool {
        named == self.issuer.as_str()
    }

    /// What the provider tells of whoever came back with this code, `iss` and `sub` included.
    pub async fn claims(&self, begun: Begun, code: String, now: At) -> Result<Value, Unusable> {
        let client = self.client(self.metadata(now).await?);
        let token = self.exchange(&client, code, begun.verifier).await?;
        let id_token =
            token.id_token().ok_or_else(|| Unusable::Unbelievable("there is no ID token".into()))?;
        let nonce = Nonce::new(begun.nonce);
        let verified = match verify(&client, id_token, &token, &nonce) {
            // The provider changed its keys since we asked for them.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let fresh = self.client(self.discover(now).await?);
                verify(&fresh, id_token, &token, &nonce)
            }
            verified => verified,
        };
        let mut claims = verified.map_err(|err| Unusable::Unbelievable(err.to_string()))?;
        if [&self.config.username_claim, &self.config.roles_claim]
            .iter()
            .any(|claim| claims.get(claim).is_none())
        {
            self.add_told(&client, &token, &mut claims).await?;
        }
        Ok(claims)
    }

    async fn exchange(
        &self,
        client: &Client,
        code: String,
        verifier: String,
    ) -> Result<CoreTokenResponse, Unusable> {
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|err| Unusable::Unreachable(err.to_string()))?;
        let http = |request| call(self.http.clone(), request);
        let answered = request.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&http).await;
        answered.map_err(|err| match err {
            // Its description may be about a person.
            RequestTokenError::ServerResponse(answer) => Unusable::Refused(answer.error().to_string()),
            RequestTokenError::Request(err) => Unusable::Unreachable(words(&err)),
            RequestTokenError::Parse(..) => Unusable::Unbelievable("the answer is no token".into()),
            RequestTokenError::Other(what) => Unusable::Unbelievable(what),
        })
    }

    /// Many providers tell groups and names only when asked, with the token they gave.
    async fn add_told(
        &self,
        client: &Client,
        token: &CoreTokenResponse,
        claims: &mut Value,
    ) -> Result<(), Unusable> {
        let subject = claims["sub"].as_str().map(|subject| SubjectIdentifier::new(subject.to_owned()));
        // Without such an endpoint there is no more to be told.
        let Ok(request) = client.user_info(token.access_token().clone(), subject) else { return Ok(()) };
        let http = |request| call(self.http.clone(), request);
        let told: UserInfoClaims<Told, CoreGenderClaim> = request
            .request_async(&http)
            .await
            .map_err(|_| Unusable::Unbelievable("what it tells of a person when asked".into()))?;
        let told = serde_json::to_value(&told).unwrap_or_default();
        if let (Value::Object(claims), Value::Object(told)) = (claims, told) {
            for (claim, value) in told {
                claims.entry(claim).or_insert(value);
            }
        }
        Ok(())
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Client {
        CoreClient::from_provider_metadata(metadata, self.client_id.clone(), self.client_secret.clone())
            .set_redirect_uri(self.callback.clone())
    }

    async fn metadata(&self, now: At) -> Result<CoreProviderMetadata, Unusable> {
        match self.metadata.load_full() {
            Some(kept) if now.since(kept.0) < METADATA_MAX_AGE => Ok(kept.1.clone()),
            _ => self.discover(now).await,
        }
    }

    async fn discover(&self, now: At) -> Result<CoreProviderMetadata, Unusable> {
        let http = |request| call(self.http.clone(), request);
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &http).await;
        let found = found.map_err(|err| Unusable::Unreachable(words(&err)))?;
        self.metadata.store(Some(Arc::new((now, found.clone()))));
        Ok(found)
    }
}

/// The claims of an ID token that is genuine, ours, fresh, and of this very sign-in.
fn verify(
    client: &Client,
    id_token: &CoreIdToken,
    token: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<Value, ClaimsVerificationError> {
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    let other = |what: &str| ClaimsVerificationError::Other(what.to_owned());
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|_| other("the ID token's algorithm"))?;
        let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let actual = AccessTokenHash::from_token(token.access_token(), algorithm, key);
        if actual.is_err() || actual.ok().as_ref() != Some(expected) {
            return Err(other("the access token is another sign-in's"));
        }
    }
    // As the provider wrote them, those the library has no name for among them.
    let written = id_token.to_string();
    let payload = written.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    payload
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| other("the ID token is no JSON"))
}

async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > ANSWER_BYTES_MAX {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// An error with what caused it.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
