//! Registry objects of the routing side: media, skills, queues, pull lists, reasons, announcements.

use serde_json::Value;

wire_struct! {
    /// A media routing domain: conversations that share an agent's capacity.
    pub struct MediaRoutingDomain {
        id: String,
        /// Id of its [`MrdType`].
        #[serde(rename = "type")]
        kind: Option<String>,
        /// 3 to 110 characters, unique.
        name: String,
        /// At most 500 characters.
        description: Option<String>,
        /// Tasks an agent may hold at once, at least 1.
        max_requests: i64,
        interruptible: bool,
    }

    /// A kind of media routing domain: CHAT, CX_VOICE, CISCO_CC, EMAIL.
    pub struct MrdType {
        id: String,
        name: String,
        managed_by_re: bool,
        auto_join: bool,
        interruptible: bool,
    }

    /// A skill.
    pub struct RoutingAttribute {
        id: String,
        name: String,
        description: Option<String>,
        #[serde(rename = "type")]
        kind: Option<RoutingAttributeType>,
        /// 0 or 1 for BOOLEAN, 1 to 10 for PROFICIENCY_LEVEL.
        default_value: i64,
    }

    /// A queue whose steps widen the circle of agents.
    pub struct PrecisionQueue {
        id: String,
        /// 3 to 50 characters.
        name: String,
        mrd: MediaRoutingDomain,
        /// 1, 2 or 3.
        service_level_type: i64,
        /// Seconds.
        service_level_threshold: i64,
        /// Seconds an agent has to answer each message.
        agent_sla_duration: Option<i64>,
        /// Seconds.
        ewt_min_value: Option<i64>,
        /// Seconds.
        ewt_max_value: Option<i64>,
        /// 1 to 10.
        queue_priority: Option<i64>,
        /// At most 10.
        steps: Vec<Step>,
    }

    /// Agents fitting any combination of expressions, for so many seconds.
    pub struct Step {
        id: String,
        /// Seconds before the next step is added.
        timeout: i64,
        expressions: Vec<Expression>,
    }

    /// Terms joined by AND or OR; the first has no condition before it.
    pub struct Expression {
        terms: Vec<Term>,
        pre_expression_condition: Option<Conjunction>,
    }

    /// A skill compared with a level.
    pub struct Term {
        routing_attribute: RoutingAttribute,
        /// `==`, `!=`, `<`, `<=`, `>` or `>=`.
        relational_operator: Relation,
        value: i64,
        pre_term_condition: Option<Conjunction>,
    }

    /// A list agents pick requests from.
    pub struct PullModeList {
        id: String,
        name: String,
        description: Option<String>,
    }

    /// Why an agent is not ready or leaves.
    pub struct ReasonCode {
        id: String,
        name: String,
        description: Option<String>,
        #[serde(rename = "type")]
        kind: Option<ReasonType>,
        code: Option<i64>,
        is_deleted: Option<bool>,
        /// Any form of time.
        #[serde(skip_serializing_if = "Value::is_null")]
        created_at: Value,
        #[serde(skip_serializing_if = "Value::is_null")]
        updated_at: Value,
    }

    /// A message of a supervisor to teams.
    pub struct Announcement {
        id: String,
        supervisor_id: String,
        supervisor_name: Option<String>,
        announcement_text: String,
        /// Team ids, or teams.
        teams: Vec<Value>,
        expiry_time: Value,
        scheduled_time: Value,
        /// Ids of agents.
        seen_by: Vec<Value>,
    }
}

wire_words! {
    /// What levels a skill has.
    pub enum RoutingAttributeType {
        Boolean = "BOOLEAN",
        ProficiencyLevel = "PROFICIENCY_LEVEL",
    }

    /// How terms and expressions are joined.
    pub enum Conjunction {
        And = "AND",
        Or = "OR",
    }

    /// How a skill is compared.
    pub enum Relation {
        Equal = "==",
        NotEqual = "!=",
        Less = "<",
        LessOrEqual = "<=",
        Greater = ">",
        GreaterOrEqual = ">=",
    }

    /// When a reason applies.
    pub enum ReasonType {
        NotReady = "NOT_READY",
        Logout = "LOGOUT",
        /// Not ready, and the agent's conversations go back to their queues.
        Callback = "CALLBACK",
    }
}
