//! What an operator can set, in one struct: defaults, then a TOML file, then `TIELINE_` environment variables.
//!
//! Promises: an unknown key is refused and the nearest known one is named; a value out of range is refused with
//! the option, the value and the range; printing a `Config` never prints a secret. `tieline.example.toml`
//! documents every option, and a test keeps it equal to the defaults.
//!
//! Left to others: reading key files, opening the store, binding the address.

use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use serde::Deserialize;

mod human;
mod ranges;
mod sections;

pub use human::Human;
pub use sections::{
    AuditConfig, AuthConfig, DeliveryConfig, EngineConfig, FilesConfig, FilesKind, KeysConfig, LimitsConfig,
    ListenConfig, LogConfig, LogFormat, MessagesConfig, MetricsConfig, OidcConfig, S3Config, StoreConfig,
    StoreKind, TenantConfig, WebConfig,
};

/// Start of the environment variables that set options: `TIELINE_STORE__PATH` sets `store.path`.
///
/// Variables without a double underscore are not options and are left alone: orchestrators inject names such as
/// `TIELINE_PORT` next to a service called `tieline`.
pub const ENVIRONMENT_PREFIX: &str = "TIELINE_";
const ENVIRONMENT_SEPARATOR: &str = "__";

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Everything an operator can set. See `tieline.example.toml` for the meaning of each option.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub listen: ListenConfig,
    pub tenant: TenantConfig,
    pub store: StoreConfig,
    pub keys: KeysConfig,
    pub engine: EngineConfig,
    pub delivery: DeliveryConfig,
    pub messages: MessagesConfig,
    pub files: FilesConfig,
    pub auth: AuthConfig,
    pub log: LogConfig,
    pub limits: LimitsConfig,
    pub metrics: MetricsConfig,
    pub web: WebConfig,
    pub audit: AuditConfig,
}

impl Config {
    /// Defaults, then `path` if given, then this process's environment; ranges are checked.
    pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
        let text = match path {
            Some(path) => Some((
                path,
                std::fs::read_to_string(path)
                    .map_err(|source| ConfigError::Unreadable { path: path.into(), source })?,
            )),
            None => None,
        };
        let file = text.as_ref().map(|(path, text)| (*path, text.as_str()));
        Self::merge(
            file,
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    fn merge(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        let mut figment = Figment::new();
        if let Some((path, text)) = file {
            figment = figment.merge(Toml::string(text));
            config = extract(&figment, &path.display().to_string())?;
        }
        for (variable, text) in environment {
            let Some(option) = option_of_variable(&variable) else { continue };
            let place = format!("environment variable {variable}");
            // As text first: a name or a secret of digits only must stay as it is written.
            let as_text = figment.clone().merge(Serialized::default(&option, &text));
            let as_value = || {
                let value: Value = text.parse().unwrap_or_else(|never| match never {});
                figment.clone().merge(Serialized::default(&option, value))
            };
            let merged = if extract(&as_text, &place).is_ok() { as_text } else { as_value() };
            config = extract(&merged, &place)?;
            figment = merged;
        }
        config.check()?;
        Ok(config)
    }
}

/// Why the configuration cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read configuration file {}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("unknown option {option} in {place}{}", .nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    UnknownOption { option: String, place: String, nearest: Option<String> },
    #[error("cannot understand {place}: {reason}")]
    Malformed { place: String, reason: String },
    /// One line for each option that is out of range.
    #[error("{}", .0.join("\n"))]
    OutOfRange(Vec<String>),
}

/// `TIELINE_STORE__PATH` is `store.path`; a name without the separator is not ours.
fn option_of_variable(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(ENVIRONMENT_PREFIX)?;
    rest.contains(ENVIRONMENT_SEPARATOR)
        .then(|| rest.to_ascii_lowercase().replace(ENVIRONMENT_SEPARATOR, "."))
}

fn extract(figment: &Figment, place: &str) -> Result<Config, ConfigError> {
    figment.extract().map_err(|error| {
        let at = error.path.join(".");
        match error.kind {
            figment::error::Kind::UnknownField(ref name, known) => {
                let parent = at.strip_suffix(name.as_str()).unwrap_or(&at).trim_end_matches('.');
                let full = |name: &str| {
                    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
                };
                ConfigError::UnknownOption {
                    option: full(name),
                    place: place.into(),
                    nearest: nearest(name, known).map(full),
                }
            }
            kind if at.is_empty() => ConfigError::Malformed { place: place.into(), reason: kind.to_string() },
            kind => ConfigError::Malformed { place: format!("{at} in {place}"), reason: kind.to_string() },
        }
    })
}

/// The known name that differs least from `name`, if few letters differ.
fn nearest(name: &str, known: &'static [&'static str]) -> Option<&'static str> {
    let (distance, candidate) = known.iter().map(|known| (edits(name, known), *known)).min()?;
    (distance <= 1 + name.len() / 3).then_some(candidate)
}

/// Levenshtein distance: letters to insert, delete or replace.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests;
