//! What belongs to people and not to the zoo: what guardians agree to for children, and
//! the notice they agree to it under (COPPA, 16 CFR part 312).
//!
//! Knows no text of any conversation.

mod consent;
mod notice;

use axum::Router;
use domain::settings::Settings;
use edge::routing::{Routes, get};
use reading::service::Service;

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Routes::new()
        .route("/privacy/notice", get(notice::read))
        .route("/privacy/consent/{childId}", get(consent::read).put(consent::change))
        .with_state(service);
    Ok(routes.merge(edge::health("privacy")))
}
