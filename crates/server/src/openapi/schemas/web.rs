//! Widgets, forms and calendars.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    (
        "WidgetConfig",
        "How a chat widget looks and what it asks first. customerReconnectTime is in seconds. serviceIdentifier names the \
         channel the settings are for; legacyWidget says that the widget inserts texts as HTML; fileTransfer is told to \
         pages alone.",
        &[
            "id: text",
            "widgetIdentifier!: text",
            "theme: text?",
            "title: text?",
            "subTitle: text?",
            "enableFontResize: bool",
            "enableEmoji: bool",
            "enableFileTransfer: bool",
            "enableDynamicLink: bool",
            "enableDownloadTranscript: bool",
            "customerReconnectTime: int",
            "language: any",
            "form: text",
            "webRtc: any",
            "callback: any",
            "webhook: any",
            "serviceIdentifier: text?",
            "legacyWidget: bool",
            "appearance: #WidgetAppearance",
            "fileTransfer: #FileTransfer",
        ],
    ),
    (
        "WidgetAppearance",
        "How the widget looks beside its colour. position is START or END, colorScheme AUTO, LIGHT or DARK; logo is the name \
         an uploaded picture was given; texts are by language and may have title, subTitle and greeting.",
        &["position: text", "colorScheme: text", "logo: text?", "texts: any"],
    ),
    ("FileTransfer", "What may be uploaded.", &["bytesMax!: int", "extensions!: [text]"]),
    (
        "Form",
        "Questions in sections; attributes are those of all sections, for older readers.",
        &[
            "id: text",
            "formTitle!: text",
            "formDescription: text?",
            "attributes: [#FormQuestion]",
            "sections: [#FormSection]",
        ],
    ),
    ("FormSection", "Questions under one heading.", &["attributes!: [#FormQuestion]"]),
    (
        "FormQuestion",
        "The attributeType is INPUT, OPTIONS or TEXTAREA; categoryOptions holds what may be chosen.",
        &[
            "key!: text",
            "label: text?",
            "helpText: text?",
            "attributeType: text",
            "valueType: text",
            "isRequired: bool",
            "categoryOptions: any",
        ],
    ),
    ("FormTitle", "A form's id and title.", &["id!: text", "formTitle!: text"]),
    ("FormValidation", "A pattern for one type of answer.", &["id!: text", "type!: text", "regex!: text"]),
    (
        "BusinessCalendar",
        "When people are there, in the civil time of a time zone.",
        &[
            "id: text",
            "name!: text",
            "description: text",
            "color: text",
            "timeZone: text",
            "events: [#CalendarEvent]",
        ],
    ),
    (
        "CalendarEvent",
        "eventType is business_hours, out_of_office or holiday; recurrence none, daily or weekly, on the days named. A shift \
         that ends no later than it starts ends on the next day; no shifts are the whole day.",
        &[
            "id: text",
            "title!: text",
            "eventType!: text",
            "startDate!: text",
            "endDate: text?",
            "recurrence: text",
            "days: [text]",
            "shifts: [#Shift]",
            "allDay: bool",
            "message: text",
            "color: text",
        ],
    ),
    ("Shift", "From one time of the day to another.", &["start!: text", "end!: text"]),
    (
        "CalendarOccurrence",
        "One time an event takes place, with the members of the event.",
        &[
            "id!: text",
            "calendarId!: text",
            "title!: text",
            "eventType!: text",
            "startTime!: time",
            "endTime!: time",
            "timeZone!: text",
            "message: text",
        ],
    ),
    ("CalendarNow", "Whether somebody is there.", &["open!: bool", "nextOpening: time?", "message: text?"]),
];
