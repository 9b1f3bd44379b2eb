//! Who is calling: access tokens, ES256-signed JSON Web Tokens (RFC 9068), verified against the
//! deployment's public keys. Algorithm, issuer, audience and key id are pinned.

use crate::{Code, Problem, access, clock};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use domain::{
    Timestamp, UserId,
    directory::{Account, Directory, Unread},
    settings::{InvalidSetting, Settings},
    token::PublicKey,
    user::{Role, User},
};
use futures_util::{FutureExt, future::BoxFuture};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, RwLock};

/// How long an access token is good for, in seconds.
pub const TOKEN_SECONDS: u32 = 600;
/// The type in an access token's header (RFC 9068, section 2.1).
pub const TOKEN_TYPE: &str = "at+jwt";
/// Seconds that two clocks may differ.
const LEEWAY_SECONDS: u64 = 5;
/// An unknown key id makes the keys be read again at most this often.
const RELOAD_AFTER_MILLIS: u64 = 2_000;

/// Who issues tokens and for whom.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// `TOKEN_ISSUER`.
    pub issuer: String,
    /// `TOKEN_AUDIENCE`.
    pub audience: String,
}

impl TokenConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        Ok(Self {
            issuer: settings.required("TOKEN_ISSUER")?.to_owned(),
            audience: settings.required("TOKEN_AUDIENCE")?.to_owned(),
        })
    }
}

/// What an access token says. Names and addresses are not in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// What the person was to the zoo when it was issued.
    pub role: Role,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// When it ends, in seconds.
    pub exp: i64,
    /// The sign-in it comes from: the id of its family of refresh tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Its own id.
    pub jti: String,
}

/// A directory behind a pointer.
trait Tables: Send + Sync {
    fn public_keys(&self) -> BoxFuture<'_, Result<Vec<PublicKey>, Unread>>;
    fn account<'a>(&'a self, user: &'a UserId) -> BoxFuture<'a, Result<Option<Account>, Unread>>;
}

impl<D: Directory> Tables for D {
    fn public_keys(&self) -> BoxFuture<'_, Result<Vec<PublicKey>, Unread>> {
        Directory::public_keys(self).boxed()
    }

    fn account<'a>(&'a self, user: &'a UserId) -> BoxFuture<'a, Result<Option<Account>, Unread>> {
        Directory::account(self, user).boxed()
    }
}

/// Verifies access tokens, and finds the accounts of their callers.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    keys: RwLock<HashMap<String, DecodingKey>>,
    loaded: Mutex<Option<Timestamp>>,
    tables: Box<dyn Tables>,
    validation: Validation,
}

impl Authenticator {
    /// An authenticator that reads keys where it meets a key id it does not know, and accounts.
    #[must_use]
    pub fn new(config: &TokenConfig, directory: impl Directory + 'static) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY_SECONDS;
        Self(Arc::new(Inner {
            keys: RwLock::default(),
            loaded: Mutex::default(),
            tables: Box::new(directory),
            validation,
        }))
    }

    /// The caller that a token stands for.
    ///
    /// # Errors
    /// `unauthorized` for any token that is not good, `unavailable` when the keys cannot be read.
    pub async fn verify(&self, token: &str) -> Result<Caller, Problem> {
        let refused = || Problem::new(Code::Unauthorized);
        let header = decode_header(token).map_err(|_| refused())?;
        // The zoo's key signs other things as well, such as receipts: nothing of theirs is an access token.
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(refused());
        }
        let kid = header.kid.ok_or_else(refused)?;
        let key = self.key(&kid).await?.ok_or_else(refused)?;
        let claims: Claims = decode(token, &key, &self.0.validation).map_err(|_| refused())?.claims;
        Ok(Caller { user_id: claims.sub, sign_in: claims.sid })
    }

    /// The caller's account as it is now.
    ///
    /// # Errors
    /// `unauthorized` where there is none any more, `forbidden` where it is not in use.
    pub async fn account(&self, caller: &Caller) -> Result<User, Problem> {
        let found = self.0.tables.account(&caller.user_id).await.map_err(|error| unread(&error))?;
        access::in_use(found)
    }

    async fn key(&self, kid: &str) -> Result<Option<DecodingKey>, Problem> {
        if let Some(key) = self.0.keys.read().await.get(kid) {
            return Ok(Some(key.clone()));
        }
        self.reload().await?;
        Ok(self.0.keys.read().await.get(kid).cloned())
    }

    /// Reads the keys again, one reader at a time and not at every forged key id.
    async fn reload(&self) -> Result<(), Problem> {
        let mut loaded = self.0.loaded.lock().await;
        let now = clock::now();
        if loaded.is_some_and(|last| now.millis_since(last) < RELOAD_AFTER_MILLIS) {
            return Ok(());
        }
        let found = self.0.tables.public_keys().await.map_err(|error| unread(&error))?;
        let keys = found.into_iter().filter_map(|key| {
            let point = DecodingKey::from_ec_components(&key.x, &key.y).ok()?;
            Some((key.kid, point))
        });
        *self.0.keys.write().await = keys.collect();
        *loaded = Some(now);
        Ok(())
    }
}

fn unread(error: &Unread) -> Problem {
    match error {
        Unread::Unavailable(cause) => Problem::failure(&**cause, true),
        Unread::Broken(cause) => Problem::failure(&**cause, false),
    }
}

/// The person a request comes from, as the token says it. What they may do now is for `cmz-users`
/// to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub user_id: UserId,
    /// The sign-in that the token comes from.
    pub sign_in: Option<String>,
}

impl<S> FromRequestParts<S> for Caller
where
    Authenticator: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = header.and_then(|value| value.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::new(Code::Unauthorized));
        }
        Authenticator::from_ref(state).verify(token.trim()).await
    }
}
