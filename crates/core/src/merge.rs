//! Two profiles of one person become one, and two again.
//!
//! One profile survives: it gets the identifiers and labels of both, and what it lacked. The other keeps everything it
//! had and stands behind it, and so does its past; nothing that was written is moved but an open conversation. The
//! survivor notes what it has by the merge; undoing it takes away just that, and leaves what was changed since.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};
use tieline_cim::Why;

use crate::administration::LABELS_MAX;
use crate::audit::Deed;
use crate::command::{Answer, MergeWish};
use crate::conversation::Conversation;
use crate::customer::{Customer, Filled, Held, IDENTIFIERS_MAX, Lineage, Merge};
use crate::event::Rehoming;
use crate::id::{CustomerId, UserId};
use crate::refusal::Refusal;
use crate::registry::{Registry, SchemaAttribute};
use crate::schema::{is_blank, normalise_identifier};
use crate::turn::{Outcome, Turn};

/// Profiles one person may have had, those merged into others of his included.
pub const FAMILY_MAX: usize = 50;

impl Turn<'_> {
    pub fn merge_customers(&mut self, wish: &MergeWish) -> Outcome<Answer> {
        let (survivor, absorbed) =
            (self.unmerged_customer(wish.survivor)?, self.unmerged_customer(wish.absorbed)?);
        if survivor.id == absorbed.id {
            return Err(Refusal::conflict(Why::MergeWithSelf).into());
        }
        if self.family(&survivor).len() + self.family(&absorbed).len() > FAMILY_MAX {
            return Err(Refusal::limit(Why::MergedProfilesMax { max: FAMILY_MAX }).into());
        }
        let open = |customer: &Customer| self.state.by_customer.get(&customer.id).copied();
        let conversation = open(&absorbed);
        if let (Some(one), Some(other)) = (open(&survivor), conversation) {
            let why = Why::BothOpen { one: one.to_string(), other: other.to_string() };
            return Err(Refusal::busy(why).into());
        }
        let united = united(&self.state.registry, &survivor, &absorbed)?;
        let merge = Merge {
            absorbed: absorbed.id,
            at: self.now,
            by: wish.by,
            reason: wish.reason.clone(),
            added: united.added,
            filled: united.filled,
            labels: united.labels,
            named: survivor.anonymous && !absorbed.anonymous,
            conversation,
        };
        let mut lineage = survivor.lineage.clone().unwrap_or_default();
        lineage.merges.push(merge);
        let behind = Lineage {
            merged_into: Some(survivor.id),
            ..absorbed.lineage.as_deref().cloned().unwrap_or_default()
        };
        let labels = united.all_labels;
        self.write_customer(Arc::new(Customer {
            version: absorbed.version + 1,
            lineage: Some(Box::new(behind)),
            ..Customer::clone(&absorbed)
        }));
        let survivor = Arc::new(Customer {
            version: survivor.version + 1,
            anonymous: survivor.anonymous && absorbed.anonymous,
            attributes: united.attributes.into(),
            labels,
            lineage: Some(lineage),
            ..Customer::clone(&survivor)
        });
        self.write_customer(Arc::clone(&survivor));
        let reason = wish.reason.clone();
        self.note(Deed::CustomersMerged { survivor: survivor.id, absorbed: absorbed.id, reason });
        if let Some(id) = conversation {
            self.rehome(id, &survivor, wish.by, wish.reason.clone(), Rehoming::Merged, |_| {});
        }
        Ok(Answer::Customer(survivor))
    }

    pub fn unmerge_customer(&mut self, id: CustomerId, by: UserId, reason: Option<&str>) -> Outcome<Answer> {
        let absorbed = self.known_customer(id)?;
        let survivor = absorbed.merged_into();
        let survivor = survivor.ok_or_else(|| Refusal::conflict(Why::NotMerged))?;
        let survivor = self.unmerged_customer(survivor)?;
        let mut lineage = survivor.lineage.clone().unwrap_or_default();
        let at = lineage.merges.iter().position(|merge| merge.absorbed == id);
        let at = at.ok_or_else(|| Refusal::conflict(Why::NotMerged))?;
        let merge = lineage.merges.remove(at);
        let moved = match merge.conversation {
            Some(conversation) => Some(self.conversation_anywhere(conversation)?),
            None => None,
        };
        // It may have been linked to somebody else since.
        let moved = moved.filter(|conversation| conversation.customer == survivor.id);
        let survivor = Arc::new(Customer {
            version: survivor.version + 1,
            anonymous: survivor.anonymous || merge.named,
            attributes: without(&survivor, &merge).into(),
            labels: survivor.labels.iter().filter(|label| !merge.labels.contains(label)).cloned().collect(),
            lineage: Some(lineage).filter(|lineage| **lineage != Lineage::default()),
            ..Customer::clone(&survivor)
        });
        let (of, why) = (survivor.id, reason.map(Into::into));
        self.note(Deed::CustomerUnmerged { customer: id, survivor: of, reason: why });
        self.write_customer(survivor);
        let own = Lineage { merged_into: None, ..absorbed.lineage.as_deref().cloned().unwrap_or_default() };
        let restored = Arc::new(Customer {
            version: absorbed.version + 1,
            lineage: Some(Box::new(own)).filter(|lineage| **lineage != Lineage::default()),
            ..Customer::clone(&absorbed)
        });
        self.write_customer(Arc::clone(&restored));
        if let Some(conversation) = moved {
            let stays = |_: &mut Conversation| {};
            let reason = reason.map(Into::into);
            self.rehome(conversation.id, &restored, by, reason, Rehoming::Unmerged, stays);
        }
        Ok(Answer::Customer(restored))
    }

    /// A customer, and everybody who stands behind him.
    pub fn family(&self, customer: &Arc<Customer>) -> BTreeSet<CustomerId> {
        let mut found = BTreeSet::from([customer.id]);
        let mut next = vec![Arc::clone(customer)];
        while let Some(member) = next.pop() {
            for merge in member.merges() {
                if found.insert(merge.absorbed) {
                    next.extend(self.customer(merge.absorbed));
                }
            }
        }
        found
    }

    /// A customer that must exist and stand for himself.
    pub fn unmerged_customer(&self, id: CustomerId) -> Outcome<Arc<Customer>> {
        let customer = self.known_customer(id)?;
        check_unmerged(&customer)?;
        Ok(customer)
    }

    /// A customer that must exist, or who stands for him.
    pub fn surviving_customer(&self, id: CustomerId) -> Outcome<Arc<Customer>> {
        let mut customer = self.known_customer(id)?;
        while let Some(survivor) = customer.merged_into() {
            customer = self.known_customer(survivor)?;
        }
        Ok(customer)
    }
}

