//! The second factor of people who sign in with a password: when it is asked for, and what is accepted as one.
//!
//! A code belongs to a step of thirty seconds (RFC 6238). A step is accepted while it is near, and none that is not later
//! than the last one accepted: no code is good twice. A recovery code is good once, whenever that is. Which step a code
//! belongs to, and the hash of a recovery code, are worked out by the server; what follows is decided here, one after the
//! other, so that of two attempts with one code a single one gets in.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tieline_cim::Why;

use crate::audit::Deed;
use crate::batch::ObjectChange;
use crate::command::Answer;
use crate::effect::Effect;
use crate::id::UserId;
use crate::refusal::Refusal;
use crate::registry::settings::Settings;
use crate::registry::{Kind, Object, User};
use crate::time::At;
use crate::turn::{Outcome, Turn};

/// Seconds a code is shown for.
pub const STEP_SECS: u64 = 30;
/// Steps before and after the present one that are accepted: clocks differ, and typing takes time.
pub const SKEW_STEPS: u64 = 1;
/// Recovery codes given out at enrolment.
pub const RECOVERY_CODES: usize = 10;

/// Periods of [`STEP_SECS`] since 1970.
pub type Step = u64;

/// What a user proves himself with beside his password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Shared with the user's authenticator, in base 32.
    pub secret: String,
    /// SHA-256 of each recovery code that was not used, in hex.
    pub recovery: Vec<String>,
    /// The last one accepted.
    pub last_step: Step,
}

/// Neither the secret nor a hash belongs in a log line.
impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor").field("recovery", &self.recovery.len()).finish_non_exhaustive()
    }
}

/// What somebody sent beside his password, as far as it can be read without knowing what is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A code of this step.
    Code(Step),
    /// The hash of a recovery code.
    Recovery(String),
}

/// What follows from a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Admitted,
    /// A code is wanted as well.
    CodeWanted,
    /// He has to set a second factor up before he may do anything else.
    EnrolmentDue,
}

/// What somebody whose password was right, or whom his provider vouches for, may do next.
#[must_use]
pub fn standing(settings: &Settings, user: &User) -> Standing {
    let required = &settings.security.second_factor_for;
    if user.identity.is_some() {
        // His provider asks for what it needs.
        Standing::Admitted
    } else if user.second_factor.is_some() {
        Standing::CodeWanted
    } else if user.roles.iter().any(|role| required.contains(role)) {
        Standing::EnrolmentDue
    } else {
        Standing::Admitted
    }
}

/// The step a moment is in.
#[must_use]
pub fn step_at(now: At) -> Step {
    u64::try_from(now.millis()).unwrap_or(0) / 1000 / STEP_SECS
}

/// The steps whose codes are accepted.
#[must_use]
pub fn window(now: At) -> RangeInclusive<Step> {
    let present = step_at(now);
    present.saturating_sub(SKEW_STEPS)..=present + SKEW_STEPS
}

impl SecondFactor {
    /// Takes a proof, which is not good again.
    ///
    /// # Errors
    /// A conflict in words for the person, when it is used, over or none of his.
    pub fn accept(&mut self, proof: &Proof, now: At) -> Result<(), Refusal> {
        match proof {
            Proof::Code(step) if !window(now).contains(step) => Err(Refusal::conflict(Why::CodeWrong)),
            Proof::Code(step) if *step <= self.last_step => Err(Refusal::conflict(Why::CodeUsed)),
            Proof::Code(step) => {
                self.last_step = *step;
                Ok(())
            }
            Proof::Recovery(hash) => {
                let place = self.recovery.iter().position(|kept| kept == hash);
                let place = place.ok_or_else(|| Refusal::conflict(Why::CodeWrong))?;
                self.recovery.remove(place);
                Ok(())
            }
        }
    }
}

impl Turn<'_> {
    /// Takes what a user proves himself with. The version of the account stays: nothing about it was changed by anybody.
    pub fn pass_second_factor(&mut self, user: UserId, proof: &Proof) -> Outcome<Answer> {
        let stored = self.state.registry.user(user).map(Arc::clone);
        let stored = stored.ok_or_else(|| {
            Refusal::not_found(Why::NoSuch { kind: Kind::User.noun(), id: user.to_string() })
        })?;
        let mut changed = stored.value.clone();
        let factor = changed.second_factor.as_mut();
        let factor = factor.ok_or_else(|| Refusal::conflict(Why::NoSecondFactor))?;
        factor.accept(proof, self.now)?;
        if let Proof::Recovery(_) = proof {
            self.note(Deed::RecoveryCodeUsed { user });
        }
        let object = Object::User(changed);
        Arc::make_mut(&mut self.state.registry).amend(object.clone());
        self.state.batch.objects.push(ObjectChange::Amend {
            object: Box::new(object),
            version: stored.version,
            at: stored.changed_at,
        });
        self.effect(Effect::Registry(Arc::clone(&self.state.registry)));
        Ok(Answer::Done)
    }

    /// Notes a second factor that was set up or taken away with a change of the account.
    pub(crate) fn note_second_factor(&mut self, former: Option<&User>, object: &Object) {
        let Object::User(user) = object else { return };
        let former = former.and_then(|former| former.second_factor.as_ref());
        match (former, &user.second_factor) {
            (None, Some(_)) => self.note(Deed::SecondFactorSet { user: user.id }),
            (Some(_), None) => self.note(Deed::SecondFactorRemoved { user: user.id }),
            _ => {}
        }
    }
}
