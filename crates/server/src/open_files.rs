//! How many files and sockets the process may have open.
//!
//! Every desk, customer and connector on line is a socket. Systems start programs with a low limit of 1,024, which is
//! meant for programs that cannot count further, and let each raise it to a hard one.

use tracing::{info, warn};

/// A hub of a small team reaches as many.
const FEW: u64 = 4_096;

/// Raises the limit as far as the system allows, and says where it is when that is not far.
#[cfg(unix)]
pub fn allow_as_many_as_possible() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if let Err(err) = raised {
        warn!(error = %err, "the limit of open files stays as it is");
    }
    let allowed = if raised.is_ok() { maximum } else { current };
    match allowed {
        Some(files) if files < FEW => {
            warn!(
                files,
                "few files may be open, and every desk and customer on line needs one; raise ulimit -Hn"
            );
        }
        _ => info!(files = allowed, "as many files and sockets may be open"),
    }
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub fn allow_as_many_as_possible() {}
