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
        "ChatsWanted",
        "A team, and queues; nothing named means everything.",
        &["teamId: text?", "queues: [text]"],
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
    ("TeamsWanted", "Teams; none named means all.", &["teams: [text]"]),
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
