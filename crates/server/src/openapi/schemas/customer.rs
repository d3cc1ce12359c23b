//! Customers, and what is known of them.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "CustomerSchemaAttribute",
        "One attribute of customers.",
        &[
            "_id: text",
            "key: text",
            "label!: text",
            "description: text",
            "type: text",
            "length: any",
            "isRequired: bool",
            "defaultValue: any",
            "isPii: bool",
            "isChannelIdentifier: bool",
            "channelTypes: [text]",
            "isDeleteAble: bool",
            "sortOrder: int",
            "isSearchAble: bool",
        ],
    ),
    ("AttributeType", "A type and the pattern its values fit.", &["type!: text", "regex!: text"]),
    (
        "Customer",
        "A customer. Attributes of the customer schema stand beside these members.",
        &[
            "_id: text",
            "firstName: text",
            "phoneNumber: [text]",
            "isAnonymous: bool",
            "labels: [text]",
            "__v: int",
        ],
    ),
    (
        "MergeRequest",
        "The other profile, and why it is the same person.",
        &["customerId!: text", "reason: text"],
    ),
    ("Why", "Why something is done.", &["reason: text"]),
    (
        "Merge",
        "A merge in force, and what the surviving profile has by it.",
        &[
            "customerId!: text",
            "at!: time",
            "by!: text",
            "username!: text",
            "reason: text?",
            "added!: [any]",
            "filled!: [any]",
            "labels!: [text]",
            "conversationId: text?",
        ],
    ),
    (
        "Customers",
        "A page of customers. `next` is after whom the next page begins; `totalDocs` is left out when a page was asked \
         for by `after`.",
        &["docs!: [#Customer]", "totalDocs: int", "next: text?"],
    ),
];
