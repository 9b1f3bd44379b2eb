//! What the functions that show conversations are made of.

use crate::Reading;
use axum::extract::FromRef;
use domain::settings::Settings;
use edge::{Authenticator, auth::TokenConfig};

/// Opens what is stored, and says who is calling.
#[derive(Clone, FromRef)]
pub struct Service {
    /// Opens what is stored.
    pub reading: Reading,
    /// Says who is calling.
    pub authenticator: Authenticator,
}

impl Service {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let reading = Reading::connect(settings).await?;
        let authenticator = Authenticator::new(&TokenConfig::read(settings)?, reading.store().clone());
        Ok(Self { reading, authenticator })
    }
}
