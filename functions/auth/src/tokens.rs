//! Access tokens: JSON Web Tokens signed by the key service, good for ten minutes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{UserId, token::PublicKey, user::Role};
use edge::{
    Problem,
    auth::{Claims, TOKEN_SECONDS, TokenConfig},
    clock,
};
use serde_json::json;
use std::sync::Arc;
use store::Store;
use tokio::sync::OnceCell;
use vault::TokenSigner;

use crate::accounts::store_problem;

/// Issues access tokens.
#[derive(Clone)]
pub(crate) struct Issuer {
    config: TokenConfig,
    signer: TokenSigner,
    store: Store,
    published: Arc<OnceCell<PublicKey>>,
}

impl Issuer {
    pub(crate) fn new(config: TokenConfig, signer: TokenSigner, store: Store) -> Self {
        Self { config, signer, store, published: Arc::default() }
    }

    /// Puts the public half of the signing key where every function finds it, once per process.
    pub(crate) async fn publish(&self) -> Result<&PublicKey, Problem> {
        let publishing = self.published.get_or_try_init(|| async {
            let key = self.signer.public_key().await.map_err(|error| Problem::unavailable(&error))?;
            self.store.publish_signing_key(&key).await.map_err(|error| store_problem(&error))?;
            Ok(key)
        });
        publishing.await
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
        let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": key.kid });
        let claims = serde_json::to_string(&claims).map_err(|error| Problem::internal(&error))?;
        let input = [header.to_string(), claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.signer.sign(&input).await.map_err(|error| Problem::unavailable(&error))?;
        Ok(format!("{input}.{signature}"))
    }
}
