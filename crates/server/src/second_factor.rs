//! The second factor at a door: asked for after the password, before anybody is let in.

use std::net::IpAddr;

use secrecy::SecretString;
use tieline_cim::Why;
use tieline_core::audit::Origin;
use tieline_core::command::Command;
use tieline_core::refusal::Refusal;
use tieline_core::registry::User;
use tieline_core::second_factor::{self, Standing};

use crate::app::App;
use crate::problem::ApiError;
use crate::token::Scope;
use crate::totp;

/// Why somebody with the right password is not let in.
#[derive(Debug)]
pub enum Held {
    /// He sent no code, and has to.
    CodeWanted,
    /// In words for him.
    CodeRefused(Why),
    /// It could not be judged, or he tries too often.
    Failed(ApiError),
}

/// What somebody whose password was right is let in for, at a door whose sign-ins open `scope`.
pub async fn pass(
    app: &App,
    address: IpAddr,
    user: &User,
    code: Option<&SecretString>,
    scope: Scope,
) -> Result<Scope, Held> {
    match second_factor::standing(&app.registry().settings().value.settings, user) {
        Standing::Admitted => Ok(scope),
        Standing::EnrolmentDue => Ok(Scope::Enrolment),
        Standing::CodeWanted => {
            let code = code.ok_or(Held::CodeWanted)?;
            prove(app, address, user, code).await.map(|()| scope)
        }
    }
}

/// Takes a code of this user's, which is not good again.
pub async fn prove(app: &App, address: IpAddr, user: &User, code: &SecretString) -> Result<(), Held> {
    app.limits.code(user.id).map_err(Held::Failed)?;
    let refused = || Held::CodeRefused(Why::CodeWrong);
    let factor = user.second_factor.as_ref().ok_or_else(refused)?;
    let proof = totp::proof(factor, code, app.now()).ok_or_else(refused)?;
    let command = Command::PassSecondFactor { user: user.id, proof };
    match app.engine.submit_as(Origin::user(user.id, Some(address)), command).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(Refusal::Conflict { why })) => Err(Held::CodeRefused(why)),
        Ok(Err(refusal)) => Err(Held::Failed(refusal.into())),
        Err(unavailable) => Err(Held::Failed(unavailable.into())),
    }
}
