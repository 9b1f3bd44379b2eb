//! Keys: text in, [`domain::Sealed`] out, and back; and the signatures of access tokens and
//! of the audit trail's checkpoints.
//!
//! The only crate that talks to KMS. Hierarchy: a KMS key wraps each person's data keys, a
//! person's key wraps the key of each of their sessions, and only wrapped keys are ever stored.
//! Knows no table; what it wraps is somebody else's to keep.

mod data_key;
mod signer;

pub use data_key::{DataKey, Label, OpenError, random_token};
pub use signer::{TokenSigner, is_signed};

use aws_sdk_kms::{
    Client,
    config::{Credentials, timeout::TimeoutConfig},
    primitives::Blob,
};
use domain::{
    WrappedKey,
    retention::KEY_MINUTES,
    settings::{InvalidSetting, Settings},
};
use moka::sync::Cache;
use std::{sync::Arc, time::Duration};

/// How long an unwrapped key may stay in memory.
const CACHED_FOR: Duration = Duration::from_mins(KEY_MINUTES as u64);
/// How many unwrapped keys stay in memory at most.
const CACHED_KEYS: u64 = 10_000;

/// Which KMS keys to use, and where KMS is.
#[derive(Debug, Clone)]
pub struct Config {
    /// The symmetric key that wraps data keys (`VAULT_KEY_ID`).
    pub vault_key_id: String,
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
    /// [`InvalidSetting`] for a key id that is not set.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        Ok(Self {
            vault_key_id: settings.required("VAULT_KEY_ID")?.to_owned(),
            signing_key_id: settings.required("SIGNING_KEY_ID")?.to_owned(),
            endpoint_url: settings.get("KMS_ENDPOINT_URL").map(str::to_owned),
            region: settings.get("CONVERSATION_TABLE_REGION").map(str::to_owned),
        })
    }
}

/// The key service did not do what was asked. Says nothing of keys or text.
#[derive(Debug, thiserror::Error)]
#[error("the key service failed: {0}")]
pub struct KeyServiceError(String);

impl KeyServiceError {
    fn from_sdk<E: aws_sdk_kms::error::ProvideErrorMetadata>(error: &E) -> Self {
        Self(error.code().unwrap_or("no answer").to_owned())
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
        Self {
            kms,
            key_id: config.vault_key_id.as_str().into(),
            unwrapped: Cache::builder().time_to_live(CACHED_FOR).max_capacity(CACHED_KEYS).build(),
        }
    }

    /// Makes a data key for an owner. The label is bound to it: KMS unwraps it for no other.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn create(&self, label: &Label) -> Result<(DataKey, WrappedKey), VaultError> {
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
        let wrapped = made.ciphertext_blob.ok_or(OpenError)?.into_inner();
        let wrapped = WrappedKey::from_bytes(wrapped);
        self.unwrapped.insert((label.clone(), wrapped.clone()), key.clone());
        Ok((key, wrapped))
    }

    /// Unwraps a data key, from memory where it was unwrapped in the last five minutes.
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
            .key_id(&*self.key_id)
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
