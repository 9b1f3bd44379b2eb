//! The way into Lambda. A function answers either buffered or streamed; the gateway's route has to
//! be of the same mode, or it answers 502.

use crate::{app, logging, no_such_route, prefixed, routing::with_origin, settings, with_peer};
use axum::Router;
use domain::settings::Settings;

/// Whatever stops a function from starting.
pub type Error = lambda_http::Error;

/// Serves a function's routes with answers in one piece.
///
/// # Errors
/// When the routes cannot be made, or the runtime ends.
pub async fn buffered<F>(routes: impl FnOnce(Settings) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Router, Error>>,
{
    lambda_http::run(start(routes).await?).await
}

/// Serves a function's routes with answers that are sent as they are made.
///
/// # Errors
/// When the routes cannot be made, or the runtime ends.
pub async fn streamed<F>(routes: impl FnOnce(Settings) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Router, Error>>,
{
    lambda_http::run_with_streaming_response(start(routes).await?).await
}

async fn start<F>(routes: impl FnOnce(Settings) -> F) -> Result<Router, Error>
where
    F: Future<Output = Result<Router, Error>>,
{
    let settings = settings::from_environment();
    logging::start(&settings);
    let router = routes(settings.clone()).await.inspect_err(|cause| tracing::error!(%cause, "cannot start"))?;
    let router = with_origin(app(prefixed(router).fallback(no_such_route)), &settings);
    Ok(with_peer(router, &settings))
}
