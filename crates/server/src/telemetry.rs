//! Logs and metrics of the process.
//!
//! Promises: logs go to standard error, as text or JSON; metrics are kept in memory and rendered for Prometheus.
//!
//! Left to others: the `/metrics` route, naming metrics, and running [`Telemetry::upkeep`].

use std::io::IsTerminal;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{LogConfig, LogFormat};

/// Histograms whose names end so are times in seconds.
const SECONDS_SUFFIX: &str = "_seconds";
/// From a decision (well under a millisecond) to a slow webhook.
const SECONDS_BUCKETS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// How often recorded values are folded into buckets when nobody asks for them.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Media type of what [`Telemetry::render`] returns.
pub const METRICS_CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process's metrics. Cheap to clone.
#[derive(Clone)]
pub struct Telemetry {
    metrics: PrometheusHandle,
}

/// Why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error(
        "log.filter {filter:?} is not understood: {reason}; write for example \"info,tieline_server=debug\""
    )]
    Filter { filter: String, reason: String },
    #[error("logging was already set up: {0}")]
    Logs(#[from] TryInitError),
    #[error("metrics cannot be set up: {0}")]
    Metrics(#[from] BuildError),
}

impl Telemetry {
    /// Sets up logs and metrics for the whole process; a second call is an error.
    pub fn install(config: &LogConfig) -> Result<Self, TelemetryError> {
        let filter = filter(&config.filter)?;
        let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match config.format {
            LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).finish().try_init()?,
            LogFormat::Json => logs.json().flatten_event(true).finish().try_init()?,
        }
        Ok(Self { metrics: builder()?.install_recorder()? })
    }

    /// All metrics, in Prometheus' text format.
    pub fn render(&self) -> String {
        self.metrics.render()
    }

    /// Keeps the memory of histograms bounded; runs until dropped.
    pub async fn upkeep(self) {
        let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
        loop {
            ticks.tick().await;
            self.metrics.run_upkeep();
        }
    }
}

/// Libraries that log what passes through them below this level: handshakes with their tokens, message texts.
const KEPT_QUIET: [&str; 3] = ["socketioxide=info", "engineioxide=info", "hyper=info"];

fn filter(directives: &str) -> Result<EnvFilter, TelemetryError> {
    let refused = |reason: &dyn std::fmt::Display| TelemetryError::Filter {
        filter: directives.to_owned(),
        reason: reason.to_string(),
    };
    let mut filter = EnvFilter::builder().parse(directives).map_err(|reason| refused(&reason))?;
    for quiet in KEPT_QUIET {
        filter = filter.add_directive(quiet.parse().map_err(|reason| refused(&reason))?);
    }
    Ok(filter)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix(SECONDS_SUFFIX.into()), &SECONDS_BUCKETS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_rendered_with_buckets_in_seconds() {
        let recorder = builder().unwrap().build_recorder();
        let telemetry = Telemetry { metrics: recorder.handle() };
        metrics::with_local_recorder(&recorder, || {
            metrics::counter!("messages_total", "direction" => "in").increment(2);
            metrics::histogram!("webhook_duration_seconds").record(0.02);
        });
        let rendered = telemetry.render();
        for line in [
            "messages_total{direction=\"in\"} 2",
            "webhook_duration_seconds_bucket{le=\"0.01\"} 0",
            "webhook_duration_seconds_bucket{le=\"0.025\"} 1",
            "webhook_duration_seconds_bucket{le=\"+Inf\"} 1",
        ] {
            assert!(rendered.contains(line), "{line} not in\n{rendered}");
        }
    }

    #[test]
    fn filters() {
        for (directives, accepted) in
            [("info", true), ("info,tieline_server=debug", true), ("tieline=loud", false)]
        {
            assert_eq!(filter(directives).is_ok(), accepted, "{directives}");
        }
    }

    #[test]
    fn installing_twice_is_refused() {
        let config = LogConfig { format: LogFormat::Json, filter: "off".into() };
        assert!(Telemetry::install(&config).is_ok());
        assert!(matches!(Telemetry::install(&config), Err(TelemetryError::Logs(_))));
    }
}
