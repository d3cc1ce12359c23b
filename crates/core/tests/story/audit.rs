//! What is noted of what people do, and of whom.

use serde_json::{Value, json};
use tieline_core::audit::{Actor, Change, Deed, Origin};
use tieline_core::command::{
    AgentStateWish, Caller, Command, Dismissal, ItsAddress, Joining, LinkWish, MergeWish, SenderClass,
};
use tieline_core::facts::{EntryFilter, Wants};
use tieline_core::id::{CustomerId, UserId};
use tieline_core::registry::{CustomerValueType, Kind, Object, SchemaAttribute, Team};
use tieline_core::state::Stepped;

use super::given::{Given, given};
use super::stage::Stage;

fn staffed() -> Given {
    given().agents("amina, sara").led_team("amina, sara").on_duty("amina")
}

/// What a command of sara's, from her address, has noted.
fn noted(stage: &mut Stage, command: &Command) -> Vec<Deed> {
    stage.land();
    let mut wants = Wants::default();
    stage.state.gather(command, &mut wants);
    let facts = stage.kept.facts(&wants);
    let origin = Origin::user(stage.agents["sara"], Some("192.0.2.7".parse().expect("an address")));
    let stepped = stage.state.step_as(origin, stage.now, command, &facts);
    assert!(matches!(stepped, Stepped::Replied { .. }), "{command:?} starved");
    let batch = stage.state.take_batch();
    stage.kept.keep(&batch);
    for record in &batch.audit {
        assert_eq!((record.by, record.address, record.at), (origin.by, origin.address, stage.now));
        assert!(record.seq < batch.next_seq);
    }
    batch.audit.into_iter().map(|record| record.deed).collect()
}

fn names(deeds: &[Deed]) -> String {
    deeds.iter().map(Deed::name).collect::<Vec<_>>().join(" ")
}

fn known(stage: &mut Stage, name: &str) -> (CustomerId, Vec<Deed>) {
    let attributes = json!({ "firstName": name, "web": [name] });
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    let deeds = noted(stage, &Command::PutCustomer { id: None, attributes, labels: vec![], expected: None });
    (stage.customer_called(name), deeds)
}

