//! Codes beside passwords: who is asked for one, which are taken, and that none is taken twice.

use tieline_core::audit::{Deed, Origin};
use tieline_core::command::Command;
use tieline_core::facts::Facts;
use tieline_core::id::Id;
use tieline_core::refusal::Refusal;
use tieline_core::registry::settings::Settings;
use tieline_core::registry::{ForeignIdentity, Kind, Object, Role, User};
use tieline_core::second_factor::{Proof, SecondFactor, Standing, standing, step_at, window};
use tieline_core::state::Stepped;
use tieline_core::time::{At, Span};

use super::given::given;
use super::stage::Stage;

fn factor(last_step: u64) -> SecondFactor {
    SecondFactor { secret: "SECRET".into(), recovery: vec!["one".into(), "two".into()], last_step }
}

#[test]
fn a_step_is_near_or_it_is_over() {
    for (millis, present) in [(0, 0), (29_999, 0), (30_000, 1), (1_700_000_000_000, 56_666_666), (-1, 0)] {
        assert_eq!(step_at(At::from_millis(millis)), present, "{millis}");
    }
    assert_eq!(window(At::from_millis(300_000)), 9..=11);
    assert_eq!(window(At::from_millis(0)), 0..=1);
}

#[test]
fn what_is_accepted() {
    let now = At::from_millis(3_000_000);
    let code = Proof::Code;
    let recovery = |hash: &str| Proof::Recovery(hash.into());
    for (last_step, proof, expected) in [
        (0, code(100), "ok"),
        (0, code(99), "ok"),
        (0, code(101), "ok"),
        (0, code(98), "the code is wrong or over"),
        (0, code(102), "the code is wrong or over"),
        (99, code(100), "ok"),
        (99, code(99), "this code was used already; wait for the next one"),
        (100, code(99), "this code was used already; wait for the next one"),
        // Of a clock that went wrong and was put right.
        (200, code(100), "this code was used already; wait for the next one"),
        (100, recovery("two"), "ok"),
        (100, recovery("three"), "the code is wrong or over"),
    ] {
        let mut factor = factor(last_step);
        let said =
            |result: Result<(), Refusal>| result.map_or_else(|refusal| refusal.to_string(), |()| "ok".into());
        let before = factor.clone();
        let first = said(factor.accept(&proof, now));
        assert_eq!(first, expected, "{last_step} {proof:?}");
        assert_eq!(factor == before, first != "ok", "{proof:?} changes something when it is taken");
        assert_ne!(said(factor.accept(&proof, now)), "ok", "{proof:?} is taken once");
    }
}

#[test]
fn who_is_asked_for_a_code_and_who_has_to_enrol() {
    let account = |roles: &[Role], has: bool| {
        let stage = given().agents("amina").stage();
        let amina = stage.state.registry().user(stage.agents["amina"]).expect("registered").value.clone();
        User { roles: roles.to_vec(), second_factor: has.then(|| factor(0)), ..amina }
    };
    let none: &[Role] = &[];
    for (required, roles, has, expected) in [
        (none, &[Role::Admin][..], false, Standing::Admitted),
        (none, &[Role::Admin], true, Standing::CodeWanted),
        (&[Role::Admin], &[Role::Agent], false, Standing::Admitted),
        (&[Role::Admin], &[Role::Agent, Role::Admin], false, Standing::EnrolmentDue),
        (&[Role::Admin, Role::Agent], &[Role::Agent], false, Standing::EnrolmentDue),
        (&[Role::Admin], &[Role::Admin], true, Standing::CodeWanted),
    ] {
        let mut settings = Settings::default();
        settings.security.second_factor_for = required.to_vec();
        assert_eq!(standing(&settings, &account(roles, has)), expected, "{required:?} {roles:?} {has}");
        let identity = Some(ForeignIdentity { issuer: "https://login.example".into(), subject: "7".into() });
        let foreign = User { identity, ..account(roles, false) };
        assert_eq!(standing(&settings, &foreign), Standing::Admitted, "his provider asks him");
    }
}

fn account(stage: &Stage) -> (User, u64) {
    let stored = stage.state.registry().user(stage.agents["amina"]).expect("registered");
    (stored.value.clone(), stored.version)
}

/// What was said to a command, and the deeds it noted.
fn said(stage: &mut Stage, command: &Command) -> (String, Vec<Deed>) {
    stage.land();
    let stepped = stage.state.step_as(Origin::default(), stage.now, command, &Facts::default());
    let Stepped::Replied { reply, .. } = stepped else { panic!("{command:?} starved") };
    let batch = stage.state.take_batch();
    stage.kept.keep(&batch);
    let words = reply.map_or_else(|refusal| refusal.to_string(), |_| "ok".into());
    (words, batch.audit.into_iter().map(|record| record.deed).collect())
}

#[test]
fn a_code_gets_one_in_once_and_leaves_the_account_as_it_was() {
    let mut stage = given().agents("amina").stage();
    let (mut amina, version) = account(&stage);
    let user = amina.id;
    let put = |amina: &User, version| Command::PutObject {
        object: Box::new(Object::User(amina.clone())),
        expected: Some(version),
    };
    let pass = |proof| Command::PassSecondFactor { user, proof };
    assert_eq!(said(&mut stage, &pass(Proof::Code(1))).0, "the account has no second factor");

    amina.second_factor = Some(factor(0));
    let (kind, id) = (Kind::User, Id::from(user));
    let changed = Deed::ObjectPut { kind, id, version: version + 1 };
    let deeds = vec![changed, Deed::SecondFactorSet { user }];
    assert_eq!(said(&mut stage, &put(&amina, version)), ("ok".into(), deeds));

    let step = step_at(stage.now);
    assert_eq!(said(&mut stage, &pass(Proof::Code(step))), ("ok".into(), vec![]));
    let twice = said(&mut stage, &pass(Proof::Code(step))).0;
    assert_eq!(twice, "this code was used already; wait for the next one");
    let recovered = vec![Deed::RecoveryCodeUsed { user }];
    assert_eq!(said(&mut stage, &pass(Proof::Recovery("one".into()))), ("ok".into(), recovered));
    stage.restart(false);
    assert_ne!(said(&mut stage, &pass(Proof::Code(step))).0, "ok", "nor after a restart");
    assert_ne!(said(&mut stage, &pass(Proof::Recovery("one".into()))).0, "ok");
    stage.now = stage.now + Span::secs(30);
    assert_eq!(said(&mut stage, &pass(Proof::Code(step + 1))).0, "ok");

    let (mut amina, same) = account(&stage);
    assert_eq!(same, version + 1, "nobody changed the account");
    let left = amina.second_factor.take().expect("there still");
    assert_eq!((left.recovery, left.last_step), (vec!["two".to_owned()], step + 1));
    let deeds = said(&mut stage, &put(&amina, same)).1;
    assert_eq!(deeds.last(), Some(&Deed::SecondFactorRemoved { user }));
}
