//! Keys: text in, [`domain::Sealed`] out, and back; and the signatures of access tokens and
//! of the audit trail's checkpoints.
//!
//! The only crate that talks to KMS. Hierarchy: a KMS key wraps each person's data keys, a
//! person's key wraps the key of each of their sessions, and only wrapped keys are ever stored.
//! Knows no table; what it wraps is somebody else's to keep.

mod data_key;
mod signer;
mod wrapping;

pub use data_key::{DataKey, Label, OpenError, random_token};
pub use signer::{TokenSigner, is_signed};
pub use wrapping::{WrappingKey, WrappingKeys};

use aws_sdk_kms::{
    Client,
    config::{Credentials, timeout::TimeoutConfig},
    primitives::Blob,
};
use domain::{
    NewKey, WrappedKey,
    retention::KEY_MINUTES,
    settings::{InvalidSetting, Settings},
};
use moka::sync::Cache;
use std::{hash::Hash, sync::Arc, time::Duration};

/// How long an unwrapped key may stay in memory at most, in seconds.
const LONGEST_CACHED_SECONDS: u64 = KEY_MINUTES as u64 * 60;
/// How many unwrapped keys stay in memory at most.
const CACHED_KEYS: u64 = 10_000;

/// Which KMS keys to use, and where KMS is.
#[derive(Debug, Clone)]
pub struct Config {
    /// The alias of the symmetric key that wraps new data keys (`VAULT_KEY_ID`).
    pub vault_key_id: String,
    /// How long an unwrapped key stays in memory, in use or not (`VAULT_CACHE_SECONDS`, 300 at most).
    pub cached_for: Duration,
    /// The P-256 key that signs access tokens (`SIGNING_KEY_ID`).
    pub signing_key_id: String,
    /// KMS's address where it is not AWS's own (`KMS_ENDPOINT_URL`).
    pub endpoint_url: Option<String>,
    /// The region (`CONVERSATION_TABLE_REGION`, else the SDK's own rules).
    pub region: Option<String>,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] for a key id that is not set, and a time that is none or too long.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let name = "VAULT_CACHE_SECONDS";
        let kind = "a number of seconds up to 300";
        let cached_for = settings.parsed_or(name, kind, LONGEST_CACHED_SECONDS)?;
        if cached_for > LONGEST_CACHED_SECONDS {
            return Err(InvalidSetting::Malformed(name.to_owned(), kind));
        }
        Ok(Self {
            cached_for: Duration::from_secs(cached_for),
            vault_key_id: settings.required("VAULT_KEY_ID")?.to_owned(),
            signing_key_id: settings.required("SIGNING_KEY_ID")?.to_owned(),
            endpoint_url: settings.get("KMS_ENDPOINT_URL").map(str::to_owned),
            region: settings.get("CONVERSATION_TABLE_REGION").map(str::to_owned),
        })
    }
}

/// What stands for the code of an error that has none.
const NO_ANSWER: &str = "no answer";
/// Errors that pass.
const PASSING: [&str; 5] =
    [NO_ANSWER, "DependencyTimeoutException", "KMSInternalException", "LimitExceededException", "ThrottlingException"];

/// The key service did not do what was asked. Says nothing of keys or text.
#[derive(Debug, thiserror::Error)]
#[error("the key service failed: {0}")]
pub struct KeyServiceError(String);

impl KeyServiceError {
    fn from_sdk<E: aws_sdk_kms::error::ProvideErrorMetadata>(error: &E) -> Self {
        Self(error.code().unwrap_or(NO_ANSWER).to_owned())
    }

    fn unexpected(what: &str) -> Self {
        Self(what.to_owned())
    }

    /// It did not answer or had too much to do; the same call may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        PASSING.contains(&self.0.as_str())
    }

    /// The key that it takes is no more, or hidden from whoever asks.
    pub(crate) fn is_hidden(&self) -> bool {
        matches!(self.0.as_str(), "NotFoundException" | "AccessDeniedException")
    }

    /// The key that it takes is switched off or ending; what it wraps is whole.
    #[must_use]
    pub fn is_of_state(&self) -> bool {
        matches!(self.0.as_str(), "DisabledException" | "KMSInvalidStateException")
    }
}

/// A data key could not be made or unwrapped.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// KMS refused or did not answer.
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),
    /// KMS answered with something that is no key.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl VaultError {
    /// The key service did not answer; the same call may succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::KeyService(_))
    }
}

