//! `GET /audit`: who saw what; `GET /audit/verify`: whether the trail is whole; `GET /alerts`: what gave
//! alarm (requirement document 000, ticket 11).

mod alerts;
mod entries;
mod query;
mod verify;

use axum::{Router, extract::FromRef};
use domain::settings::Settings;
use edge::{
    Authenticator,
    routing::{Routes, get},
};
use reading::{Reading, service::Service};
use serde::Serialize;
use trail::Trail;
use vault::TokenSigner;

#[derive(Clone, FromRef)]
struct Parts {
    reading: Reading,
    authenticator: Authenticator,
    trail: Trail,
}

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let Service { reading, authenticator } = Service::connect(&settings).await?;
    let keys = vault::Config::read(&settings)?;
    let signer = TokenSigner::new(vault::connect(&keys).await, &keys);
    let trail = Trail::new(reading.store().clone(), signer);
    let routes = Routes::new()
        .route("/audit", get(entries::list))
        .route("/audit/verify", get(verify::verify))
        .route("/alerts", get(alerts::list))
        .with_state(Parts { reading, authenticator, trail });
    Ok(routes.merge(edge::health("audit")))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    limit: usize,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Pagination {
    fn new(limit: usize, next_token: Option<String>) -> Self {
        Self { limit, has_more: next_token.is_some(), next_token }
    }
}