#[test]
fn everything_people_do_is_noted_beside_the_change() {
    let mut stage = staffed().stage();
    let sara = stage.agents["sara"];
    let amina = stage.agents["amina"];
    let team = Team { id: stage.mint.id(stage.now), name: "Red".into(), description: String::new() };
    let put = stage.put(Object::Team(team.clone()));
    let id = team.id;
    assert_eq!(noted(&mut stage, &put), [Deed::ObjectPut { kind: Kind::Team, id, version: 1 }]);
    let delete = Command::DeleteObject { kind: Kind::Team, id, expected: None };
    assert_eq!(noted(&mut stage, &delete), [Deed::ObjectDeleted { kind: Kind::Team, id }]);
    assert_eq!(noted(&mut stage, &delete), [], "nothing was done");

    let (carl, deeds) = known(&mut stage, "Carl");
    let changes = [("firstName", json!("Carl")), ("web", json!(["Carl"]))]
        .map(|(key, after)| (key.to_owned(), Change { before: Value::Null, after }));
    assert_eq!(deeds, [Deed::CustomerPut { customer: carl, version: 1, changes: changes.into() }]);
    let (charly, _) = known(&mut stage, "Charly");
    let reason: Option<Box<str>> = Some("the same person".into());
    let (survivor, absorbed, by) = (carl, charly, sara);
    let merge =
        Command::MergeCustomers(Box::new(MergeWish { survivor, absorbed, by, reason: reason.clone() }));
    assert_eq!(noted(&mut stage, &merge), [Deed::CustomersMerged { survivor, absorbed, reason }]);
    let unmerge = Command::UnmergeCustomer { customer: charly, by, reason: None };
    assert_eq!(names(&noted(&mut stage, &unmerge)), "customer.unmerged");

    let inbound = stage.inbound("nobody", "site", "words", None);
    assert_eq!(noted(&mut stage, &Command::Receive(Box::new(inbound))), [], "customers are not watched");
    let conversation = stage.state.conversations().next().expect("open").id;
    let mut played = stage.inbound("nobody", "site", "more words", None);
    played.caller = Caller::User(sara);
    let play = |inbound| Command::Receive(Box::new(inbound));
    assert_eq!(noted(&mut stage, &play(played.clone())), [Deed::CustomerPlayed { conversation }]);
    assert_eq!(noted(&mut stage, &play(played.clone())), [], "the same request again does nothing");
    let mut told = stage.inbound("nobody", "site", "her own words", None);
    told.caller = Caller::User(sara);
    told.sender = SenderClass::Agent;
    assert_eq!(noted(&mut stage, &play(told)), []);
    let address = ItsAddress::Stays;
    let link = LinkWish { conversation, to: carl, address, by, reason: None };
    assert_eq!(names(&noted(&mut stage, &Command::LinkConversation(Box::new(link)))), "conversation.linked");
    let unlink = Command::UnlinkConversation { conversation, by, reason: None };
    assert_eq!(names(&noted(&mut stage, &unlink)), "conversation.unlinked");
    let how = Joining::Monitor;
    let join = Command::Join { supervisor: sara, conversation, how };
    assert_eq!(noted(&mut stage, &join), [], "nobody serves it yet");

    let supervise = |to| Command::Supervise { supervisor: sara, agent: amina, to };
    let out = supervise(AgentStateWish::Logout { reason: None });
    assert_eq!(noted(&mut stage, &out), [Deed::AgentSupervised { agent: amina, state: "LOGOUT".into() }]);
    assert_eq!(names(&noted(&mut stage, &Command::FlushQueue { queue: None, by })), "queue.flushed");
    let replay = Command::Replay(EntryFilter { limit: 9, ..EntryFilter::default() });
    assert_eq!(names(&noted(&mut stage, &replay)), "deliveries.replayed");
    let dismiss = |because: &str, instead: Option<&str>| {
        let letters = EntryFilter { limit: 9, ..EntryFilter::default() };
        let instead = instead.map(Into::into);
        Command::Dismiss(Box::new(Dismissal { letters, because: because.into(), instead }))
    };
    let deed = Deed::DeliveriesDismissed { entries: 0, because: "told by phone".into(), instead: None };
    assert_eq!(noted(&mut stage, &dismiss("told by phone", None)), [deed]);
    assert_eq!(noted(&mut stage, &dismiss(" ", None)), [], "without a reason");
    assert_eq!(noted(&mut stage, &dismiss(&"x".repeat(501), None)), [], "too long");
    assert_eq!(noted(&mut stage, &dismiss("sent anew", Some("nobody's"))), [], "nothing was sent");
    assert_eq!(names(&noted(&mut stage, &Command::PartWithCustomer(carl))), "customer.put");
    assert_eq!(noted(&mut stage, &Command::PartWithCustomer(carl)), [], "once is enough");
    assert_eq!(noted(&mut stage, &Command::EraseCustomer(carl)), [Deed::CustomerErased { customer: carl }]);
    let deed = Deed::Exported { what: "audit".into() };
    assert_eq!(noted(&mut stage, &Command::Note(deed.clone())), [deed]);
}

#[test]
fn of_a_password_only_the_change_is_noted() {
    let mut stage = staffed().stage();
    let attribute = SchemaAttribute {
        id: stage.mint.id(stage.now),
        key: "word".into(),
        label: "Word".into(),
        description: String::new(),
        value_type: CustomerValueType::Password,
        length: None,
        required: false,
        default: Value::Null,
        pii: true,
        identifies: vec![],
        deletable: true,
        order: 9,
        searchable: false,
    };
    let put = stage.put(Object::SchemaAttribute(attribute));
    noted(&mut stage, &put);
    let attributes = json!({ "firstName": "Carl", "word": "abracadabra" });
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    let put = Command::PutCustomer { id: None, attributes, labels: vec![], expected: None };
    let [Deed::CustomerPut { changes, .. }] = &noted(&mut stage, &put)[..] else { panic!("one deed") };
    assert_eq!(changes["word"], Change { before: Value::Null, after: json!("*****") });
}

#[test]
fn what_tieline_does_by_itself_is_its_own() {
    assert_eq!(Origin::default(), Origin { by: Actor::System, address: None });
    assert_eq!(Actor::User(UserId(tieline_core::id::Id([1; 12]))).user().map(|id| id.0.0), Some([1; 12]));
}

#[test]
fn no_two_deeds_share_a_name_or_a_number() {
    for (i, (name, code)) in Deed::NAMES.iter().enumerate() {
        assert!(Deed::NAMES[..i].iter().all(|(other, number)| other != name && number != code), "{name}");
    }
}
