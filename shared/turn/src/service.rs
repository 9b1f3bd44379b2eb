//! What both functions that answer are made of.

use crate::{Config, Parts, Turns, wire::ServesVisitors};
use axum::extract::FromRef;
use domain::settings::Settings;
use edge::{Authenticator, auth::TokenConfig};
use llm::OpenAi;
use store::Store;
use vault::Vault;

/// Turns, and who may begin them.
#[derive(Clone, FromRef)]
pub struct Service {
    /// Begins turns.
    pub turns: Turns,
    /// Says who is calling.
    pub authenticator: Authenticator,
    /// Says whether one may call without saying who one is.
    pub serves_visitors: ServesVisitors,
}

impl Service {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed, or the model's key cannot be read.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let config = Config::read(settings)?;
        let vault = Vault::new(vault::connect(&keys).await, &keys);
        let model = OpenAi::new(model(settings).await?)?;
        let parts = Parts::new(store.clone(), vault, Box::new(model), config);
        let authenticator = Authenticator::new(&TokenConfig::read(settings)?, store);
        Ok(Self { turns: Turns::new(parts), authenticator, serves_visitors: ServesVisitors(config.serves_visitors) })
    }
}

/// The model's configuration; its key comes from the environment or, where `OPENAI_SECRET_NAME`
/// says which, from the secrets' own keeper.
async fn model(settings: &Settings) -> Result<llm::Config, edge::lambda::Error> {
    let config = llm::Config::read(settings)?;
    let Some(name) = settings.get("OPENAI_SECRET_NAME").filter(|_| settings.get("OPENAI_API_KEY").is_none()) else {
        return Ok(config);
    };
    let secrets = cloud::secrets::Secrets::connect(settings).await;
    Ok(config.with_keys(&secrets.text(name).await?)?)
}
