//! The documented table of tasks, row by row: what happens to a task, and which request follows.

use tieline_core::event::Fact;
use tieline_core::task::{Stage as TaskStage, Task};

use super::given::{Given, given};
use super::script::play;
use super::stage::Stage;

/// Every task there ever was, oldest first, as it was last written down.
fn tasks(stage: &mut Stage) -> Vec<String> {
    stage.land();
    let mut tasks: Vec<Task> = Vec::new();
    for event in stage.kept.events.values() {
        let task = match &event.fact {
            Fact::TaskEnqueued { task, .. }
            | Fact::AgentReserved { task, .. }
            | Fact::TaskChanged { task } => task,
            _ => continue,
        };
        match tasks.iter_mut().find(|known| known.id == task.id) {
            Some(known) => *known = Task::clone(task),
            None => tasks.push(Task::clone(task)),
        }
    }
    tasks.iter().map(|task| told(stage, task)).collect()
}

fn told(stage: &Stage, task: &Task) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let direction = word(serde_json::to_value(task.direction).expect("a word"));
    let mode = word(serde_json::to_value(task.mode).expect("a word"));
    let stands = match task.stage {
        TaskStage::Queued => format!("QUEUED at {}", task.priority),
        TaskStage::Offered { agent, .. } => format!("RESERVED for {}", stage.agent_name(agent)),
        TaskStage::Active { agent } => format!("ACTIVE with {}", stage.agent_name(agent)),
        TaskStage::WrapUp { agent, .. } => format!("WRAP_UP with {}", stage.agent_name(agent)),
        TaskStage::Closed { reason, .. } => word(serde_json::to_value(reason).expect("a word")),
    };
    format!("{direction} {mode} {stands}")
}

/// What happens while somebody is looked for, or without looking.
#[test]
fn requests_change_as_documented() {
    let (amina, ben) = ("amina connects; amina is ready", "ben connects; ben is ready");
    let served = format!("{amina}; carl writes; amina accepts carl");
    let found = "carl writes; bot answers carl: FIND_AGENT";
    let given = || given().agents("amina, ben");
    let calls = |interrupts| {
        let given = given().interrupts(false).recognised_alike("WHATSAPP");
        given.settings(|settings| settings.routing.mrd_interruption = interrupts)
    };
    let mail = || given().list("Mail", |_| {}).pulled("site", "Mail");
    let joined = format!("{amina}; carl writes; amina joins carl");
    // The row, the centre, what happens there, and the tasks there are then.
    let rows: Vec<(&str, Given, String, &[&str])> = vec![
        ("T1", given(), "carl writes".into(), &["INBOUND QUEUE QUEUED at 1"]),
        ("T2", given(), format!("{amina}; carl writes"), &["INBOUND QUEUE RESERVED for amina"]),
        ("T3", given(), served.clone(), &["INBOUND QUEUE ACTIVE with amina"]),
        (
            "T4",
            given(),
            format!("{amina}; carl writes; wait 20s"),
            &["INBOUND QUEUE RONA", "INBOUND QUEUE QUEUED at 11"],
        ),
        ("T5 queued", given(), "carl writes; wait 100s".into(), &["INBOUND QUEUE NO_AGENT_AVAILABLE"]),
        (
            "T5 ringing",
            given(),
            format!("carl writes; wait 90s; {ben}; wait 10s"),
            &["INBOUND QUEUE NO_AGENT_AVAILABLE"],
        ),
        ("T6 queued", given(), "carl writes; carl ends".into(), &["INBOUND QUEUE CANCELLED"]),
        ("T6 ringing", given(), format!("{amina}; carl writes; carl ends"), &["INBOUND QUEUE CANCELLED"]),
        (
            "T7 queued",
            calls(false),
            "carl writes; carl writes on phone".into(),
            &["INBOUND QUEUE CANCELLED", "INBOUND QUEUE QUEUED at 1"],
        ),
        (
            "T7 ringing",
            calls(false),
            format!("{amina}; carl writes; carl writes on phone"),
            &["INBOUND QUEUE CANCELLED", "INBOUND QUEUE RESERVED for amina"],
        ),
        ("T8", given(), "carl writes; admin flushes Default".into(), &["INBOUND QUEUE FORCE_CLOSED"]),
        (
            "T9",
            given().bot("guru"),
            format!("{found}; bot says carl: CANCEL_RESOURCE"),
            &["INBOUND QUEUE CANCELLED"],
        ),
        (
            "T18",
            calls(true),
            format!("{served}; {ben}; dora writes on phone; amina accepts dora"),
            &["INBOUND QUEUE REROUTE", "INBOUND QUEUE ACTIVE with amina", "INBOUND QUEUE RESERVED for ben"],
        ),
        ("P1", mail(), joined.clone(), &["INBOUND AGENT ACTIVE with amina"]),
        ("P2", mail(), format!("{joined}; amina joins carl"), &["INBOUND AGENT ACTIVE with amina"]),
        ("O1", given(), format!("{amina}; amina contacts carl"), &["OUTBOUND AGENT ACTIVE with amina"]),
    ];
    for (row, given, told, expected) in rows {
        let mut stage = given.stage();
        play(&mut stage, &told.replace("; ", "\n"));
        assert_eq!(tasks(&mut stage), *expected, "{row}");
    }
}

