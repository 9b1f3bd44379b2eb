//! The HTTP edge that all functions share: problems, who is calling, bodies, configuration, logs,
//! and the way into Lambda.
//!
//! Knows HTTP and no table, no key service and no model.

pub mod access;
pub mod auth;
pub mod body;
pub mod clock;
pub mod etag;
pub mod lambda;
pub mod logging;
pub mod peer;
pub mod problem;
pub mod query;
pub mod rate_limit;
mod reason;
pub mod routing;
pub mod settings;
mod share;
pub mod visitors;

pub use auth::{Authenticator, Caller};
pub use body::JsonBody;
pub use peer::Peer;
pub use problem::{Code, Problem};
pub use rate_limit::Standing;
pub use reason::AccessReason;
pub use routing::{app, health, no_such_route, prefixed, with_peer};
pub use share::ShareSecret;
