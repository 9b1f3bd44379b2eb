//! `X-Share`: what the link of a shared conversation carries. A link has it in its fragment, which no
//! browser sends, so that it stands in no address and no log; the page sends it in this header.

use axum::{extract::FromRequestParts, http::request::Parts};
use secrecy::{ExposeSecret, SecretString};
use std::convert::Infallible;

const HEADER: &str = "x-share";
/// The longest secret that is looked at, in bytes.
const LONGEST: usize = 64;

/// What a link carries, where the caller came by one. What cannot be of any link is as none: a link
/// only ever adds to what somebody may do. It does not print itself.
#[derive(Debug, Clone, Default)]
pub struct ShareSecret(Option<SecretString>);

impl ShareSecret {
    /// No link.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// The secret.
    #[must_use]
    pub fn expose(&self) -> Option<&str> {
        self.0.as_ref().map(ExposeSecret::expose_secret)
    }
}

impl<S: Sync> FromRequestParts<S> for ShareSecret {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let value = parts.headers.get(HEADER).and_then(|value| value.to_str().ok());
        Ok(Self(value.filter(|value| (1..=LONGEST).contains(&value.len())).map(SecretString::from)))
    }
}
