//! Bots.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "BotConnector",
        "A bot: CUSTOM, RASA, OPENAI or BUILT_IN; DIALOGFLOW and NOT_SET are kept and not called.",
        &[
            "botId: text?",
            "botName!: text",
            "botType!: text",
            "botUri: text?",
            "timeoutMs: int",
            "sendEvents: bool",
            "greeting: text?",
            "menu: #BotMenu?",
            "model: #LanguageModel?",
            "hasCredentials: bool",
            "credentials: #Credentials",
        ],
    ),
    ("BotMenu", "What the built-in bot offers first.", &["text!: text", "choices!: [#BotChoice]"]),
    (
        "BotChoice",
        "SAY a text, FIND_AGENT of a queue, or END_CONVERSATION.",
        &["title!: text", "action!: text", "text: text", "queueId: text?"],
    ),
    (
        "LanguageModel",
        "The model of an OPENAI bot. The key goes in and is shown masked.",
        &["name!: text", "apiKey: text", "systemPrompt: text", "historyMax: int"],
    ),
    ("BotTrial", "What a bot is asked to try it; a greeting when left out.", &["message: text?"]),
    (
        "BotTrialResult",
        "How a bot took a question: ANSWERED, LATER, TIMEOUT or FAILED.",
        &[
            "botId!: text",
            "reachable!: bool",
            "status: int?",
            "latencyMs!: int",
            "outcome!: text",
            "error: text?",
            "replies!: [any]",
        ],
    ),
    (
        "BotMessages",
        "What a bot says by itself: one response object or a list of them.",
        &["conversationId!: text", "botId!: text", "BotMessage!: any", "requestedMessageId: text?"],
    ),
];