/// What happens while an agent serves, and what agents ask of others.
#[test]
fn tasks_change_as_documented() {
    let served = "carl writes; amina accepts carl";
    // The row, whether there is wrap-up, what happens while amina serves, and the tasks there are then.
    let rows: &[(&str, bool, &str, &[&str])] = &[
        ("T10", true, "amina leaves carl", &["INBOUND QUEUE WRAP_UP with amina"]),
        ("T11", false, "amina leaves carl", &["INBOUND QUEUE DONE"]),
        ("T12 applied", true, "amina leaves carl; amina wraps carl", &["INBOUND QUEUE WRAP_UP_APPLIED"]),
        ("T12 skipped", true, "amina leaves carl; amina skips carl", &["INBOUND QUEUE WRAP_UP_NOT_APPLIED"]),
        ("T12 over", true, "amina leaves carl; wait 60s", &["INBOUND QUEUE WRAP_UP_EXPIRED"]),
        ("T13 with wrap-up", true, "carl ends", &["INBOUND QUEUE WRAP_UP with amina"]),
        ("T13 without", false, "carl ends", &["INBOUND QUEUE DONE"]),
        (
            "T14 to a queue",
            true,
            "amina transfers carl to queue Default",
            &["INBOUND QUEUE TRANSFERRED", "DIRECT_TRANSFER QUEUE RESERVED for ben"],
        ),
        (
            "T14 to an agent",
            false,
            "amina transfers carl to ben",
            &["INBOUND QUEUE TRANSFERRED", "DIRECT_TRANSFER AGENT RESERVED for ben"],
        ),
        (
            "T15 logs out",
            true,
            "amina logs out",
            &["INBOUND QUEUE AGENT_LOGOUT", "INBOUND QUEUE RESERVED for ben"],
        ),
        (
            "T15 stays away",
            true,
            "amina disconnects; wait 30s",
            &["INBOUND QUEUE AGENT_LOGOUT", "INBOUND QUEUE RESERVED for ben"],
        ),
        ("T16", true, "wait 90s", &["INBOUND QUEUE DONE", "INBOUND QUEUE RESERVED for ben"]),
        (
            "T17",
            true,
            "sara sets amina out",
            &["INBOUND QUEUE AGENT_LOGOUT", "INBOUND QUEUE RESERVED for ben"],
        ),
        (
            "N1 transfer",
            true,
            "amina transfers carl to ben",
            &["INBOUND QUEUE TRANSFERRED", "DIRECT_TRANSFER AGENT RESERVED for ben"],
        ),
        (
            "N1 consultation",
            true,
            "amina consults carl to ben",
            &["INBOUND QUEUE ACTIVE with amina", "CONSULT AGENT RESERVED for ben"],
        ),
        (
            "N2 transfer",
            true,
            "amina transfers carl to ben; wait 20s",
            &[
                "INBOUND QUEUE TRANSFERRED",
                "DIRECT_TRANSFER AGENT RONA",
                "DIRECT_TRANSFER QUEUE RESERVED for sara",
            ],
        ),
        (
            "N2 consultation",
            true,
            "amina consults carl to ben; wait 20s",
            &["INBOUND QUEUE ACTIVE with amina", "CONSULT AGENT RONA"],
        ),
        (
            "M1 watches",
            true,
            "sara watches carl",
            &["INBOUND QUEUE ACTIVE with amina", "SILENT_MONITOR AGENT ACTIVE with sara"],
        ),
        (
            "M1 barges in",
            true,
            "sara watches carl; sara barges carl",
            &["INBOUND QUEUE ACTIVE with amina", "BARGE_IN AGENT ACTIVE with sara"],
        ),
        (
            "consult transfer",
            true,
            "amina consults carl to ben; ben accepts carl; amina yields carl",
            &["INBOUND QUEUE TRANSFERRED", "CONSULT AGENT DONE", "CONSULT_TRANSFER AGENT ACTIVE with ben"],
        ),
        (
            "consult conference",
            true,
            "amina consults carl to ben; ben accepts carl; amina adds carl",
            &[
                "INBOUND QUEUE ACTIVE with amina",
                "CONSULT AGENT DONE",
                "CONSULT_CONFERENCE AGENT ACTIVE with ben",
            ],
        ),
    ];
    for (row, wraps_up, told, expected) in rows {
        let mut given = given()
            .agents("amina, ben, sara")
            .led_team("amina, ben, sara")
            .default_queue(|queue| queue.agent_sla_secs = Some(90))
            .on_duty("amina, ben, sara");
        if *wraps_up {
            given = given.wrap_up(60);
        }
        let mut stage = given.stage();
        play(&mut stage, &format!("{served}; {told}").replace("; ", "\n"));
        assert_eq!(tasks(&mut stage), *expected, "{row}");
    }
}
