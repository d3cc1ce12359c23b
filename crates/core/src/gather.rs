//! What to look up before a command is stepped.

use crate::command::{ActivityTarget, Caller, Command, Content, Inbound};
use crate::conversation::Address;
use crate::facts::{RequestKey, Wants};
use crate::id::{ConversationId, CustomerId};
use crate::session::identities_of_address;
use crate::state::State;

impl State {
    /// Adds to `wants` what `command` needs that is not live.
    pub fn gather(&self, command: &Command, wants: &mut Wants) {
        match command {
            Command::Receive(inbound) => self.gather_inbound(inbound, wants),
            Command::Send(first) => {
                self.gather_first_words(first.request, first.customer, &first.address, wants);
            }
            Command::Contact(first) => {
                self.gather_first_words(first.request, first.customer, &first.address, wants);
            }
            Command::AddActivity(activity) => {
                wants.requests.insert(activity.request);
                if let ActivityTarget::Conversation(id) = activity.target
                    && !self.conversations.contains_key(&id)
                {
                    wants.conversations.insert(id);
                }
            }
            Command::Publish(publication) | Command::CloseWrapUp { note: Some(publication), .. } => {
                wants.requests.insert(publication.request);
            }
            Command::BotSays(says) => {
                wants.requests.insert(self.request_of(says));
            }
            Command::PartWithCustomer(id) | Command::EraseCustomer(id) => {
                wants.customers.insert(*id);
            }
            Command::PutCustomer { id: Some(id), .. } if !self.customers.contains_key(id) => {
                wants.customers.insert(*id);
            }
            Command::MergeCustomers(wish) => {
                wants.customers.extend([wish.survivor, wish.absorbed]);
            }
            Command::UnmergeCustomer { customer, .. } => {
                wants.customers.insert(*customer);
            }
            Command::LinkConversation(wish) => {
                wants.customers.insert(wish.to);
                self.gather_conversation(wish.conversation, wants);
            }
            Command::UnlinkConversation { conversation, .. } => {
                self.gather_conversation(*conversation, wants);
            }
            Command::LinkPast { from, to, .. } => {
                wants.customers.extend([*from, *to]);
                wants.pasts.insert(*from);
            }
            Command::Replay(filter) => wants.entries.push(filter.clone()),
            Command::Dismiss(dismissal) => {
                wants.entries.push(dismissal.letters.clone());
                wants.messages.extend(dismissal.instead.clone());
            }
            _ => {}
        }
    }

    /// A conversation with everybody whose it is and was.
    fn gather_conversation(&self, id: ConversationId, wants: &mut Wants) {
        let live = self.conversation(id);
        if live.is_none() {
            wants.conversations.insert(id);
        }
        let written = || self.recent.written_conversation(id).map(AsRef::as_ref);
        if let Some(known) = live.or_else(written) {
            wants.customers.insert(known.customer);
            wants.customers.extend(known.links.iter().map(|link| link.from));
        }
    }

    fn gather_inbound(&self, inbound: &Inbound, wants: &mut Wants) {
        wants.requests.insert(inbound.request);
        match &inbound.content {
            Content::Receipt { message, .. } => {
                wants.messages.insert(message.clone());
            }
            Content::Message { .. } => {
                for channel in self.registry.channels_at(&inbound.address.service) {
                    let meant = match &inbound.caller {
                        Caller::Connector(connector) => channel.value.connector == *connector,
                        Caller::Open(connectors) => connectors.contains(&channel.value.connector),
                        Caller::User(_) => true,
                    };
                    let key = self.address_key(channel.value.id, &inbound.address.customer);
                    if meant && !self.by_address.contains_key(&key) {
                        wants.identities.extend(identities_of_address(
                            &self.registry,
                            channel.value.channel_type,
                            &inbound.address.customer,
                        ));
                    }
                }
            }
            Content::Typing { .. } => {}
        }
    }

    /// Of somebody who writes to a customer before he has.
    fn gather_first_words(
        &self,
        request: RequestKey,
        customer: Option<CustomerId>,
        address: &Address,
        wants: &mut Wants,
    ) {
        wants.requests.insert(request);
        wants.customers.extend(customer.filter(|id| !self.customers.contains_key(id)));
        for channel in self.registry.channels_at(&address.service) {
            wants.identities.extend(identities_of_address(
                &self.registry,
                channel.value.channel_type,
                &address.customer,
            ));
        }
    }
}
