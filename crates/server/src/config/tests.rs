//! The options as written, as refused, and as documented in the example file.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::*;

const EXAMPLE: &str = include_str!("../../../../tieline.example.toml");

fn from_toml(text: &str) -> Result<Config, ConfigError> {
    Config::merge(Some((Path::new("test.toml"), text)), std::iter::empty())
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::merge(None, variables.iter().map(|(name, value)| (name.to_string(), value.to_string())))
}

/// The example with its commented-out options switched on, so that they are checked too.
fn example_in_full() -> String {
    let switch_on = |line: &str| match line.strip_prefix("#") {
        Some(option) if option.starts_with(|letter: char| letter.is_ascii_lowercase()) => option.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(switch_on).collect::<Vec<_>>().join("\n")
}

/// Every option there is, learnt from what deserialising refuses.
fn known_options(section: &str, found: &mut Vec<String>) {
    let text = if section.is_empty() { "zz=1".to_owned() } else { format!("[{section}]\nzz=1") };
    let error = Figment::from(Toml::string(&text)).extract::<Config>().expect_err("zz is no option");
    let figment::error::Kind::UnknownField(_, known) = error.kind else { panic!("{error}") };
    for name in known {
        let option = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        if section.is_empty() || matches!(option.as_str(), "files.s3" | "auth.oidc") {
            known_options(&option, found);
        } else {
            found.push(option);
        }
    }
}

#[test]
fn the_example_is_the_defaults() {
    let example = from_toml(EXAMPLE).unwrap();
    assert_eq!(format!("{example:#?}"), format!("{:#?}", Config::default()));
}

#[test]
fn the_example_with_everything_switched_on_is_valid() {
    from_toml(&example_in_full()).unwrap();
}

#[test]
fn the_example_names_every_option() {
    let mut options = Vec::new();
    known_options("", &mut options);
    assert!(options.len() > 40, "{options:?}");
    let example: BTreeMap<String, Value> = Figment::from(Toml::string(&example_in_full())).extract().unwrap();
    let example = Value::from(example);
    let missing: Vec<_> = options.iter().filter(|option| example.find_ref(option).is_none()).collect();
    assert!(missing.is_empty(), "not in tieline.example.toml: {missing:?}");
}

#[test]
fn values_are_read_as_people_write_them() {
    for (text, expected) in [
        ("30s", "30s"),
        ("5m", "5m"),
        ("24h", "1d"),
        ("1d", "1d"),
        ("90", "90s"),
        ("250 ms", "250ms"),
        ("0", "0"),
    ] {
        assert_eq!(text.parse::<Human<Duration>>().unwrap().to_string(), expected);
    }
    for (text, expected) in [("1 MiB", "1 MiB"), ("512kib", "512 KiB"), ("1000", "1000 B"), ("2048", "2 KiB")]
    {
        assert_eq!(text.parse::<Human<usize>>().unwrap().to_string(), expected);
    }
    for text in ["", "s", "5 minutes", "-3s", "1.5h", "99999999999999999999s"] {
        assert!(text.parse::<Human<Duration>>().is_err(), "{text}");
    }
}

#[test]
fn the_file_sets_options_and_the_environment_wins() {
    let config = Config::merge(
        Some((Path::new("t"), "[store]\nkind = \"memory\"\nreaders = 2\n[delivery]\nretry_every = 60")),
        [
            ("TIELINE_STORE__READERS", "8"),
            ("TIELINE_DELIVERY__ALLOW_ADDRESSES", "10.0.0.0/8, 127.0.0.1"),
            ("TIELINE_DELIVERY__RETRY_WAITS", "[1, \"3s\"]"),
            ("TIELINE_FILES__S3__REGION", "eu-west-1"),
            ("TIELINE_FILES__S3__BUCKET", "007"),
            ("TIELINE_METRICS__TOKEN", "0123456789012345"),
            ("TIELINE_PORT", "tcp://10.1.2.3:8080"),
            ("PATH", "/bin"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter(),
    )
    .unwrap();
    assert_eq!(config.store.kind, StoreKind::Memory);
    assert_eq!(config.store.readers, 8);
    assert_eq!(config.delivery.retry_every, MINUTE);
    assert_eq!(config.delivery.allow_addresses.len(), 2);
    assert_eq!(config.delivery.retry_waits, [SECOND, 3 * SECOND]);
    assert_eq!(config.files.s3.region, "eu-west-1");
    assert_eq!(config.files.s3.bucket.as_deref(), Some("007"));
    assert_eq!(config.metrics.token.unwrap().expose_secret(), "0123456789012345");
}

#[test]
fn refusals_name_the_option_and_what_to_write() {
    for (text, expected) in [
        ("[stor]\npath = \"x\"", "unknown option stor in test.toml; did you mean store?"),
        ("[store]\npaht = \"x\"", "unknown option store.paht in test.toml; did you mean store.path?"),
        (
            "[files.s3]\nbuckets = \"x\"",
            "unknown option files.s3.buckets in test.toml; did you mean files.s3.bucket?",
        ),
        ("[store]\nxylophone = 1", "unknown option store.xylophone in test.toml"),
        ("[store]\nreaders = 0", "store.readers is 0; it must be from 1 to 64"),
        ("[auth]\ntoken_lifetime = \"1s\"", "auth.token_lifetime is 1s; it must be from 1m to 1d"),
        ("[files]\nbytes_max = \"1 GiB\"", "files.bytes_max is 1 GiB; it must be from 1 KiB to 100 MiB"),
        ("[files]\nkind = \"s3\"", "files.s3.bucket must be set when files.kind is \"s3\""),
        (
            "[files]\nextensions = [\"exe\"]",
            "files.extensions lists \"exe\", a type whose content cannot be checked",
        ),
        ("[tenant]\nname = \"A B\"", "tenant.name must be 1 to 64 lower-case letters, digits or hyphens"),
        (
            "[delivery]\nbreaker_open_min = \"10m\"",
            "delivery.breaker_open_max is 5m; it must be from 10m to 1d",
        ),
        ("[metrics]\ntoken = \"short\"", "metrics.token must have at least 16 characters"),
        (
            "[delivery]\nattempt_timeout = \"soon\"",
            "cannot understand delivery.attempt_timeout in test.toml: \"soon\" is not a length of time; \
             write for example \"30s\", \"5m\", \"24h\"",
        ),
    ] {
        assert_eq!(from_toml(text).unwrap_err().to_string(), expected);
    }
    let error = from_environment(&[("TIELINE_LISTEN__ADRESS", "0.0.0.0:1")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown option listen.adress in environment variable TIELINE_LISTEN__ADRESS; did you mean listen.address?"
    );
}

#[test]
fn all_values_out_of_range_are_reported_at_once() {
    let error = from_toml("[store]\nreaders = 0\n[engine]\nbatch_max = 0").unwrap_err();
    assert_eq!(error.to_string().lines().count(), 2);
}

#[test]
fn printing_a_configuration_shows_no_secret() {
    let config = from_environment(&[
        ("TIELINE_KEYS__MASTER_KEY", "opensesame"),
        ("TIELINE_KEYS__PREVIOUS_MASTER_KEY", "opensesame"),
        ("TIELINE_FILES__S3__SECRET_ACCESS_KEY", "opensesame"),
        ("TIELINE_METRICS__TOKEN", "opensesame-opensesame"),
    ])
    .unwrap();
    assert_eq!(config.keys.master_key.as_ref().unwrap().expose_secret(), "opensesame");
    assert!(!format!("{config:?}").contains("opensesame"));
}
