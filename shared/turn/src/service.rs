//! What both functions that answer are made of.

use crate::{Config, Parts, Turns};
use axum::extract::FromRef;
use domain::settings::Settings;
use edge::{Authenticator, auth::TokenConfig};
use llm::OpenAi;
use store::{Store, animals::AnimalCache};
use vault::Vault;

/// Turns, and who may begin them.
#[derive(Clone, FromRef)]
pub struct Service {
    /// Begins turns.
    pub turns: Turns,
    /// Says who is calling.
    pub authenticator: Authenticator,
}

impl Service {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let parts = Parts {
            store: store.clone(),
            vault: Vault::new(vault::connect(&keys).await, &keys),
            animals: AnimalCache::new(store.clone()),
            model: Box::new(OpenAi::new(llm::Config::read(settings)?)?),
            config: Config::read(settings)?,
        };
        let authenticator = Authenticator::new(&TokenConfig::read(settings)?, move || {
            let store = store.clone();
            async move { store.signing_keys().await }
        });
        Ok(Self { turns: Turns::new(parts), authenticator })
    }
}
