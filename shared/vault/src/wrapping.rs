//! The key service's keys that wrap all others: one for each epoch, the newest under the deployment's alias.
//!
//! A key that is wrapped anew passes from one wrapping key to the next inside the key service: its plaintext
//! never comes here.

use crate::{Config, KeyServiceError, Label};
use aws_sdk_kms::{
    Client,
    error::ProvideErrorMetadata,
    operation::re_encrypt::builders::ReEncryptFluentBuilder,
    primitives::Blob,
    types::{KeyState, Tag},
};
use domain::{NewKey, Timestamp, WrappedKey};
use std::sync::Arc;

/// The tag by which the roles of functions know wrapping keys, in `template.yaml`.
const TAG: (&str, &str) = ("KeyUse", "wrapping");
/// How long a key stays pending, in days: the least that KMS allows. It is unusable from the first moment.
const PENDING_DAYS: i32 = 7;

/// A wrapping key as the key service describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappingKey {
    /// The key service's own name of it, an ARN.
    pub name: String,
    /// Since when there is one.
    pub made_at: Timestamp,
    /// Where it is to be deleted, when.
    pub ends_at: Option<Timestamp>,
}

/// Makes wrapping keys, and ends them.
#[derive(Clone)]
pub struct WrappingKeys {
    kms: Client,
    alias: Arc<str>,
}

impl WrappingKeys {
    /// On a KMS client, under the alias that `VAULT_KEY_ID` says.
    #[must_use]
    pub fn new(kms: Client, config: &Config) -> Self {
        Self { kms, alias: config.vault_key_id.as_str().into() }
    }

    /// The key under which new keys are wrapped.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    pub async fn current(&self) -> Result<WrappingKey, KeyServiceError> {
        self.describe(&self.alias).await
    }

    /// A new wrapping key, which nothing uses yet.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    pub async fn make(&self) -> Result<WrappingKey, KeyServiceError> {
        let tag = Tag::builder().tag_key(TAG.0).tag_value(TAG.1).build();
        let tag = tag.map_err(|_| KeyServiceError::unexpected("a tag cannot be made"))?;
        let request = self.kms.create_key().description("Wraps the keys that seal Menagerie's conversations");
        let made = request.tags(tag).send().await.map_err(|error| KeyServiceError::from_sdk(&error))?;
        read(made.key_metadata)
    }

    /// From now on new keys are wrapped with this one.
    ///
    /// # Errors
    /// [`KeyServiceError`], also where `VAULT_KEY_ID` is no alias.
    pub async fn make_current(&self, name: &str) -> Result<(), KeyServiceError> {
        let request = self.kms.update_alias().alias_name(&*self.alias).target_key_id(name);
        request.send().await.map(drop).map_err(|error| KeyServiceError::from_sdk(&error))
    }

    /// Wraps a key with this wrapping key instead of the one that wraps it.
    ///
    /// # Errors
    /// [`KeyServiceError`], also when the label is not the one it was made with.
    pub async fn rewrap(&self, label: &Label, wrapped: &WrappedKey, name: &str) -> Result<NewKey, KeyServiceError> {
        let request = self.kms.re_encrypt().ciphertext_blob(Blob::new(wrapped.as_bytes())).destination_key_id(name);
        let answer = bound(request, label).send().await.map_err(|error| KeyServiceError::from_sdk(&error))?;
        let wrapped = answer.ciphertext_blob.zip(answer.key_id);
        let (wrapped, wrapped_by) = wrapped.ok_or_else(|| KeyServiceError::unexpected("nothing was wrapped"))?;
        Ok(NewKey { wrapped: WrappedKey::from_bytes(wrapped.into_inner()), wrapped_by })
    }

    /// Lets a wrapping key end: from now on it opens nothing, and when its time is over it is no more. Says
    /// when. One that is ending already ends as before.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    pub async fn end(&self, name: &str) -> Result<Timestamp, KeyServiceError> {
        let request = self.kms.schedule_key_deletion().key_id(name).pending_window_in_days(PENDING_DAYS);
        match request.send().await {
            Ok(answer) => time(answer.deletion_date.as_ref()),
            Err(error) if error.code() == Some("KMSInvalidStateException") => {
                let known = self.describe(name).await?;
                known.ends_at.ok_or_else(|| KeyServiceError::from_sdk(&error))
            }
            Err(error) => Err(KeyServiceError::from_sdk(&error)),
        }
    }

    /// A wrapping key; none where it is no more. What is no more has no tag by which a role may see it.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    pub async fn find(&self, name: &str) -> Result<Option<WrappingKey>, KeyServiceError> {
        match self.describe(name).await {
            Err(error) if error.is_hidden() => Ok(None),
            found => found.map(Some),
        }
    }

    async fn describe(&self, name: &str) -> Result<WrappingKey, KeyServiceError> {
        let answer = self.kms.describe_key().key_id(name).send().await;
        read(answer.map_err(|error| KeyServiceError::from_sdk(&error))?.key_metadata)
    }
}

fn bound(request: ReEncryptFluentBuilder, label: &Label) -> ReEncryptFluentBuilder {
    request
        .source_encryption_context("owner", label.owner())
        .source_encryption_context("key", label.key())
        .destination_encryption_context("owner", label.owner())
        .destination_encryption_context("key", label.key())
}

fn read(found: Option<aws_sdk_kms::types::KeyMetadata>) -> Result<WrappingKey, KeyServiceError> {
    let found = found.ok_or_else(|| KeyServiceError::unexpected("no key was described"))?;
    let name = found.arn.clone().ok_or_else(|| KeyServiceError::unexpected("a key has no name"))?;
    let is_ending = found.key_state == Some(KeyState::PendingDeletion);
    let ends_at = if is_ending { Some(time(found.deletion_date.as_ref())?) } else { None };
    Ok(WrappingKey { name, made_at: time(found.creation_date.as_ref())?, ends_at })
}

fn time(found: Option<&aws_sdk_kms::primitives::DateTime>) -> Result<Timestamp, KeyServiceError> {
    let millis = found.and_then(|time| time.to_millis().ok());
    millis.map(Timestamp::from_millis).ok_or_else(|| KeyServiceError::unexpected("a key has no time"))
}
