//! Access tokens: what every signature of them is checked with.

use serde::{Deserialize, Serialize};

/// The public half of a signing key: a P-256 point, as in a JSON Web Key (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its id: the RFC 7638 thumbprint.
    pub kid: String,
    /// The point's x, base64url.
    pub x: String,
    /// The point's y, base64url.
    pub y: String,
}
