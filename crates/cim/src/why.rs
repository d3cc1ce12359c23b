//! What the hub says to people when it refuses something or explains a wait: every sentence, under a code that stays.
//!
//! The wire carries the English sentence where clients have always found it, and beside it `why`: the code and what is
//! put into the sentence, so that screens say it in their reader's language. `docs/reasons.md` lists the codes; a test
//! keeps it so, and the tests of the screens and of the widget hold their translations to it.
//!
//! Left to others: what is wrong with the form of a document ([`crate::Invalid`]), which screens never send; deciding.

use std::fmt;

use serde_json::json;

use crate::{Invalid, Members};

/// A sentence as the wire carries it for programs.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Coded {
    pub code: String,
    /// By name, what is put into the sentence: texts and numbers.
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub values: Members,
}
wire_object!(Coded);

impl From<&Why> for Coded {
    fn from(why: &Why) -> Self {
        Self { code: why.code().to_owned(), values: why.values() }
    }
}

/// What somebody is told: in English, and coded where it is one of the sentences here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub words: String,
    pub why: Option<Coded>,
}

impl From<Why> for Told {
    fn from(why: Why) -> Self {
        Self { words: why.to_string(), why: Some(Coded::from(&why)) }
    }
}

impl From<String> for Told {
    fn from(words: String) -> Self {
        Self { words, why: None }
    }
}

impl From<&str> for Told {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<Invalid> for Told {
    fn from(invalid: Invalid) -> Self {
        invalid.to_string().into()
    }
}

/// Sentences as `Name { what is put in } = "code", "sentence";`, those that customers can meet first.
macro_rules! sentences {
    (
        customers { $($customers:tt)* }
        staff { $($staff:tt)* }
    ) => {
        sentences! { @all $($customers)* $($staff)* }

        impl Why {
            /// Code and sentence of those that customers on web pages can meet.
            pub const CUSTOMERS: &[(&str, &str)] = sentences! { @list $($customers)* };
            /// Code and sentence of those that only agents, supervisors, administrators and connectors meet.
            pub const STAFF: &[(&str, &str)] = sentences! { @list $($staff)* };
        }
    };
    (@list $($name:ident $({ $($value:ident: $kind:ty),* })? = $code:literal, $text:literal;)*) => {
        &[$(($code, $text)),*]
    };
    (@all $($name:ident $({ $($value:ident: $kind:ty),* })? = $code:literal, $text:literal;)*) => {
        /// Why something is refused, or waits.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Why {
            $($name $({ $($value: $kind),* })?,)*
        }

        impl Why {
            /// For programs; never changes its meaning.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// What is put into the sentence, by name.
            #[must_use]
            pub fn values(&self) -> Members {
                match self {
                    $(Self::$name $({ $($value),* })? => {
                        Members::from_iter([$($((stringify!($value).to_owned(), json!($value))),*)?])
                    })*
                }
            }
        }

        impl fmt::Display for Why {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $({ $($value),* })? => write!(out, $text),)*
                }
            }
        }
    };
}

