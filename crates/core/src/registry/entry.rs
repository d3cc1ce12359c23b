//! What every registry object has in common: a kind, an id, a name, and the objects it names.
//!
//! [`Entry::references`] is the one list of the graph's edges. Whether a reference exists is asked when an object
//! is put, who stands in the way is asked when one is deleted, and both walk the same list, so that an edge can
//! never be known to one and forgotten by the other.

use std::fmt;

use crate::calendar::Calendar;
use crate::form::Form;
use crate::id::Id;
use crate::refusal::Named;

use super::bot::{Bot, ChoiceDoes};
use super::widget::Widget;
use super::{
    Announcement, CannedMessage, Channel, ChannelType, Connector, Kind, Label, List, Mrd, NobodyCame, Object,
    Preferences, Provider, Queue, ReasonCode, RoutingAttribute, SchemaAttribute, Target, Team,
    TenantSettings, User,
};

/// Told of each reference: what kind of object it names, which one, and the field's path on the wire.
pub type Visit<'a> = &'a mut dyn FnMut(Kind, Id, fmt::Arguments<'_>);

/// A registry object, whatever its noun.
pub trait Entry {
    fn kind(&self) -> Kind;
    fn id(&self) -> Id;
    /// What people call it.
    fn name(&self) -> &str;
    fn references(&self, visit: Visit<'_>);

    fn named(&self) -> Named {
        Named { kind: self.kind(), id: self.id(), name: self.name().to_owned() }
    }

    fn refers_to(&self, kind: Kind, id: Id) -> bool {
        let mut found = false;
        self.references(&mut |to, referred, _| found |= (to, referred) == (kind, id));
        found
    }
}

/// Names that people would take for the same one.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

impl Object {
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.entry().kind()
    }

    #[must_use]
    pub fn id(&self) -> Id {
        self.entry().id()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.entry().name()
    }

    pub fn references(&self, visit: Visit<'_>) {
        self.entry().references(visit);
    }
}

macro_rules! entries {
    ($($kind:ident: $name:ident, |$this:ident, $visit:ident| $references:block)*) => {$(
        impl Entry for $kind {
            fn kind(&self) -> Kind {
                Kind::$kind
            }

            fn id(&self) -> Id {
                self.id.into()
            }

            fn name(&self) -> &str {
                &self.$name
            }

            fn references(&self, $visit: Visit<'_>) {
                let $this = self;
                $references
            }
        }
    )*};
}

/// Preferences have no name of their own, and go with the person they are of.
impl Entry for Preferences {
    fn kind(&self) -> Kind {
        Kind::Preferences
    }

    fn id(&self) -> Id {
        self.id.into()
    }

    fn name(&self) -> &str {
        "preferences"
    }

    fn references(&self, _visit: Visit<'_>) {}
}

entries! {
    Mrd: name, |_this, _visit| {}

    ChannelType: name, |this, visit| {
        if let Some(mrd) = this.mrd {
            visit(Kind::Mrd, mrd.into(), format_args!("mediaRoutingDomain"));
        }
    }

    Provider: name, |this, visit| {
        for (i, channel_type) in this.channel_types.iter().enumerate() {
            visit(Kind::ChannelType, channel_type.0, format_args!("supportedChannelTypes[{i}]"));
        }
    }

    Connector: name, |this, visit| {
        visit(Kind::Provider, this.provider.into(), format_args!("channelProviderInterface"));
    }

    Channel: name, |this, visit| {
        visit(Kind::ChannelType, this.channel_type.into(), format_args!("channelType"));
        visit(Kind::Connector, this.connector.into(), format_args!("channelConnector"));
        if let Some(bot) = this.bot {
            visit(Kind::Bot, bot.into(), format_args!("channelConfig.botId"));
        }
        if let Some(calendar) = this.calendar {
            visit(Kind::Calendar, calendar.into(), format_args!("calendarId"));
        }
        let target = match this.routing.target {
            Target::Push(queue) => queue.map(|id| (Kind::Queue, id.0)),
            Target::Pull(list) => list.map(|id| (Kind::List, id.0)),
            Target::External => None,
        };
        if let Some((kind, id)) = target {
            visit(kind, id, format_args!("channelConfig.routingPolicy.routingObjectId"));
        }
        match this.routing.patience.then {
            NobodyCame::Queue(queue) => {
                visit(Kind::Queue, queue.0, format_args!("channelConfig.routingPolicy.nobodyCameQueueId"));
            }
            NobodyCame::CallBack(list) => {
                visit(Kind::List, list.0, format_args!("channelConfig.routingPolicy.nobodyCameListId"));
            }
            NobodyCame::Message | NobodyCame::KeepWaiting => {}
        }
    }

    RoutingAttribute: name, |_this, _visit| {}

    Queue: name, |this, visit| {
        visit(Kind::Mrd, this.mrd.into(), format_args!("mrd"));
        for (s, step) in this.steps.iter().enumerate() {
            for (e, expression) in step.expressions.iter().enumerate() {
                for (t, term) in expression.terms.iter().enumerate() {
                    let path = format_args!("steps[{s}].expressions[{e}].terms[{t}].routingAttribute");
                    visit(Kind::RoutingAttribute, term.attribute.into(), path);
                }
            }
        }
    }

    List: name, |this, visit| {
        for (i, team) in this.teams.iter().enumerate() {
            visit(Kind::Team, *team, format_args!("teams[{i}]"));
        }
    }

    Bot: name, |this, visit| {
        for (i, choice) in this.settings.menu.iter().flat_map(|menu| &menu.choices).enumerate() {
            if let ChoiceDoes::FindAgent(Some(queue)) = choice.does {
                visit(Kind::Queue, queue.into(), format_args!("menu.choices[{i}].queueId"));
            }
        }
    }

    Team: name, |_this, _visit| {}

    User: username, |this, visit| {
        if let Some(team) = this.team {
            visit(Kind::Team, team, format_args!("userTeam"));
        }
        for (i, team) in this.supervises.iter().enumerate() {
            visit(Kind::Team, *team, format_args!("supervisedTeams[{i}]"));
        }
        for (i, skill) in this.attributes.iter().enumerate() {
            let path = format_args!("associatedRoutingAttributes[{i}].routingAttribute");
            visit(Kind::RoutingAttribute, skill.attribute.into(), path);
        }
        for (i, capacity) in this.capacities.iter().enumerate() {
            visit(Kind::Mrd, capacity.mrd.into(), format_args!("associatedMrds[{i}].mrdId"));
        }
    }

    SchemaAttribute: label, |this, visit| {
        for (i, channel_type) in this.identifies.iter().enumerate() {
            visit(Kind::ChannelType, channel_type.0, format_args!("channelTypes[{i}]"));
        }
    }

    TenantSettings: name, |_this, _visit| {}

    ReasonCode: name, |_this, _visit| {}

    Label: name, |_this, _visit| {}

    CannedMessage: name, |_this, _visit| {}

    Announcement: text, |this, visit| {
        visit(Kind::User, this.author.into(), format_args!("supervisorId"));
        for (i, team) in this.teams.iter().enumerate() {
            visit(Kind::Team, *team, format_args!("teams[{i}]"));
        }
    }

    Widget: identifier, |this, visit| {
        if let Some(form) = this.form {
            visit(Kind::Form, form.into(), format_args!("form"));
        }
        if let Some(form) = this.callback_form {
            visit(Kind::Form, form.into(), format_args!("callback.callBackForm"));
        }
    }

    Form: title, |_this, _visit| {}

    Calendar: name, |_this, _visit| {}
}