/// Nobody stands for the customer.
pub fn check_unmerged(customer: &Customer) -> Result<(), Refusal> {
    match customer.merged_into() {
        None => Ok(()),
        Some(survivor) => {
            let (customer, survivor) = (customer.id.to_string(), survivor.to_string());
            Err(Refusal::conflict(Why::MergedInto { customer, survivor }))
        }
    }
}

/// A survivor's profile, and what of it is by the merge.
struct United {
    attributes: Map<String, Value>,
    added: Vec<Held>,
    filled: Vec<Filled>,
    labels: Vec<String>,
    all_labels: Vec<String>,
}

fn united(registry: &Registry, survivor: &Customer, absorbed: &Customer) -> Result<United, Refusal> {
    let mut attributes = survivor.attributes.to_map();
    let (mut added, mut filled) = (Vec::new(), Vec::new());
    for stored in registry.schema_attributes() {
        let attribute = &stored.value;
        let key = attribute.key.as_str();
        if attribute.multi_valued() {
            let more = lacking(attribute, survivor, absorbed);
            if survivor.values(key).count() + more.len() > IDENTIFIERS_MAX {
                return Err(Refusal::invalid(key, Why::MergedValuesMany { max: IDENTIFIERS_MAX }));
            }
            let all = survivor.values(key).chain(more.iter().copied()).map(Value::from).collect();
            if !more.is_empty() {
                attributes.insert(key.to_owned(), all);
            }
            added.extend(more.into_iter().map(|value| Held { attribute: key.into(), value: value.into() }));
            continue;
        }
        let before = survivor.attributes.get(key).cloned().unwrap_or_default();
        let is_empty = is_blank(&before) || survivor.anonymous && before == attribute.default;
        let after =
            absorbed.attributes.get(key).filter(|value| is_empty && !is_blank(value) && **value != before);
        if let Some(after) = after {
            attributes.insert(key.to_owned(), after.clone());
            filled.push(Filled { attribute: key.into(), before, after: after.clone() });
        }
    }
    let labels: Vec<String> =
        absorbed.labels.iter().filter(|label| !survivor.labels.contains(label)).cloned().collect();
    let all_labels: Vec<String> = survivor.labels.iter().chain(&labels).cloned().collect();
    if all_labels.len() > LABELS_MAX {
        return Err(Refusal::limit(Why::LabelsMax { max: LABELS_MAX }));
    }
    Ok(United { attributes, added, filled, labels, all_labels })
}

/// Values of an attribute that one customer has and the other has not.
fn lacking<'a>(attribute: &SchemaAttribute, of: &Customer, with: &'a Customer) -> Vec<&'a str> {
    let known: BTreeSet<String> =
        of.values(&attribute.key).map(|value| normalise_identifier(attribute, value)).collect();
    with.values(&attribute.key)
        .filter(|value| !known.contains(&normalise_identifier(attribute, value)))
        .collect()
}

/// A survivor's attributes less what they have by a merge. What was changed since stays as it is.
fn without(survivor: &Customer, merge: &Merge) -> Map<String, Value> {
    let mut attributes = survivor.attributes.to_map();
    for Held { attribute, value } in &merge.added {
        if let Some(Value::Array(values)) = attributes.get_mut(&**attribute) {
            values.retain(|held| held.as_str() != Some(value));
            if values.is_empty() {
                attributes.remove(&**attribute);
            }
        }
    }
    for Filled { attribute, before, after } in &merge.filled {
        if attributes.get(&**attribute) == Some(after) {
            if before.is_null() {
                attributes.remove(&**attribute);
            } else {
                attributes.insert(attribute.to_string(), before.clone());
            }
        }
    }
    attributes
}
