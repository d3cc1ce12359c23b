//! What desks are set up with.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "DeskOptions",
        "What desks offer, as they ask for it when they start.",
        &[
            "id!: text",
            "isMessageFormattingEnabled: bool",
            "isFileSharingEnabled: bool",
            "isEmojisEnabled: bool",
            "isConversationParticipantsEnabled: bool",
            "isWrapUpEnabled: bool",
            "wrapUpTime: int",
            "pauses: [int]",
            "isOutboundSmsEnabled: bool",
            "isOutboundSmsSendandClose: bool",
            "isAutoAnswerEnabled: bool",
            "prefixCode: text",
        ],
    ),
    (
        "LocaleSetting",
        "The languages a desk can be shown in.",
        &["id!: text", "supportedLanguages!: [#Language]", "defaultLanguage!: #Language"],
    ),
    ("Language", "A language.", &["code!: text", "name!: text", "flag: text"]),
    (
        "Label",
        "What customers are marked with.",
        &["_id: text", "name!: text", "colorCode: text", "createdBy: text", "priority: int?"],
    ),
    (
        "CannedMessage",
        "A text agents send often.",
        &["id: text", "name!: text", "language: text", "category: text", "text!: text"],
    ),
    (
        "Announcement",
        "What a supervisor says to teams.",
        &[
            "id: text",
            "supervisorId: text",
            "supervisorName: text",
            "announcementText!: text",
            "teams!: any",
            "scheduledTime: any",
            "expiryTime: any",
            "seenBy: [text]",
        ],
    ),
    ("Preferences", "One row, the caller's.", &["docs!: [#Preference]"]),
    (
        "Preference",
        "How somebody reads the list of customers.",
        &["_id: text", "user_Id: any", "pageSize: int", "columns: [#Object]", "sortOption: any"],
    ),
    (
        "DeskSettings",
        "What desks offer.",
        &[
            "isMessageFormattingEnabled: bool",
            "isFileSharingEnabled: bool",
            "isEmojisEnabled: bool",
            "isConversationParticipantsEnabled: bool",
            "isOutboundSmsEnabled: bool",
            "isOutboundSmsSendandClose: bool",
            "isAutoAnswerEnabled: bool",
            "prefixCode: text",
        ],
    ),
    (
        "ReasonCode",
        "Why an agent is not ready or leaves: NOT_READY, LOGOUT or CALLBACK.",
        &[
            "id: text",
            "name!: text",
            "description: text?",
            "type!: text",
            "code: int",
            "isDeleted: bool",
            "createdAt: time",
            "updatedAt: time",
        ],
    ),
];
