//! Pull lists: requests that ring at nobody and wait until agents join by themselves.
//!
//! A request comes onto a list when its channel says so, and when a customer was promised that somebody comes back to
//! him. Those who follow the list are told of it, of every change, and again when somebody is to come: the customer
//! has written after everybody had left, or an agent was lost. It leaves the list when its conversation closes, or
//! when a supervisor ends both. As many agents may serve it together as may be in a conversation at all.

use std::sync::Arc;

use tieline_cim::Why;

use crate::agent::Agent;
use crate::assistance::check_people;
use crate::conversation::{Conversation, EndReason, Role, SessionDirection};
use crate::effect::{Listed, Push};
use crate::event::{Emitter, Fact};
use crate::id::{ChannelId, ConversationId, ListId, ListingId, MrdId, SessionId, UserId};
use crate::listing::{LISTED_MAX, Listing, Stage};
use crate::permission::{Action, Resource, allows};
use crate::refusal::Refusal;
use crate::registry::{Channel, Kind, List, Object, Preferences, User};
use crate::seating::Taking;
use crate::task::{CloseReason, Direction, Source};
use crate::turn::{Outcome, Turn};

impl Turn<'_> {
    /// Has those who follow a list come for a customer: by a request on the list, new or called out again. False when
    /// the list is full or gone.
    pub fn call_from_list(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        list: ListId,
    ) -> bool {
        if conversation.listing.is_some() {
            self.call_again(conversation);
            return true;
        }
        if self.state.registry.list(list).is_none() || self.state.lists.length(list) >= LISTED_MAX {
            return false;
        }
        self.count_escalated(conversation);
        let id = self.state.mint.id(self.now);
        let listing = Listing { id, list, session, since: self.now, stage: Stage::Unread, promised: false };
        self.state.lists.add(&listing, conversation.id);
        conversation.listing = Some(Box::new(listing));
        self.stop_all_silence(conversation);
        self.announce_listing(conversation, Emitter::System, true);
        true
    }

    /// Somebody is needed for a request everybody has left. It is called out once until somebody joins.
    pub fn call_again(&mut self, conversation: &mut Conversation) {
        let served = conversation.has_primary();
        let Some(listing) = conversation.listing.as_mut().filter(|_| !served) else { return };
        if let Stage::Active | Stage::Inactive { awaited: false } = listing.stage {
            listing.stage = Stage::Inactive { awaited: true };
            self.stop_all_silence(conversation);
            self.announce_listing(conversation, Emitter::System, true);
        }
    }

    /// Promises a customer that somebody will come back to him; false when there is no list to note it on.
    pub fn promise_call_back(
        &mut self,
        conversation: &mut Conversation,
        session: SessionId,
        list: ListId,
    ) -> bool {
        if !self.call_from_list(conversation, session, list) {
            return false;
        }
        if let Some(listing) = conversation.listing.as_mut() {
            listing.promised = true;
        }
        let text = self.text(|texts| &texts.call_back);
        self.say(conversation, session, &text);
        true
    }

    /// A request is ACTIVE while somebody serves the customer, and INACTIVE when nobody does any more. Asked whenever
    /// a conversation has changed, so that no way of coming or leaving is forgotten.
    pub fn track_listing(&mut self, conversation: &mut Conversation) {
        let (served, here) = (conversation.has_primary(), conversation.customer_is_here());
        let Some(listing) = conversation.listing.as_mut() else { return };
        listing.stage = match listing.stage {
            Stage::Unread | Stage::Inactive { .. } if served => Stage::Active,
            Stage::Active if !served && here => Stage::Inactive { awaited: false },
            _ => return,
        };
        listing.promised &= !served;
        self.announce_listing(conversation, Emitter::System, false);
    }

    /// The customer is here, and no longer in the session that asked: he is to be met in this one.
    pub fn move_listing(&mut self, conversation: &mut Conversation, session: SessionId) {
        if conversation.is_listed_elsewhere() {
            conversation.meet_in(session);
            self.announce_listing(conversation, Emitter::System, false);
        }
    }

    /// Takes a conversation that ends off its list.
    pub fn end_listing(&mut self, conversation: &mut Conversation, by: Emitter) {
        if let Some(listing) = conversation.listing.as_mut() {
            listing.stage = Stage::Closed;
            self.state.lists.remove(listing);
            self.announce_listing(conversation, by, false);
            conversation.listing = None;
        }
    }

    /// Writes down how a request stands, and tells those who follow its list.
    fn announce_listing(&mut self, conversation: &Conversation, by: Emitter, calls: bool) {
        let Some(listing) = conversation.listing.clone() else { return };
        let (list, session) = (listing.list, listing.session);
        let listed = self.listed(conversation, &listing);
        let fact = if calls { Fact::RequestListed { listing } } else { Fact::ListingChanged { listing } };
        self.record(conversation, Some(session), by, fact);
        for agent in self.followers_at_work(list) {
            self.push(agent, Push::Listed { listed: Arc::clone(&listed), calls });
        }
    }

    fn listed(&self, conversation: &Conversation, listing: &Listing) -> Arc<Listed> {
        let scene = self.scene(conversation, Some(listing.session));
        Arc::new(Listed { listing: listing.clone(), conversation: conversation.id, scene })
    }

    fn followers_at_work(&self, list: ListId) -> Vec<UserId> {
        let lists = &self.state.lists;
        lists.followers(list).filter(|user| self.may_use(*user, list)).collect()
    }

    fn may_use(&self, user: UserId, list: ListId) -> bool {
        let registry = &self.state.registry;
        let list = registry.list(list);
        list.zip(registry.user(user)).is_some_and(|(list, user)| list.value.is_open_to(&user.value))
    }

    /// An agent follows a list from now on, or no longer does. It holds until he changes it.
    pub fn follow_list(&mut self, agent: UserId, list: ListId, follow: bool) -> Outcome<()> {
        self.require_agent(agent)?;
        if follow {
            self.check_open_to(agent, list)?;
        }
        let stored = self.state.registry.preferences(agent).map(Arc::clone);
        let mut mine = stored.as_ref().map_or_else(|| Preferences::of(agent), |stored| stored.value.clone());
        mine.lists.retain(|known| *known != list && self.state.registry.list(*known).is_some());
        if follow {
            mine.lists.push(list);
        }
        self.put_object(&Object::Preferences(mine), stored.map(|stored| stored.version))?;
        let follows = self.followed_by(agent);
        let push = match follow {
            true => Push::ListFollowed { follows, listed: self.all_listed(&[list]) },
            false => Push::ListUnfollowed { follows, list },
        };
        self.push(agent, push);
        Ok(())
    }

    fn check_open_to(&self, agent: UserId, list: ListId) -> Outcome<&List> {
        let known = self.state.registry.list(list);
        let known = known.ok_or_else(|| {
            Refusal::not_found(Why::NoSuch { kind: Kind::List.noun(), id: list.to_string() })
        })?;
        if self.may_use(agent, list) {
            return Ok(&known.value);
        }
        Err(Refusal::forbidden(Why::ListOfOthers { list: known.value.name.clone() }).into())
    }

    fn followed_by(&self, agent: UserId) -> Vec<ListId> {
        let mine = self.state.registry.preferences(agent);
        let lists = mine.map_or(&[][..], |mine| mine.value.lists.as_slice());
        lists.iter().copied().filter(|list| self.may_use(agent, *list)).collect()
    }

    fn all_listed(&self, lists: &[ListId]) -> Vec<Arc<Listed>> {
        let on = lists.iter().flat_map(|list| self.state.lists.on(*list));
        let found = on.filter_map(|id| self.state.conversation(id));
        found.filter_map(|found| Some(self.listed(found, found.listing.as_ref()?))).collect()
    }

    /// Shows a desk the lists its agent follows and all that is on them.
    pub fn show_lists(&mut self, agent: UserId) {
        if self.state.agents.get(&agent).is_some_and(Agent::is_connected) {
            let follows = self.followed_by(agent);
            let listed = self.all_listed(&follows);
            self.push(agent, Push::Lists { follows, listed });
        }
    }

    /// A list has changed: those who follow it are shown theirs anew.
    pub fn show_changed_list(&mut self, list: ListId) {
        for agent in self.state.lists.followers(list).collect::<Vec<_>>() {
            self.show_lists(agent);
        }
    }

    /// Other lists are open to somebody than before: his desk is shown those he follows anew.
    pub fn show_lists_to_moved(&mut self, former: &User, user: &User) {
        let mine = self.state.registry.preferences(user.id);
        let differs = |list: &ListId| {
            let list = self.state.registry.list(*list);
            list.is_some_and(|list| list.value.is_open_to(former) != list.value.is_open_to(user))
        };
        if mine.is_some_and(|mine| mine.value.lists.iter().any(differs)) {
            self.show_lists(user.id);
        }
    }

    /// An agent takes up a request of a list, beside those who have. Taking it twice shows the conversation again.
    pub fn join_listed(&mut self, agent: UserId, id: ListingId) -> Outcome<()> {
        self.require_agent(agent)?;
        let (of, listing) = self.require_listed(id)?;
        let list = self.check_open_to(agent, listing.list)?;
        let respects_capacity = list.respects_capacity;
        let conversation = self.state.conversation(of).ok_or_else(off_the_list)?;
        let role = conversation.participant(agent).map(|seat| seat.role);
        match role {
            Some(Role::Primary) => {
                self.push_topic(agent, &conversation.clone());
                return Ok(());
            }
            Some(Role::WrapUp) | None => {}
            Some(_) => {
                return Err(Refusal::conflict(Why::InConversationAlready).into());
            }
        }
        let here = conversation.customer_is_here();
        if !here && !listing.promised {
            return Err(Refusal::conflict(Why::CustomerLeft).into());
        }
        check_people(conversation)?;
        let channel = conversation.session(listing.session).map(|session| session.channel);
        let (channel, mrd) = self.channel_to_join(channel, here)?;
        if respects_capacity && role.is_none() {
            self.check_room_for(agent, mrd)?;
        }
        if role.is_some() {
            self.check_may_serve_again(conversation, agent)?;
        }
        let (conversation, session, direction) = match here {
            true => (self.take(of), listing.session, Direction::Inbound),
            false => {
                let (conversation, session) = self.reach_out(of, &listing, &channel)?;
                (Some(conversation), session, Direction::Outbound)
            }
        };
        let Some(mut conversation) = conversation else { return Ok(()) };
        if !conversation.has_primary() {
            self.cancel_requests(&mut conversation, CloseReason::Cancelled);
        }
        if role.is_some() {
            self.serve_once_more(&mut conversation, agent, session);
        } else {
            let source = Some(Source::List(listing.list));
            let taking = Taking { agent, role: Role::Primary, direction, session, mrd, source };
            self.seat_unasked(&mut conversation, &channel, taking);
        }
        self.put_back(conversation);
        Ok(())
    }

    fn require_listed(&self, id: ListingId) -> Outcome<(ConversationId, Listing)> {
        let of = self.state.lists.conversation_of(id);
        let listing = of.and_then(|of| Some((of, self.state.conversation(of)?.listing.as_deref()?.clone())));
        listing.ok_or_else(|| off_the_list().into())
    }

    /// The channel of a request and the domain its work belongs to.
    fn channel_to_join(&self, channel: Option<ChannelId>, here: bool) -> Outcome<(Channel, MrdId)> {
        let registry = &self.state.registry;
        let channel = channel.and_then(|channel| registry.channel(channel));
        let channel = channel.map(|stored| stored.value.clone());
        let channel = channel.ok_or_else(|| Refusal::conflict(Why::RequestChannelGone))?;
        if !here && !channel.enabled {
            return Err(Refusal::conflict(Why::ListedChannelOff { channel: channel.name }).into());
        }
        let mrd = registry.channel_type(channel.channel_type).and_then(|known| known.value.mrd);
        let mrd = mrd.ok_or_else(|| Refusal::conflict(Why::NotRouted))?;
        Ok((channel, mrd))
    }

    /// Opens a session to a customer who has left and was promised that somebody will come back to him.
    fn reach_out(
        &mut self,
        of: ConversationId,
        listing: &Listing,
        channel: &Channel,
    ) -> Outcome<(Box<Conversation>, SessionId)> {
        let conversation = self.state.conversation(of).ok_or_else(off_the_list)?;
        let former = conversation.session(listing.session).ok_or_else(off_the_list)?;
        let (address, customer) = (former.address.clone(), conversation.customer);
        self.start_session(channel, &address, Some(customer), SessionDirection::Outbound, None)
    }

    /// A supervisor ends a request and the conversation with it.
    pub fn end_listed(&mut self, agent: UserId, id: ListingId) -> Outcome<()> {
        self.require_agent(agent)?;
        let (of, listing) = self.require_listed(id)?;
        self.check_open_to(agent, listing.list)?;
        let roles = self.state.registry.user(agent).map(|user| user.value.roles.clone());
        if !allows(&roles.unwrap_or_default(), Resource::SubscribedList, Action::Manage) {
            return Err(Refusal::forbidden(Why::ListedEndedByLeads).into());
        }
        let Some(mut conversation) = self.take(of) else { return Ok(()) };
        self.end_listing(&mut conversation, Emitter::Agent(agent));
        self.end_all_sessions(&mut conversation, EndReason::ForceClosed);
        if conversation.agents.is_empty() && conversation.closed_at.is_none() {
            self.close(&mut conversation);
        }
        self.put_back(conversation);
        Ok(())
    }
}

fn off_the_list() -> Refusal {
    Refusal::conflict(Why::OffList)
}
