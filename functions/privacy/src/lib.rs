//! What belongs to people and not to the zoo: what guardians agree to for children, the notice they agree to it under
//! (COPPA, 16 CFR part 312), and that what people said, or their account, disappears when they want it to.
//!
//! Knows no text of any conversation.

mod consent;
mod erasing;
mod notice;
mod receipts;

use axum::{Router, extract::FromRef};
use domain::settings::Settings;
use edge::{
    Authenticator,
    routing::{Routes, delete, get},
};
use erasure::Erasure;
use reading::{Reading, service::Service};

/// What this function needs.
#[derive(Clone, FromRef)]
struct Deps {
    reading: Reading,
    authenticator: Authenticator,
    erasure: Erasure,
}

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`] and [`Erasure::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let Service { reading, authenticator } = Service::connect(&settings).await?;
    let erasure = Erasure::connect(&settings).await?;
    let routes = Routes::new()
        .route("/privacy/notice", get(notice::read))
        .route("/privacy/consent/{childId}", get(consent::read).put(consent::change))
        .route("/privacy/conversations/{userId}", delete(erasing::conversations))
        .route("/privacy/erasures/{userId}", get(receipts::open))
        .route("/privacy/receipts/{receiptId}", get(receipts::read).delete(receipts::withdraw))
        .route("/users/{userId}", delete(erasing::account))
        .with_state(Deps { reading, authenticator, erasure });
    Ok(routes.merge(edge::health("privacy")))
}
