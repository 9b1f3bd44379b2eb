//! `X-Access-Reason`: why staff look at a child's words. The child's guardian will read it.

use crate::{Code, Problem};
use axum::{extract::FromRequestParts, http::request::Parts};

const HEADER: &str = "x-access-reason";
/// The longest reason, in characters.
const LONGEST: usize = 200;

/// Why somebody wants to see something, where they say so. It does not print itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccessReason(Option<String>);

impl AccessReason {
    /// The reason, where there is one: for the audit trail, sealed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// What somebody says in a body instead.
    #[must_use]
    pub fn said(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }
}

impl std::fmt::Debug for AccessReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_given() { "AccessReason(…)" } else { "AccessReason(none)" })
    }
}

impl<S: Sync> FromRequestParts<S> for AccessReason {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        let text = std::str::from_utf8(value.as_bytes()).unwrap_or_default().trim();
        match text.chars().count() {
            1..=LONGEST => Ok(Self(Some(text.to_owned()))),
            _ => Err(Problem::new(Code::Invalid).with_detail("X-Access-Reason is 1 to 200 characters")),
        }
    }
}
