//! Erasing: what must disappear disappears. In this order: the next generation begins, or the account becomes a
//! mark; keys are destroyed; that they are gone is read; what they sealed is deleted; a receipt is signed. Each step
//! may be repeated, by several at once, and an erasure that broke off is gone on with where its record says.
//!
//! Knows no route and opens no conversation. Whether somebody may ask is decided before; whether they still may is
//! asked again right before it begins.

mod due;
mod error;
mod notes;
mod receipt;
mod steps;
mod wish;

pub use due::Report;
pub use error::ErasureError;
pub use wish::Wish;

use domain::{
    ReceiptId,
    erasure::GRACE_DAYS,
    settings::{InvalidSetting, Settings},
};
use edge::{auth::TokenConfig, clock};
use std::{sync::Arc, time::Duration};
use store::{Store, erasures::ErasureRecord};
use tokio::time::Instant;
use vault::{DataKey, Label, TokenSigner, Vault};

/// After so many seconds somebody else takes up what broke off.
const TAKEN_UP_SECONDS: u32 = 60;
/// So long whoever asks waits for the end, in seconds, where nothing else is set.
const ANSWER_SECONDS: u64 = 20;

/// Times that an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// `ERASURE_GRACE_DAYS`: days until something of a child is destroyed.
    pub grace_days: u32,
    /// `ERASURE_ANSWER_SECONDS`: how long whoever asks waits for the end.
    pub answer_within: Duration,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let seconds = settings.parsed_or("ERASURE_ANSWER_SECONDS", "a number of seconds", ANSWER_SECONDS)?;
        Ok(Self {
            grace_days: settings.parsed_or("ERASURE_GRACE_DAYS", "a number of days", GRACE_DAYS)?,
            answer_within: Duration::from_secs(seconds),
        })
    }
}

/// Erases.
#[derive(Clone)]
pub struct Erasure(Arc<Parts>);

struct Parts {
    store: Store,
    vault: Vault,
    signer: TokenSigner,
    issuer: String,
    config: Config,
}

impl Erasure {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let kms = vault::connect(&keys).await;
        Ok(Self(Arc::new(Parts {
            store,
            vault: Vault::new(kms.clone(), &keys),
            signer: TokenSigner::new(kms, &keys),
            issuer: TokenConfig::read(settings)?.issuer,
            config: Config::read(settings)?,
        })))
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    /// An erasure as it stands.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn find(&self, id: &ReceiptId) -> Result<Option<ErasureRecord>, ErasureError> {
        Ok(self.store().erasure(id).await?)
    }

    /// Carries out what is due now, as far as there is time to wait for it; the rest is for whoever looks for what is
    /// due. Gives the erasure as it stands then.
    async fn carry_out_until(&self, end: Instant, erasure: ErasureRecord) -> Result<ErasureRecord, ErasureError> {
        let id = erasure.receipt_id.clone();
        if erasure.generation.is_some() {
            let until = clock::now().plus_seconds(TAKEN_UP_SECONDS);
            self.store().take_up_erasure(&erasure, until).await?;
        }
        let done = tokio::time::timeout_at(end, Box::pin(self.carry_out(erasure))).await;
        let broken = match done {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => error,
            Err(_) => ErasureError::Unfinished,
        };
        // What has begun comes to its end, and where only what follows the end broke off, the receipt is there.
        let begun = self.find(&id).await?.filter(|found| !found.state.can_be_withdrawn());
        begun.ok_or(broken)
    }

    /// The zoo's own key; without one nobody has ever signed in.
    async fn zoo_key(&self) -> Result<DataKey, ErasureError> {
        let kept = self.store().zoo_key().await?.ok_or(ErasureError::NoSubject)?;
        Ok(self.0.vault.unwrap_key(&Label::zoo(), &kept.wrapped).await?)
    }
}