/// Makes and unwraps data keys through KMS.
#[derive(Clone)]
pub struct Vault {
    kms: Client,
    key_id: Arc<str>,
    /// By label too: a wrapped key that was copied to another place opens no sooner when cached.
    unwrapped: Cache<(Label, WrappedKey), DataKey>,
}

impl Vault {
    /// A vault on a KMS client.
    #[must_use]
    pub fn new(kms: Client, config: &Config) -> Self {
        Self { kms, key_id: config.vault_key_id.as_str().into(), unwrapped: memory(config.cached_for) }
    }

    /// Makes a data key for an owner. The label is bound to it: KMS unwraps it for no other.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn create(&self, label: &Label) -> Result<(DataKey, NewKey), VaultError> {
        let made = self
            .kms
            .generate_data_key()
            .key_id(&*self.key_id)
            .number_of_bytes(32)
            .encryption_context("owner", label.owner())
            .encryption_context("key", label.key())
            .send()
            .await
            .map_err(|error| KeyServiceError::from_sdk(&error))?;
        let key = DataKey::from_blob(made.plaintext)?;
        let wrapped = WrappedKey::from_bytes(made.ciphertext_blob.ok_or(OpenError)?.into_inner());
        self.unwrapped.insert((label.clone(), wrapped.clone()), key.clone());
        // Which of its keys an alias stood for just now, only the key service knows.
        Ok((key, NewKey { wrapped, wrapped_by: made.key_id.ok_or(OpenError)? }))
    }

    /// Unwraps a data key, from memory where it was unwrapped in the last five minutes. Which of its keys
    /// wraps it, the key service reads from the bytes; which of them this process may use, its role says.
    ///
    /// # Errors
    /// [`VaultError`], also when the label is not the one it was made with.
    pub async fn unwrap_key(&self, label: &Label, wrapped: &WrappedKey) -> Result<DataKey, VaultError> {
        let cached = (label.clone(), wrapped.clone());
        if let Some(key) = self.unwrapped.get(&cached) {
            return Ok(key);
        }
        let opened = self
            .kms
            .decrypt()
            .ciphertext_blob(Blob::new(wrapped.as_bytes()))
            .encryption_context("owner", label.owner())
            .encryption_context("key", label.key())
            .send()
            .await
            .map_err(|error| KeyServiceError::from_sdk(&error))?;
        let key = DataKey::from_blob(opened.plaintext)?;
        self.unwrapped.insert(cached, key.clone());
        Ok(key)
    }
}

/// A memory that forgets this long after a key was put into it. Using it does not make that longer: then
/// whoever is looked at all the time would never be forgotten.
fn memory<K: Hash + Eq + Send + Sync + 'static>(lifetime: Duration) -> Cache<K, DataKey> {
    Cache::builder().time_to_live(lifetime).max_capacity(CACHED_KEYS).build()
}

/// Connects to KMS. A loopback address gets fixed credentials, as local key services ask for some
/// and check none.
pub async fn connect(config: &Config) -> Client {
    // Without an end, a connection that is silent would hold a turn open.
    let patience = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(6))
        .build();
    let mut loader = aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(patience);
    if let Some(region) = &config.region {
        loader = loader.region(aws_config::Region::new(region.clone()));
    }
    if let Some(url) = &config.endpoint_url {
        loader = loader.endpoint_url(url);
        if domain::settings::is_loopback(url) {
            loader = loader.credentials_provider(Credentials::new("local", "local", None, None, "loopback"));
        }
    }
    Client::new(&loader.load().await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::default().with("VAULT_KEY_ID", "alias/a").with("SIGNING_KEY_ID", "alias/b")
    }

    #[test]
    fn unwrapped_keys_are_kept_five_minutes_at_most_and_no_longer_for_being_used() {
        let config = Config::read(&settings()).unwrap();
        let policy = memory::<u8>(config.cached_for).policy();
        assert_eq!(policy.time_to_live(), Some(Duration::from_mins(5)));
        assert_eq!(policy.time_to_idle(), None);
        for wrong in ["301", "-1", "long"] {
            assert!(Config::read(&settings().with("VAULT_CACHE_SECONDS", wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_in_constant_use_is_forgotten_when_its_time_is_over() {
        let memory = memory(Duration::from_millis(100));
        memory.insert(1, DataKey::from_blob(Some(Blob::new([7; 32]))).unwrap());
        let mut uses = 0;
        // Were it kept for being used, this would not end.
        while memory.get(&1).is_some() {
            uses += 1;
        }
        assert!(uses > 1, "it was used before it was forgotten");
    }
}
