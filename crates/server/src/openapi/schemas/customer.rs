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
    ("Customers", "A page of customers.", &["docs!: [#Customer]", "totalDocs!: int"]),
];
