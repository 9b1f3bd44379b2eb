//! Access tokens: JSON Web Tokens signed by the key service, good for ten minutes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Timestamp, UserId, token::PublicKey, user::Role};
use edge::{
    Problem,
    auth::{Claims, TOKEN_SECONDS, TOKEN_TYPE, TokenConfig},
    clock,
};
use people::store_problem;
use serde_json::json;
use std::sync::Arc;
use store::{Store, signing_keys::PublishedKey};
use tokio::sync::Mutex;
use vault::TokenSigner;

/// For how long a key is published each time.
const PUBLISHED_SECONDS: u32 = 60 * 60;
/// How long the last token of a key may be met: its own time, and some for clocks that differ.
const LAST_TOKEN_SECONDS: u32 = TOKEN_SECONDS + 60;

/// Issues access tokens.
#[derive(Clone)]
pub(crate) struct Issuer {
    config: TokenConfig,
    signer: TokenSigner,
    store: Store,
    published: Arc<Mutex<Option<(PublicKey, Timestamp)>>>,
}

impl Issuer {
    pub(crate) fn new(config: TokenConfig, signer: TokenSigner, store: Store) -> Self {
        Self { config, signer, store, published: Arc::default() }
    }

    /// Puts the public half of the signing key where every function finds it, before it signs and for as
    /// long as what it signs may be met: once an hour per process.
    pub(crate) async fn publish(&self) -> Result<PublicKey, Problem> {
        let mut published = self.published.lock().await;
        let now = clock::now();
        if let Some((key, needed_until)) = published.as_ref()
            && now.plus_seconds(LAST_TOKEN_SECONDS) <= *needed_until
        {
            return Ok(key.clone());
        }
        let key = match published.take() {
            Some((key, _)) => key,
            None => self.signer.public_key().await.map_err(|error| Problem::unavailable(&error))?,
        };
        let needed_until = now.plus_seconds(PUBLISHED_SECONDS + LAST_TOKEN_SECONDS);
        let record = PublishedKey { key: key.clone(), needed_until: Some(needed_until) };
        self.store.publish_signing_key(&record).await.map_err(|error| store_problem(&error))?;
        *published = Some((key.clone(), needed_until));
        Ok(key)
    }

    /// The keys that a token may be signed with now: the one in use, and those before it until their last
    /// token has ended.
    pub(crate) async fn keys(&self) -> Result<Vec<PublicKey>, Problem> {
        self.publish().await?;
        let keys = self.store.published_keys().await.map_err(|error| store_problem(&error))?;
        let now = clock::now();
        let needed = keys.into_iter().filter(|key| key.needed_until.is_none_or(|until| now <= until));
        Ok(needed.map(|published| published.key).collect())
    }

    /// A token for a person, of the sign-in that a family of refresh tokens stands for.
    pub(crate) async fn issue(&self, user: &UserId, role: Role, family: &str) -> Result<String, Problem> {
        let key = self.publish().await?;
        let now = clock::now();
        let claims = Claims {
            iss: self.config.issuer.clone(),
            aud: self.config.audience.clone(),
            sub: user.clone(),
            role,
            iat: now.as_seconds(),
            exp: now.plus_seconds(TOKEN_SECONDS).as_seconds(),
            sid: Some(family.to_owned()),
            jti: clock::new_id().to_string(),
        };
        let header = json!({ "alg": "ES256", "typ": TOKEN_TYPE, "kid": key.kid });
        let claims = serde_json::to_string(&claims).map_err(|error| Problem::internal(&error))?;
        let input = [header.to_string(), claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.signer.sign(&input).await.map_err(|error| Problem::unavailable(&error))?;
        Ok(format!("{input}.{signature}"))
    }
}
