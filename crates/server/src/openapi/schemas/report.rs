//! What was and what is.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "Report",
        "Rows of figures; docs/reports.md says what each means.",
        &["from!: time", "until!: time", "rows!: [#Object]"],
    ),
    ("ReportPage", "Lines of a log, and where to go on.", &["rows!: [#Object]", "next!: text?"]),
    (
        "Live",
        "How things stand at a moment.",
        &[
            "at!: time",
            "queues: [#Object]",
            "agents: [#Object]",
            "channels: [#Object]",
            "withBots: int",
            "rows: [#Object]",
        ],
    ),
    (
        "DryRun",
        "A recorded time and what is to be different in it. Objects are sent as they are read elsewhere.",
        &[
            "from!: any",
            "until!: any",
            "warmUpMinutes: int",
            "queues: [#PrecisionQueue]",
            "agents: [#Agent]",
            "channels: [#Channel]",
            "mrds: [#MediaRoutingDomain]",
            "attributes: [#RoutingAttribute]",
            "absent: [text]",
            "extra: [#ExtraStaff]",
        ],
    ),
    (
        "ExtraStaff",
        "So many agents more, with the skills and capacities of one there is.",
        &["like!: text", "count: int", "from: any", "until: any"],
    ),
    (
        "DryRunReport",
        "What was recorded, what the present set-up and what the changed one make of it.",
        &["from!: time", "until!: time", "total!: #Object", "queues!: [#Object]", "agents!: [#Object]"],
    ),
    (
        "ChatsWanted",
        "A team, and queues; nothing named means everything.",
        &["teamId: text?", "queues: [any]"],
    ),
    (
        "ChatsOfQueue",
        "A queue, or a bot, with its conversations.",
        &["queueId!: text", "queueName!: text", "chats!: [#ChatRow]"],
    ),
    (
        "ChatRow",
        "A conversation on a dashboard. Times are elapsed seconds.",
        &[
            "conversationId!: text",
            "customerName!: text",
            "channelType!: text",
            "channelIdentity!: text",
            "customerLabels!: [text]",
            "activeChannelSessions!: [#Object]",
            "conversationParticipantDetails!: [#Object]",
            "conversationState!: text",
            "direction!: text?",
            "agentDetails!: [#Object]",
            "activeSince!: int",
            "waitingSince!: int",
        ],
    ),
    ("TeamsWanted", "Ids of teams, or teams; none named means all.", &["teams: [any]"]),
    ("AgentActivity", "Agents at work and their states.", &["agents!: [#Object]"]),
    (
        "AvailableAgents",
        "A queue and who of it could be asked now.",
        &["queueId!: text", "queueName!: text", "totalAvailableAgents!: int", "availableAgents!: [#Object]"],
    ),
    (
        "Task",
        "What an agent works on, as desks read it.",
        &[
            "id!: text",
            "conversationId!: text",
            "state!: #Object",
            "assignedTo: #Object?",
            "activeMedia!: [#Object]",
        ],
    ),
];