sentences! {
    customers {
        Required = "required", "is required";
        MustBeAlphanumeric = "must_be_alphanumeric", "must be letters, digits and spaces";
        MustBeAlphanumericUpTo { max: usize } = "must_be_alphanumeric_up_to",
            "must be 1 to {max} letters, digits and spaces";
        MustBePrintableUpTo { max: usize } = "must_be_printable_up_to",
            "must be at most {max} printable characters";
        MustBeChars { min: usize, max: usize } = "must_be_chars", "must be {min} to {max} characters";
        MustBePositive = "must_be_positive", "must be a whole number above 0";
        MustBeNumber = "must_be_number", "must be a number";
        MustBeIp = "must_be_ip", "must be an IPv4 or IPv6 address";
        MustBePhoneNumber = "must_be_phone_number",
            "must be a phone number: 2 to 20 digits, with or without a leading +";
        MustBeSocketAddress = "must_be_socket_address",
            "must be an address that starts with http://, https://, ws:// or wss://";
        MustBeBoolean = "must_be_boolean", "must be true or false";
        MustBeEmail = "must_be_email", "must be an e-mail address";
        MustBeTexts { items: usize, max: usize } = "must_be_texts",
            "must be a list of at most {items} texts of 1 to {max} characters each";
        MustBeObject = "must_be_object", "must be a JSON object";
        MustBeOfKnownType = "must_be_of_known_type",
            "must be of a known type, which the provider does not declare";
        MustBeTextUpTo { max: usize } = "must_be_text_up_to", "must be a text of at most {max} characters";
        MustBeDate = "must_be_date", "must be a date such as 2024-09-24";
        MustBeTime = "must_be_time", "must be a time such as 09:30";
        MustBeDateAndTime = "must_be_date_and_time", "must be a date and a time such as 2024-09-24T09:30";
        MustBeFiles { max: usize } = "must_be_files", "must be 1 to {max} files";
        MustBeYesOrNo = "must_be_yes_or_no", "must be yes or no";
        MustBeWithin { min: i64, max: i64 } = "must_be_within", "must be {min} to {max}";
        MustBeOption = "must_be_option", "must be one of the options";
        MustBeAmongOptions = "must_be_among_options", "must be among the options";
        ChatElsewhere = "chat_elsewhere", "this chat is open in another browser";
        ChatFlooded = "chat_flooded", "too many messages at once; the connection is closed";
        ChatFailed = "chat_failed", "something went wrong here";
        NoVoice = "no_voice", "voice calls are not offered here; please write";
        WebShutOut = "web_shut_out",
            "the web's connector is not let in; an administrator has to restart the hub";
        HubBusy = "hub_busy", "the hub is busy; please try again";
        CustomerLeft = "customer_left", "the customer has left";
        EditsNotTaken = "edits_not_taken",
            "messages on this channel cannot be changed once they are sent; write a new one";
        FileEmpty = "file_empty", "the file is empty";
        FileLarge { max: usize } = "file_large", "the file is larger than {max} bytes";
        FileType { ending: String, accepted: String } = "file_type",
            "files of type \"{ending}\" are not accepted; accepted are {accepted}";
        FileDeclared { declared: String, ending: String } = "file_declared",
            "the file is declared as {declared}, but its name ends in .{ending}";
        FileContent { ending: String } = "file_content", "the content is not that of a .{ending} file";
        FileContentOther { ending: String, found: &'static str } = "file_content_other",
            "the content is not that of a .{ending} file, but {found}";
        FileNotText { ending: String } = "file_not_text",
            "the content of a .{ending} file must be text in UTF-8";
        FileActs { what: &'static str } = "file_acts", "the image contains {what}, which is not accepted";
    }
    staff {
        NotInConversation = "not_in_conversation", "you are not in this conversation";
        InConversationAlready = "in_conversation_already", "you take part in this conversation already";
        NotServing = "not_serving", "you do not serve this conversation";
        NotOffered = "not_offered", "this request is no longer offered to you";
        ConversationOver = "conversation_over", "this conversation is over";
        CustomerLeftChannel = "customer_left_channel",
            "the customer has left this channel; the message was not sent";
        CustomerBack = "customer_back",
            "the customer has come back and you serve him again; leave the conversation first";
        WrapUpOnly = "wrap_up_only", "you have left this conversation; only codes and a note are awaited";
        WritesToAgents = "writes_to_agents",
            "only an agent who serves the customer writes to him; whisper to the agents";
        EndsForOthers = "ends_for_others", "only an agent who serves this customer ends his chat";
        NothingToPause = "nothing_to_pause", "the customer has left; there is nothing to pause";
        PausedAlready = "paused_already", "the conversation is paused already";
        NotPaused = "not_paused", "the conversation is not paused";
        PauseUnknown { choices: String } = "pause_unknown", "choose one of these seconds: {choices}";
        NoPauses = "no_pauses", "there are no pauses to choose from";
        EditTooLate = "edit_too_late",
            "a message is changed as long as its conversation is open; write a new one";
        NoAnswerAwaited = "no_answer_awaited", "no answer is awaited from you";
        OffList = "off_list", "this request is no longer on the list";
        ListOfOthers { list: String } = "list_of_others", "pull list \"{list}\" is for other teams";
        ListedEndedByLeads = "listed_ended_by_leads",
            "only a supervisor ends a request of a pull list; join it and leave it";
        ChannelGone = "channel_gone", "the channel of this conversation is gone";
        RequestChannelGone = "request_channel_gone", "the channel of this request is gone";
        NoChannelEver = "no_channel_ever", "the conversation never had a channel";
        ChannelOff { channel: String } = "channel_off", "channel \"{channel}\" is switched off";
        ListedChannelOff { channel: String } = "listed_channel_off",
            "channel \"{channel}\" is switched off; write to the customer on another one";
        ChannelPushesNothing { channel: String } = "channel_pushes_nothing",
            "channel \"{channel}\" does not push requests to agents";
        NotRouted = "not_routed", "nobody is routed on this channel";
        ChannelNotRouted { channel: String } = "channel_not_routed",
            "nobody is routed on channel \"{channel}\"";
        ServiceAmbiguous { service: String, one: String, other: String } = "service_ambiguous",
            "service identifier \"{service}\" belongs to channels \"{one}\" and \"{other}\"; send with the credentials of one connector, or name the channel type in channelData.channelTypeCode";
        BotNotThere = "bot_not_there", "this bot is not in the conversation";
        ServedByColleague { agent: String } = "served_by_colleague",
            "{agent} is in a conversation with this customer";
        ServedAlready = "served_already", "an agent serves this conversation, or is looked for already";
        CustomerWaits = "customer_waits", "this customer is waiting for an agent, who is being looked for";
        HelpSoughtAlready = "help_sought_already",
            "somebody is being looked for already; wait until he is found";
        ConsultingAlready = "consulting_already", "you are consulting somebody already";
        ConsultFirst = "consult_first", "consult this agent first; he is not here to advise you";
        HelperUnnamed = "helper_unnamed", "name a queue or an agent";
        QueueOfOtherDomain { queue: String } = "queue_of_other_domain",
            "\"{queue}\" is of another media routing domain than this conversation; choose a queue of its domain";
        QueueNotOfChannel { channel: String } = "queue_not_of_channel",
            "is of another media routing domain than channel \"{channel}\"; choose a queue of the channel's domain";
        ColleagueHere { agent: String } = "colleague_here", "{agent} is in this conversation already";
        ColleagueOut { agent: String } = "colleague_out", "{agent} is not logged in";
        ColleagueAway { agent: String } = "colleague_away", "{agent} is not connected at the moment";
        ColleagueRung { agent: String } = "colleague_rung",
            "{agent} is being asked by somebody else at the moment";
        ColleagueFull { agent: String } = "colleague_full", "{agent} has as much work as he may have";
        ColleagueNotReady { agent: String } = "colleague_not_ready", "{agent} is not ready";
        WorkFullOf { active: u16, max: u16 } = "work_full_of",
            "you have as much work as you may have: {active} of {max}";
        NoDomain = "no_domain", "you do not work in this media routing domain";
        ReadyFirst = "ready_first", "get ready first: a domain can only be switched on while you are ready";
        LoggedOut = "logged_out", "you are logged out; sign in again";
        SessionEnded = "session_ended", "your session was ended; sign in again";
        OtherDesk = "other_desk", "you signed in at another desk";
        DeskFlooded = "desk_flooded", "too many requests at once; sign in again";
        TopicUnreadable = "topic_unreadable", "the conversation cannot be read now; reload the page";
        MayNotSignIn = "may_not_sign_in", "this user may not sign in";
        DeskRole = "desk_role", "a desk needs the role agent or supervisor";
        ReasonUnknown { choices: String } = "reason_unknown", "is none of these reasons: {choices}";
        ReasonMissing { choices: String } = "reason_missing", "choose one of these reasons: {choices}";
        WatchFirst = "watch_first", "watch the conversation first, then barge in";
        NobodyServes = "nobody_serves", "no agent serves this conversation now";
        ServedByOtherTeams = "served_by_other_teams",
            "none of the agents who serve this conversation is in a team of yours";
        OwnTeamsOnly = "own_teams_only",
            "you may only change your own state, and that of agents of your teams";
        AgentOut = "agent_out", "this agent is logged out";
        AgentReady = "agent_ready", "this agent is ready already";
        AnnouncesToOwnTeams = "announces_to_own_teams",
            "announcements are made by supervisors, to the teams they supervise";
        OwnConversations = "own_conversations",
            "an agent looks for his own conversations, or for those of one customer";
        CodeWrong = "code_wrong", "the code is wrong or over";
        CodeUsed = "code_used", "this code was used already; wait for the next one";
        NoSecondFactor = "no_second_factor", "the account has no second factor";
        CredentialsWrong = "credentials_wrong", "the user name or the password is wrong";
        PasswordWrong = "password_wrong", "the current password is wrong";
        AgentIsLoggedOut = "agent_is_logged_out", "is logged out";
        AgentIsAway = "agent_is_away", "has lost the connection";
        AgentIsNotReady = "agent_is_not_ready", "is not ready";
        AgentDomainOff = "agent_domain_off", "has this kind of work switched off";
        AgentIsInterrupted = "agent_is_interrupted", "is interrupted by other work";
        AgentAtCapacity { active: u16, max: u16 } = "agent_at_capacity", "is at capacity {active}/{max}";
        AgentIsRung = "agent_is_rung", "is being rung";
        AgentIsInConversation = "agent_is_in_conversation", "is in this conversation";
        AgentPassedOn = "agent_passed_on", "has passed the customer on";
        AgentNotAskedYet { step: u32 } = "agent_not_asked_yet", "is not asked before step {step}";
        AgentIsFree = "agent_is_free", "is free";
        WaitsAt { position: usize, total: usize } = "waits_at", "number {position} of {total} waiting";
        StepOpensIn { step: u32, seconds: u64 } = "step_opens_in", "step {step} opens in {seconds} s";
        StepOpensLater { step: u32 } = "step_opens_later", "step {step} opens later";
        NobodyWith { asks: String } = "nobody_with", "nobody with {asks}";
        MoreAgents { count: usize } = "more_agents", "and {count} more agents";
        SameCustomer = "same_customer", "this is the same customer";
        CustomersAlready = "customers_already", "the conversation is this customer's already";
        NotLinked = "not_linked", "the conversation was not linked";
        MergedSince { customer: String } = "merged_since",
            "customer {customer} was merged since; undo the merge first";
        MergedInto { customer: String, survivor: String } = "merged_into",
            "customer {customer} was merged into {survivor}; use that one, or undo the merge";
        BeingErased { customer: String } = "being_erased", "customer {customer} is being erased";
        NotMerged = "not_merged", "the customer was not merged";
        MergeWithSelf = "merge_with_self", "a customer cannot be merged with himself";
        BothOpen { one: String, other: String } = "both_open",
            "conversations {one} and {other} with them are both open; end one first";
        MergedValuesMany { max: usize } = "merged_values_many", "both together have more than {max} values";
        NotAnonymous = "not_anonymous",
            "only the past of an anonymous customer is linked as a whole; link single conversations, or merge the customers";
        ConversationOpen { conversation: String } = "conversation_open",
            "conversation {conversation} with this customer is open; end it first";
        ConversationOpenWith { conversation: String, customer: String } = "conversation_open_with",
            "conversation {conversation} with customer {customer} is open; end it first";
        LeadsMerge = "leads_merge", "only supervisors and administrators merge customers";
        LeadsErase = "leads_erase", "only supervisors and administrators erase customers";
        FilesRemain = "files_remain",
            "some of the customer's files could not be removed, so he is not erased yet; the hub's log says why";
        NotALabel = "not_a_label", "is not the id of a label";
        NotInSchema = "not_in_schema", "is not an attribute of the customer schema";
        MustBeTextList = "must_be_text_list", "must be a list of texts";
        MustBeText = "must_be_text", "must be a text";
        MustBePersonName { max: usize } = "must_be_person_name",
            "must be a name of at most {max} characters, without < or >";
        MustBeNumberWithin { min: i64, max: i64 } = "must_be_number_within",
            "must be a number between {min} and {max}";
        MustBePhoneDigits = "must_be_phone_digits", "must be a phone number of 2 to 20 digits";
        MustBeHttpAddress = "must_be_http_address", "must be an address that starts with http:// or https://";
        DismissalUnsaid { max: usize } = "dismissal_unsaid",
            "say in 1 to {max} characters why they are dismissed";
        NoSuch { kind: &'static str, id: String } = "no_such", "there is no {kind} {id}";
        NoCustomer { id: String } = "no_customer", "there is no customer {id}";
        NoConversation { id: String } = "no_conversation", "there is no conversation {id}";
        NoOpenConversation { id: String } = "no_open_conversation", "there is no open conversation {id}";
        NoOpenConversationHere = "no_open_conversation_here",
            "there is no open conversation with this customer";
        NoOpenSession { id: String } = "no_open_session", "there is no open session {id}";
        NoAgent { id: String } = "no_agent", "there is no agent {id}";
        NoQueueCalled { name: String } = "no_queue_called", "there is no queue called \"{name}\"";
        NoQueueMeant = "no_queue_meant", "there is no precision queue of this id or name";
        NoChannelAt { service: String } = "no_channel_at",
            "there is no channel with service identifier \"{service}\"";
        NoMessage { id: String } = "no_message", "there is no message with the id \"{id}\"";
        NoMessageToReportOn { id: String } = "no_message_to_report_on",
            "there is no message {id} to report on";
        NoLongerThere { kind: &'static str } = "no_longer_there", "there is no {kind}";
        Taken { field: String, kind: &'static str, name: String, id: String } = "taken",
            "{field} is already used by {kind} \"{name}\" ({id})";
        InUse { kind: &'static str, name: String, id: String } = "in_use",
            "it is used by {kind} \"{name}\" ({id}); change or delete that first";
        Stale { expected: u64, present: u64 } = "stale",
            "you changed version {expected}, but version {present} is the present one; read it again and repeat your change";
        SessionsOpen { count: usize } = "sessions_open",
            "it has {count} open sessions; switch the channel off and let them end";
        QueueHasWork { count: usize } = "queue_has_work",
            "{count} requests are waiting or being served on it";
        DomainHasWork { count: usize } = "domain_has_work", "{count} conversations are live on it";
        ConnectorHasWork { count: usize } = "connector_has_work",
            "{count} messages are on their way through it";
        BotHasWork { count: usize } = "bot_has_work", "{count} conversations are with it";
        ListHasWork { count: usize } = "list_has_work", "{count} requests are on it";
        AgentLoggedIn = "agent_logged_in", "the agent is logged in; log him out first";
        SettingsStay = "settings_stay", "the settings stay; change them instead";
        FormStays = "form_stays", "desks ask for this form by its id; change it instead";
        OneSettings { id: String } = "one_settings", "there is one settings object, {id}";
        LastAdmin { user: String } = "last_admin",
            "\"{user}\" is the last enabled administrator; make another one first";
        SystemAttribute { attribute: String } = "system_attribute",
            "\"{attribute}\" is a system attribute and cannot be deleted";
        CharsWithin { min: usize, max: usize } = "chars_within",
            "must have {min} to {max} printable characters";
        CharsAtMost { max: usize } = "chars_at_most", "must have at most {max} characters";
        CharsFromOne { max: usize } = "chars_from_one", "must have 1 to {max} characters";
        NoteTooLong { max: usize } = "note_too_long", "at most {max} characters";
        BytesAtMost { max: usize } = "bytes_at_most", "at most {max} bytes";
        ItemsAtMost { max: usize } = "items_at_most", "at most {max}";
        SecondsWithin { min: u32, max: u32 } = "seconds_within", "must be {min} to {max} seconds";
        EachSecondsWithin { min: u32, max: u32 } = "each_seconds_within",
            "each must be {min} to {max} seconds";
        MillisWithin { min: u32, max: u32 } = "millis_within", "must be from {min} to {max} milliseconds";
        Blank = "blank", "must not be blank";
        Empty = "empty", "must not be empty";
        ListedTwice = "listed_twice", "is listed twice";
        GivenTwice = "given_twice", "is given twice";
        UsedTwice = "used_twice", "is used twice";
        UsedTwiceInForm = "used_twice_in_form", "is used twice in the form";
        ThereAlready = "there_already", "is there already";
        TooLong = "too_long", "is too long";
        MustRise = "must_rise", "must rise from one to the next";
        MustBeAtLeast { min: u32 } = "must_be_at_least", "must be at least {min}";
        SecondAtLeast = "second_at_least", "must be at least 1 second";
        MustBeMoreThanMin { min: u32 } = "must_be_more_than_min",
            "must be more than ewtMinValue, which is {min}";
        MustBeOneTwoThree = "must_be_one_two_three", "must be 1, 2 or 3";
        MustBeZeroOrOne = "must_be_zero_or_one", "must be 0 or 1";
        MustBePlainAddress = "must_be_plain_address",
            "must be an address that starts with http:// or https://, without user and password";
        MustBePath = "must_be_path", "must be a path that starts with /";
        MustBeFileName = "must_be_file_name", "must be the name of a file, without a folder";
        MustBeAddressRange = "must_be_address_range", "must be an address range such as 10.0.0.0/8";
        MustBeTimeZone = "must_be_time_zone", "must be a time zone such as Europe/Berlin";
        MustBeTimesOfDay = "must_be_times_of_day", "must be times of the day, such as 09:00";
        MustBeOptionText { max: usize } = "must_be_option_text", "must be a text of 1 to {max} characters";
        MustBeOffered = "must_be_offered", "must be one of the offered values";
        MustBeOneOffered = "must_be_one_offered", "must be one of the offered values, not a list";
        MustBeTokenHash = "must_be_token_hash", "must be SHA-256 in lower-case hex";
        MustStartWithWhsec = "must_start_with_whsec", "must start with whsec_";
        MustBeAsciiWord = "must_be_ascii_word", "must be printable ASCII without spaces";
        MustBeIdentifier = "must_be_identifier", "must be letters, digits, *, - and _";
        MustBeByLanguage = "must_be_by_language", "must be by language, such as \"ar\"";
        MustBeCamelCase = "must_be_camel_case",
            "must be letters and digits in camelCase, such as homeAddress";
        ReservedKey = "reserved_key", "is a member every customer has";
        OnlyStringsHaveLength = "only_strings_have_length", "only a string has a length";
        CannotIdentify = "cannot_identify", "an attribute of this type cannot identify a customer";
        DefaultNeeded = "default_needed", "a required attribute needs a default value";
        TooManyValues = "too_many_values", "has too many values";
        KeyStays = "key_stays", "cannot change: customers' values are kept under it";
        TypeStays = "type_stays", "cannot change: customers already have values of it";
        IdentifierStays = "identifier_stays",
            "cannot change: an identifier holds a list, other attributes one value; make a new attribute";
        StaysOn = "stays_on", "cannot be switched off again";
        Stays = "stays", "cannot change";
        FixedAttribute = "fixed_attribute",
            "is fixed: of this attribute only label, description, default and order may change";
        NotBeforeStart = "not_before_start", "must not be before startDate";
        DayNeeded = "day_needed", "needs a day of the week";
        CategoryNeeded = "category_needed", "needs a category with values";
        TypeUnknown = "type_unknown", "is not a known type";
        RoleNeeded = "role_needed", "a user needs at least one role";
        AtProvider = "at_provider", "this account signs in at its provider and has none";
        OverDomainMax { max: u16, domain: String } = "over_domain_max",
            "must be at most {max}, the maximum of \"{domain}\"";
        ChoiceNeeded = "choice_needed", "a menu has at least one choice";
        EventsForCalledBots = "events_for_called_bots", "only RASA and CUSTOM bots are told of events";
        MenuForBuiltIn = "menu_for_built_in", "only the built-in bot has a menu";
        ModelForOpenAi = "model_for_open_ai", "an OPENAI bot has a model, and no other has";
        KeyAgain = "key_again", "must be sent again when the bot is new or its botUri changes";
        DomainNeeded = "domain_needed", "an interactive channel type needs a media routing domain";
        ChannelTypeNeeded = "channel_type_needed", "a provider supports at least one channel type";
        ConnectorMisfits { connector: String, id: String, why: String } = "connector_misfits",
            "channel connector \"{connector}\" ({id}) no longer fits: its value {why}; make the attribute optional, change the connector, then come back";
        NotOfProvider = "not_of_provider", "is not an attribute of the provider";
        TypeNotSupported { provider: String, channel_type: String } = "type_not_supported",
            "provider \"{provider}\" does not support channel type \"{channel_type}\"";
        BotNeeded = "bot_needed", "a HYBRID or BOT channel needs a bot";
        QueueNeeded = "queue_needed", "a PUSH channel needs a precision queue";
        ListNeeded = "list_needed", "a PULL channel needs a pull list";
        LongerThanRing { seconds: u32 } = "longer_than_ring",
            "must be longer than the ring time (responseSla) of {seconds} seconds";
        QueueElsewhere { queue: String } = "queue_elsewhere",
            "precision queue \"{queue}\" is in another media routing domain";
        QueueNotOfType { queue: String, channel_type: String } = "queue_not_of_type",
            "precision queue \"{queue}\" is in another media routing domain than channel type \"{channel_type}\"";
        StepIdTwice = "step_id_twice", "is the id of another step";
        OnlyEquals { attribute: String } = "only_equals",
            "\"{attribute}\" is a yes or no, which == and != alone can compare";
        TellsCustomer = "tells_customer", "says what the customer is told";
        PercentRises = "percent_rises", "must be 1 to 99 and more than the one before";
        TeamNeeded = "team_needed", "says whom it is for: at least one team";
        AfterScheduled = "after_scheduled", "must be after scheduledTime";
        AnnouncementLong { days: u32 } = "announcement_long",
            "must be at most {days} days after scheduledTime";
        AuthorStays = "author_stays", "an announcement keeps its author";
        LabelsMax { max: usize } = "labels_max", "at most {max} labels are allowed";
        PeopleMax { max: usize } = "people_max", "at most {max} people beside the customer are allowed";
        DataMax { max: usize } = "data_max", "at most {max} bytes of data of a conversation are allowed";
        CalendarEventsMax { max: usize } = "calendar_events_max",
            "at most {max} events of a calendar are allowed";
        ShiftsMax { max: usize } = "shifts_max", "at most {max} shifts of an event are allowed";
        SectionsMax { max: usize } = "sections_max", "at most {max} sections of a form are allowed";
        QuestionsMax { max: usize } = "questions_max", "at most {max} questions of a form are allowed";
        OptionsMax { max: usize } = "options_max", "at most {max} options of a question are allowed";
        LinksMax { max: usize } = "links_max", "at most {max} links of one conversation are allowed";
        LinkedAtOnceMax { max: usize } = "linked_at_once_max",
            "at most {max} conversations linked at once are allowed";
        IdentifierValuesMax { max: usize } = "identifier_values_max",
            "at most {max} values of one identifier are allowed";
        MergedProfilesMax { max: usize } = "merged_profiles_max",
            "at most {max} profiles merged into one are allowed";
        CredentialsMax { max: usize } = "credentials_max",
            "at most {max} tokens or signing secrets of one caller are allowed";
        LanguagesMax { max: usize } = "languages_max", "at most {max} languages of a widget are allowed";
        ChoicesMax { max: usize } = "choices_max", "at most {max} choices of a menu are allowed";
        ProviderAttributesMax { max: usize } = "provider_attributes_max",
            "at most {max} attributes of a provider are allowed";
        ChoiceValuesMax { max: usize } = "choice_values_max", "at most {max} values of a choice are allowed";
        AddressRangesMax { max: usize } = "address_ranges_max",
            "at most {max} address ranges of a connector are allowed";
        StepsMax { max: usize } = "steps_max", "at most {max} steps of a precision queue are allowed";
        ExpressionsMax { max: usize } = "expressions_max", "at most {max} expressions of a step are allowed";
        TermsMax { max: usize } = "terms_max", "at most {max} terms of an expression are allowed";
        ListTeamsMax { max: usize } = "list_teams_max", "at most {max} teams of a pull list are allowed";
        PausesMax { max: usize } = "pauses_max", "at most {max} durations of a pause are allowed";
        ThresholdsMax { max: usize } = "thresholds_max", "at most {max} thresholds are allowed";
        DirectoryMax { max: usize } = "directory_max",
            "at most {max} directory attributes of a user are allowed";
        AnnouncementTeamsMax { max: usize } = "announcement_teams_max",
            "at most {max} teams of an announcement are allowed";
        FollowedListsMax { max: usize } = "followed_lists_max", "at most {max} followed lists are allowed";
        ServesOnly = "serves_only", "only an agent who serves the customer may do this";
        SupervisorSetsReady = "supervisor_sets_ready", "a supervisor can set an agent ready, or log him out";
    }
}
