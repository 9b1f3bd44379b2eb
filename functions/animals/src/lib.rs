//! The animals: `GET /animal_list` for everybody, `GET` and `PATCH /animal_config` for staff.

mod config;
mod document;
mod list;
mod merge;

use axum::{Router, extract::FromRef};
use domain::{endpoint::Hosts, settings::Settings};
use edge::{
    Authenticator,
    auth::TokenConfig,
    routing::{Routes, get},
};
use std::sync::Arc;
use store::{Store, animals::AnimalCache};

/// What this function needs.
#[derive(Clone)]
pub struct Deps {
    store: Store,
    animals: Arc<AnimalCache>,
    hosts: Arc<Hosts>,
    authenticator: Authenticator,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let hosts = Arc::new(Hosts::read(settings)?);
        let tokens = TokenConfig::read(settings)?;
        let store = Store::connect(store::Config::read(settings)?).await;
        let authenticator = Authenticator::new(&tokens, store.clone());
        Ok(Self { animals: Arc::new(AnimalCache::new(store.clone())), store, hosts, authenticator })
    }
}

impl FromRef<Deps> for Authenticator {
    fn from_ref(deps: &Deps) -> Self {
        deps.authenticator.clone()
    }
}

/// This function's routes.
///
/// # Errors
/// See [`Deps::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let deps = Deps::connect(&settings).await?;
    let routes = Routes::new()
        .route("/animal_list", get(list::list))
        .route("/animal_config", get(config::read).patch(config::change))
        .with_state(deps);
    Ok(routes.merge(edge::health("animals")))
}
