//! Queues, and requests for an agent.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "MediaRoutingDomain",
        "Conversations that share an agent's capacity.",
        &[
            "id: text",
            "type: text?",
            "name!: text",
            "description: text?",
            "maxRequests!: int",
            "interruptible: bool",
            "autoSync: bool",
        ],
    ),
    (
        "RoutingAttribute",
        "A skill: BOOLEAN or PROFICIENCY_LEVEL.",
        &["id: text", "name!: text", "description: text?", "type!: text", "defaultValue!: int"],
    ),
    (
        "PrecisionQueue",
        "A queue whose steps widen the circle of agents. Times are in seconds.",
        &[
            "id: text",
            "name!: text",
            "mrd!: #MediaRoutingDomain",
            "serviceLevelType: int",
            "serviceLevelThreshold: int",
            "agentSlaDuration: int?",
            "ewtMinValue: int?",
            "ewtMaxValue: int?",
            "queuePriority: int?",
            "steps: [#Step]",
        ],
    ),
    ("Flushed", "How many requests were ended.", &["flushed!: int"]),
    (
        "AssignResource",
        "Whom a request is for, and what else is asked.",
        &["conversationId: text", "queue: #Object?", "priority: int?", "lastAssignedAgentId: text?"],
    ),
    ("Requested", "The request that now looks for an agent.", &["conversationId!: text", "taskId!: text"]),
    (
        "Explanation",
        "Why a request waits, or why it went to whom it went.",
        &[
            "taskId!: text",
            "waits!: bool",
            "position: int?",
            "inQueue: int",
            "sentences: [text]",
            "why: [#Coded]",
            "steps: [#Object]",
            "agents: [#Object]",
            "moreAgents: int",
            "assignedAt: int",
            "agent: #Object",
            "rule: text?",
            "chosen: #Object?",
            "runnersUp: [#Object]",
        ],
    ),
    (
        "Step",
        "Agents fitting its expressions, for so many seconds.",
        &["id: text", "timeout!: int", "expressions!: [#Expression]"],
    ),
    (
        "Expression",
        "Terms joined by AND or OR, read from left to right.",
        &["terms!: [#Term]", "preExpressionCondition: text?"],
    ),
    (
        "Term",
        "A skill compared with a level.",
        &[
            "routingAttribute!: #RoutingAttribute",
            "relationalOperator!: text",
            "value!: int",
            "preTermCondition: text?",
        ],
    ),
    (
        "PullModeList",
        "A list agents pick requests from.",
        &[
            "id: text",
            "name!: text",
            "description: text?",
            "agentSlaDuration: int?",
            "agentThresholds: [#AgentThreshold]?",
            "wrapUp: #WrapUp?",
            "teams: [text]",
            "respectCapacity: bool",
        ],
    ),
    (
        "QueueMatch",
        "An agent a precision queue reaches, and the step, from 0, that reaches him first.",
        &["id!: text", "name!: text", "step!: int", "loggedIn!: bool"],
    ),
];
