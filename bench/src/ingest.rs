//! Customers' messages in: from the POST to the answer that says it is on disk.

use anyhow::{Result, ensure};
use secrecy::SecretString;
use tieline_connectors::load::{Amount, LoadOptions, LoadReport, post_load};

use crate::Setting;
use crate::customers::{LINE, open_conversations};
use crate::hub::Hub;
use crate::parse_server::ParseServer;
use crate::results::{Measurement, Results};
use crate::rows::{self, Sizes};
use crate::tenant::{Admin, Handling};

const CONVERSATIONS: u64 = 1_000;
/// With the most connections.
const PER_SECOND_TARGET: f64 = 20_000.0;
const CONNECTIONS: [u32; 3] = [1, 16, 64];
/// A customer's message as connectors send it, envelope included.
const BODY_BYTES: usize = 700;

pub async fn measure(setting: &Setting, results: &mut Results) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut hub = Hub::prepare(&setting.hub, folder.path(), "[log]\nfilter = \"warn\"").await?;
    hub.start().await?;
    let admin = Admin::sign_in(&hub.url()).await?;
    let connector = admin.register(None).await?;
    let handling = Handling { mode: "HYBRID", inactivity_secs: 3_600 };
    admin.open_channel(&connector, LINE, handling).await?;
    let options = |base: &str, connections, amount| options(base, &connector.token, connections, amount);
    // Every conversation is open, and has its one request for an agent, before anything is measured.
    open_conversations(&hub.url(), &connector, 0..CONVERSATIONS).await?;
    let mut measured = Vec::new();
    for connections in CONNECTIONS {
        let amount = Amount::Duration(setting.duration());
        measured.push(checked(post_load(options(&hub.url(), connections, amount)).await?)?);
    }
    hub.kill().await?;
    let sizes = Sizes::of(&hub.database())?;
    let parser = ParseServer::start().await?;
    for (connections, report) in CONNECTIONS.into_iter().zip(measured) {
        let rate = report.accepted_per_second;
        let amount = Amount::Duration(setting.duration());
        let parsed = checked(post_load(options(&parser.url, connections, amount)).await?)?;
        let kept =
            rows::rate(folder.path(), sizes, CONVERSATIONS, connections.into(), setting.duration()).await?;
        let what = format!("{connections} connections");
        let note = format!("{}; {} bytes a message, {sizes:?}", report.latency, report.body_bytes);
        let mut taken = Measurement::new("ingest", &what, rate, "/s").limit("rows alone", kept).note(note);
        if Some(&connections) == CONNECTIONS.last() {
            taken = taken.at_least(PER_SECOND_TARGET);
        }
        results.add(taken);
        let parse_only = parsed.accepted_per_second;
        results
            .add(Measurement::new("ingest", &what, rate, "/s").limit("parsing alone, over HTTP", parse_only));
    }
    Ok(())
}

fn options(base: &str, token: &SecretString, connections: u32, amount: Amount) -> LoadOptions {
    LoadOptions {
        base: base.to_owned(),
        token: token.clone(),
        service_identifier: LINE.to_owned(),
        conversations: CONVERSATIONS,
        connections,
        amount,
        body_bytes: BODY_BYTES,
        keyed: true,
    }
}

/// A load that was not taken whole measures nothing.
fn checked(report: LoadReport) -> Result<LoadReport> {
    let smooth = report.refused.is_empty() && report.errors.is_empty() && report.accepted > 0;
    ensure!(smooth, "the load was not taken: {report}");
    Ok(report)
}
